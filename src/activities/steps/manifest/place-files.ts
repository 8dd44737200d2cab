import { HivekeeperError } from '../../../domain/errors/index.js';
import type { NodeManifest, SecretFile } from '../../../render/node-manifest.js';
import { secretFileKey } from './item-keys.js';
import { secretText, type SecretTextSource } from './secret-text.js';
import type { Target } from './target.js';
import { sha256 } from './wanted-items.js';
import { withRoom } from './with-room.js';

export const secretMode = 0o600;

/** Writes texts without secrets. @returns path -> SHA-256 of all, and which were written */
export async function placeFiles(
  target: Target,
  files: NodeManifest['files'],
): Promise<{ files: Record<string, string>; written: string[] }> {
  const { host, user, pathOf } = target;
  const hashes: Record<string, string> = {};
  const written: string[] = [];
  for (const { path, content, mode } of files) {
    hashes[path] = sha256(content);
    const at = await pathOf(path);
    const done = await withRoom(target, path, () => host.writeFile(at, content, { mode, asUser: user }));
    if (done === 'written') written.push(path);
  }
  return { files: hashes, written };
}

/** A text with its secrets in it. */
export interface FilledFile {
  readonly key: string;
  readonly text: string;
  readonly secrets: readonly string[];
}

/**
 * Texts with their secrets in them, by key. They go nowhere but to the node.
 * @throws SecretMissing, InvalidInput for a secret that the text cannot hold
 */
export async function fillSecretFiles(files: readonly SecretFile[], source: SecretTextSource): Promise<FilledFile[]> {
  return Promise.all(
    files.map(async (file) => {
      const values = await Promise.all(
        Object.entries(file.values).map(async ([name, value]) => [name, await secretText(value, source)] as const),
      );
      const known = new Map(values.map(([name, { text }]) => [name, text]));
      const text = file.template.replace(/@\{([A-Za-z0-9_]+)\}/g, (all, name: string) => known.get(name) ?? all);
      return { key: secretFileKey(file), text, secrets: values.flatMap(([, { secrets }]) => secrets) };
    }),
  );
}

/**
 * A file in the home folder of the broker's account that somebody else has put there is never overwritten; asked before
 * anything is touched, and before node.json names it.
 * @throws HivekeeperError CheckFailed
 */
export async function refuseForeignFiles(
  { name, host, user, pathOf }: Target,
  files: readonly Pick<FilledFile, 'key' | 'text'>[],
  placedBefore: readonly string[],
): Promise<void> {
  for (const { key, text } of files.filter((file) => file.key.startsWith('~/') && !placedBefore.includes(file.key))) {
    const path = await pathOf(key);
    const found = await host.readFile(path, { asUser: user });
    if (found === null || found === text) continue;
    const message = `${name}: ${path} is there already and is not Hivekeeper's; it was left alone. Move it away, or choose another type of credentials.`;
    throw new HivekeeperError('CheckFailed', message, { host: name, path });
  }
}

/** Writes a file with secrets, readable by the broker's account alone. */
export async function placeSecretFile(
  { host, user, pathOf }: Target,
  { key, text }: Pick<FilledFile, 'key' | 'text'>,
): Promise<'written' | 'unchanged'> {
  return host.writeFile(await pathOf(key), text, { mode: secretMode, asUser: user });
}
