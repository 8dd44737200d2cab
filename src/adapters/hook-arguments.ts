import { HivekeeperError } from '../domain/errors/index.js';

/** A program and its arguments, as a worker's configuration gives them. */
export type Argv = readonly [string, ...string[]];

/**
 * Holds a hook's command to its placeholders: each stands for a whole argument after the program.
 * @throws HivekeeperError InvalidInput
 */
export function checkTemplate(hook: string, template: Argv, placeholders: readonly string[]): void {
  const names = placeholders.map((name) => `{${name}}`);
  const wrong = template.find(
    (argument, index) => names.some((name) => argument.includes(name)) && (index === 0 || !names.includes(argument)),
  );
  if (wrong === undefined) return;
  throw new HivekeeperError(
    'InvalidInput',
    `The hook "${hook}" has the argument "${wrong}": ${names.join(' and ')} must be whole arguments after the program.`,
    { hook },
  );
}

/** The command with its values; a value that begins with a dash would change what it does, and gives that value instead. */
export function filledTemplate(
  template: Argv,
  values: Readonly<Record<string, string>>,
): { readonly argv: Argv } | { readonly dashed: string } {
  const dashed = Object.values(values).find((value) => value.startsWith('-'));
  if (dashed !== undefined) return { dashed };
  const byName = new Map(Object.entries(values).map(([name, value]) => [`{${name}}`, value]));
  const [program, ...rest] = template;
  return { argv: [program, ...rest.map((argument) => byName.get(argument) ?? argument)] };
}
