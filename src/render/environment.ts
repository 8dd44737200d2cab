import { HivekeeperError } from '../domain/errors/index.js';

/**
 * Lines `NAME="value"` that systemd and a POSIX shell read alike. Values with characters that either would act on are
 * refused: escaping differs between the two.
 * @throws HivekeeperError InvalidInput
 */
export function renderEnvironment(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (!/^[A-Z_][A-Z0-9_]*$/.test(name) || !/^[A-Za-z0-9 _.,:=+/%@-]*$/.test(value)) {
      throw new HivekeeperError(
        'InvalidInput',
        `the environment variable ${name} has a character that a shell would act on`,
      );
    }
    return `${name}="${value}"\n`;
  });
  return lines.join('');
}
