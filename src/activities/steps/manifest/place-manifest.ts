import { placeContent, fetchOnHost } from '../../../adapters/content/index.js';
import type { NodeIdentity } from '../../../domain/observation/index.js';
import { type Effect, type NodeManifest, secretsPath } from '../../../render/node-manifest.js';
import { withoutAsFound } from '../adoption/left-as-found.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity, updateIdentity } from '../update-identity.js';
import { renderVariables } from './environment-file.js';
import { gather } from './gather.js';
import { placeExtensions, settleExtensions } from './place-extensions.js';
import { KnownSecrets } from './masked.js';
import { nodeFetches, storedContent } from './materials.js';
import { extensionsToRestore, isFolderKey, keysOf, obsoleteKeys, removeFile } from './obsolete.js';
import { placeLink } from './place-link.js';
import { placeFiles, placeSecretFile, refuseForeignFiles, secretMode } from './place-files.js';
import { type Target, targetOf } from './target.js';

export interface PlaceOptions {
  /** Items of these effects are written; of the others nothing is touched. */
  readonly effects: ReadonlySet<Effect>;
  /** Called when extensions were told to stop and are about to be replaced or taken away; a stopped broker needs no time. */
  readonly untilStopped?: (ids: readonly string[]) => Promise<void>;
  /** Called before a content or store replaces what is at its key. */
  readonly beforeReplacing?: (target: Target, key: string) => Promise<void>;
}

export interface Placed {
  /** Keys of what was written. */
  readonly written: readonly string[];
  /** Keys of what was taken away. */
  readonly removed: readonly string[];
  /** Path -> SHA-256 of the texts without secrets. */
  readonly files: Readonly<Record<string, string>>;
  /** Extensions that the broker is to start now. */
  readonly started: readonly string[];
  /** Extensions that the broker is to stop now. */
  readonly stopped: readonly string[];
}

function only(manifest: NodeManifest, effects: ReadonlySet<Effect>): NodeManifest {
  const has = ({ effect }: { effect: Effect }): boolean => effects.has(effect);
  return {
    files: manifest.files.filter(has),
    secretFiles: manifest.secretFiles.filter(has),
    contents: manifest.contents.filter(has),
    stores: manifest.stores.filter(has),
    variables: effects.has('restart') ? manifest.variables : [],
    extensions: manifest.extensions.filter(has),
    links: manifest.links.filter(has),
  };
}

/** Keys that node.json names; one from before it kept them names its files. */
const placedKeys = (identity: NodeIdentity | null): readonly string[] =>
  identity?.placed ?? Object.keys(identity?.files ?? {});

/**
 * Brings a manifest about on its node: what differs is written, what Hivekeeper has placed before and the manifest no
 * longer has is taken away. Values of secrets are resolved before anything is touched, and stand in no message.
 */
export async function placeManifest(
  context: StepContext,
  name: string,
  manifest: NodeManifest,
  { effects, untilStopped = () => Promise.resolve(), beforeReplacing }: PlaceOptions,
): Promise<Placed> {
  const { dependencies } = context.session;
  const { secrets, store } = dependencies;
  const known = new KnownSecrets();
  const target = await targetOf(context, name);
  const { host, user, signal, pathOf } = target;
  const identity = await ownIdentity(context, name);
  const all = only(manifest, effects);
  const wanted = effects.has('restart') ? all : withoutAsFound(context, name, all, identity);
  const before = placedKeys(identity);
  const movable = (key: string): boolean => effects.has('restart') || identity?.hot?.[key] !== undefined;
  const obsolete = obsoleteKeys(before, manifest).filter(movable);

  return known.hidden(async () => {
    const stopped = effects.has('restart');
    const { variables, secretFiles, stores } = await gather(context, target, { manifest, wanted, stopped }, known);
    await refuseForeignFiles(target, secretFiles, before);
    await remember(context, name, [...new Set([...before, ...keysOf(wanted)])]);
    const written: string[] = [];
    const note = (key: string, done: 'written' | 'unchanged'): void => {
      if (done === 'written') written.push(key);
    };
    for (const key of obsolete.filter((one) => !isFolderKey(one))) {
      await removeFile(target, key);
    }
    const folders = await placeExtensions(context, target, wanted.extensions, {
      obsolete: obsolete.filter(isFolderKey),
      restore: extensionsToRestore(obsolete, manifest),
      untilStopped,
    });
    written.push(...folders.written);
    for (const { path, mode, content } of wanted.contents) {
      await beforeReplacing?.(target, path);
      const at = await pathOf(path);
      const options = { mode, asUser: user, signal };
      if (nodeFetches(content) && !(await store.has(content.sha256))) {
        note(path, await fetchOnHost(host, content, at, { ...options, secrets }));
      } else {
        note(path, await placeContent(host, store, await storedContent(dependencies, content, signal), at, options));
      }
    }
    const { files, written: texts } = await placeFiles(target, wanted.files);
    written.push(...texts);
    for (const { path, content } of stores) {
      await beforeReplacing?.(target, path);
      note(path, await host.writeFile(await pathOf(path), content, { mode: secretMode, asUser: user }));
    }
    for (const file of secretFiles) note(file.key, await placeSecretFile(target, file));
    if (wanted.variables.length > 0) {
      const file = { key: secretsPath, text: renderVariables(variables) };
      note(secretsPath, await placeSecretFile(target, file));
    }
    for (const link of wanted.links) note(link.path, await placeLink(target, link));
    const settled = await settleExtensions(target, wanted.extensions, folders);
    const kept = before.filter((key) => !obsolete.includes(key));
    await remember(context, name, [...new Set([...kept, ...keysOf(wanted)])]);
    return { written, removed: obsolete, files, ...settled };
  });
}

/** Written before the first item and after the last one, so that what a cut-off attempt placed is not forgotten. */
async function remember(context: StepContext, name: string, keys: readonly string[]): Promise<void> {
  const placed = [...keys].sort();
  const now = await ownIdentity(context, name);
  if (now !== null && JSON.stringify(now.placed) === JSON.stringify(placed)) return;
  await updateIdentity(context, name, (old) => ({ ...old, placed }));
}
