import type { SecretResolver } from '../../../adapters/secrets/index.js';
import { HivekeeperError } from '../../../domain/errors/index.js';
import { renderEnvironmentLine } from '../../../render/environment.js';
import type { SecretVariable } from '../../../render/node-manifest.js';
import { sha256 } from './wanted-items.js';

/** Reads what `renderEnvironmentLine` wrote: name -> value. */
export function readEnvironment(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const match = /^([A-Z_][A-Z0-9_]*)="(.*)"$/.exec(line);
      const [, name, value] = match ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.replace(/\\(["\\$`])/g, '$1')] as const];
    }),
  );
}

/** The secret variables of one node with their values. It goes nowhere but to that node. */
export interface ResolvedVariables {
  readonly values: ReadonlyMap<string, string>;
  /** The password of each store that Hivekeeper makes, by its path. */
  readonly passwords: ReadonlyMap<string, string>;
}

const isGenerated = ({ value }: SecretVariable): boolean => value.from === 'generated';

/**
 * Resolves the values. A password that Hivekeeper made stays what it is, so that neither the store nor this file
 * changes without need.
 * @param present what the node's file holds now
 * @param newPassword gives the password of a store that has none; null: such a variable stays out
 * @throws HivekeeperError SecretMissing
 */
export async function resolveVariables(
  variables: readonly SecretVariable[],
  secrets: SecretResolver,
  present: ReadonlyMap<string, string>,
  newPassword: (() => Promise<string>) | null,
): Promise<ResolvedVariables> {
  const passwords = new Map<string, string>();
  for (const variable of variables.filter(isGenerated)) {
    if (variable.value.from !== 'generated') continue;
    const { store } = variable.value;
    const known = passwords.get(store) ?? present.get(variable.name);
    if (known !== undefined) passwords.set(store, known);
    else if (newPassword) passwords.set(store, await newPassword());
  }
  const values = new Map<string, string>();
  for (const { name, value } of variables) {
    const resolved =
      value.from === 'generated' ? passwords.get(value.store) : await resolveValue(value, (s) => secrets.resolve(s));
    if (resolved !== undefined) values.set(name, resolved);
  }
  return { values, passwords };
}

async function resolveValue(
  value: Exclude<SecretVariable['value'], { from: 'generated' }>,
  resolve: SecretResolver['resolve'],
): Promise<string> {
  const secret = await resolve(value.secret);
  // The vendor's form of a password in config.xml: hexadecimal SHA-256 over name and password.
  return value.from === 'secret' ? secret : sha256(`${value.user}${secret}`);
}

/** Text of the file with these variables. @throws HivekeeperError InvalidInput for a value that no such file can hold */
export function renderVariables(values: ReadonlyMap<string, string>): string {
  return [...values].map(([name, value]) => renderEnvironmentLine(name, value)).join('');
}

/** Names of the variables whose secret is not what the node was given; a secret that cannot be read says nothing. */
export async function rotatedVariables(
  variables: readonly SecretVariable[],
  secrets: SecretResolver,
  present: ReadonlyMap<string, string>,
): Promise<string[]> {
  const rotated: string[] = [];
  for (const { name, value } of variables) {
    const before = present.get(name);
    if (value.from === 'generated' || before === undefined) continue;
    try {
      if ((await resolveValue(value, (secret) => secrets.resolve(secret))) !== before) rotated.push(name);
    } catch (error) {
      if (!(error instanceof HivekeeperError)) throw error;
    }
  }
  return rotated;
}
