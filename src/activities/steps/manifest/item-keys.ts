import type { InstalledExtension, SecretFile, SecretVariable } from '../../../render/node-manifest.js';

/** How items of a manifest are named in node.json and in plans: a path under home, `~/…` in the account's home, or a name. */
export const extensionKey = ({ id }: Pick<InstalledExtension, 'id'>): string => `extensions/${id}`;
export const variableKey = ({ name }: Pick<SecretVariable, 'name'>): string => `variable ${name}`;
export const secretFileKey = ({ under, path }: Pick<SecretFile, 'under' | 'path'>): string =>
  under === 'home' ? path : `~/${path}`;

/** The id of the extension whose folder the key names; null for everything else. */
export function extensionOf(key: string): string | null {
  return /^extensions\/([^/]+)$/.exec(key)?.[1] ?? null;
}
