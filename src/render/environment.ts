import { HivekeeperError } from '../domain/errors/index.js';
import { hasControlCharacter } from '../domain/spec/text.js';

const variableName = /^[A-Z_][A-Z0-9_]*$/;

/**
 * Lines `NAME="value"` of harmless values, which need no escaping anywhere: the vendor's run script splits some of them
 * into words.
 * @throws HivekeeperError InvalidInput
 */
export function renderEnvironment(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (!variableName.test(name) || !/^[A-Za-z0-9 _.,:=+/%@-]*$/.test(value)) {
      throw new HivekeeperError(
        'InvalidInput',
        `the environment variable ${name} has a character that a shell would act on`,
      );
    }
    return `${name}="${value}"\n`;
  });
  return lines.join('');
}

/**
 * One line `NAME="value"` of any printable value, a secret for example. Within double quotes a backslash stands before
 * `"`, `\`, `$` and a backtick, and everything else is itself: every systemd reads that alike in an EnvironmentFile
 * (systemd.exec(5)), and so do a POSIX shell and the supervisor `process`.
 * @throws HivekeeperError InvalidInput for a name that is none and a value that no such line can hold; the value is not told.
 */
export function renderEnvironmentLine(name: string, value: string): string {
  if (!variableName.test(name)) throw new HivekeeperError('InvalidInput', `"${name}" is no environment variable`);
  if (hasControlCharacter(value) || hasNoCharacter(value)) {
    const message = `the value for the environment variable ${name} has a line break or another character that cannot be printed`;
    throw new HivekeeperError('InvalidInput', message);
  }
  return `${name}="${value.replace(/["\\$`]/g, '\\$&')}"\n`;
}

/** Half a surrogate pair, or one of the code points that Unicode keeps for no character: systemd drops such a line. */
function hasNoCharacter(text: string): boolean {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).some(
    (code) => (code >= 0xd800 && code <= 0xdfff) || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe,
  );
}
