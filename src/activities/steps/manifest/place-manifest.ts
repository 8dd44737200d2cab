import { placeContent, fetchOnHost } from '../../../adapters/content/index.js';
import { type Effect, type NodeManifest, secretsPath } from '../../../render/node-manifest.js';
import { withoutAsFound } from '../adoption/left-as-found.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity, updateIdentity } from '../update-identity.js';
import { placedKeys } from '../before/change-note.js';
import type { Touched } from '../before/kept-state.js';
import { otherVersions } from './archived-versions.js';
import { renderVariables } from './environment-file.js';
import { gather } from './gather.js';
import { exchangeExtensions, prepareExtensions, settleExtensions } from './place-extensions.js';
import { KnownSecrets } from './masked.js';
import { nodeFetches, storedContent } from './materials.js';
import { extensionOf } from './item-keys.js';
import { extensionsToRestore, isFolderKey, keysOf, obsoleteKeys, removeFile } from './obsolete.js';
import { placeLink } from './place-link.js';
import { placeFiles, placeSecretFile, refuseForeignFiles, secretMode } from './place-files.js';
import { rereading } from './reread.js';
import { type Target, targetOf } from './target.js';
import { withRoom } from './with-room.js';

export interface PlaceOptions {
  /** Items of these effects are written; of the others nothing is touched. */
  readonly effects: ReadonlySet<Effect>;
  /** Called when extensions were told to stop and are about to be replaced or taken away; a stopped broker needs no time. */
  readonly untilStopped?: (ids: readonly string[]) => Promise<void>;
  /** Called when extensions were enabled and others are about to be disabled. */
  readonly untilStarted?: (ids: readonly string[]) => Promise<void>;
  /** Called once everything is at hand and before anything is touched, with all that may be. */
  readonly beforeTouching?: (target: Target, touched: Touched) => Promise<void>;
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

const noWait = (): Promise<void> => Promise.resolve();

/**
 * Brings a manifest about on its node: what differs is written, what Hivekeeper has placed before and the manifest no
 * longer has is taken away. Secrets are resolved, and archives are fetched, looked into and unpacked, before anything is
 * touched; values of secrets stand in no message.
 * @throws HivekeeperError DiskFull and CheckFailed with the path that could not be written, UnsafeArchive, SecretMissing
 */
export async function placeManifest(
  context: StepContext,
  name: string,
  manifest: NodeManifest,
  { effects, untilStopped = noWait, untilStarted = noWait, beforeTouching }: PlaceOptions,
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
  const movable = (key: string): boolean =>
    effects.has('restart') || identity?.hot?.[key] !== undefined || identity?.before?.hot[key] !== undefined;
  const obsolete = obsoleteKeys(before, manifest).filter(movable);

  return known.hidden(async () => {
    const stopped = effects.has('restart');
    const { variables, secretFiles, stores } = await gather(context, target, { manifest, wanted, stopped }, known);
    await refuseForeignFiles(target, secretFiles, before);
    const leaving = obsolete.flatMap((key) => extensionOf(key) ?? []);
    const prepared = await prepareExtensions(context, target, wanted.extensions, {
      leaving,
      restore: new Set([
        ...extensionsToRestore(obsolete, manifest),
        ...(await otherVersions(context.session, target, wanted)),
      ]),
      reread: await rereading(target, wanted),
    });
    await beforeTouching?.(target, touchedBy(wanted, obsolete));
    await withRoom(target, '.hivekeeper/node.json', () =>
      remember(context, name, [...new Set([...before, ...keysOf(wanted)])]),
    );
    const written: string[] = [];
    const write = async (key: string, body: () => Promise<'written' | 'unchanged'>): Promise<void> => {
      if ((await withRoom(target, key, body)) === 'written') written.push(key);
    };
    for (const key of obsolete.filter((one) => !isFolderKey(one))) {
      await withRoom(target, key, () => removeFile(target, key));
    }
    written.push(...(await exchangeExtensions(context, target, prepared, untilStopped)));
    for (const { path, mode, content } of wanted.contents) {
      const at = await pathOf(path);
      const options = { mode, asUser: user, signal };
      if (nodeFetches(content) && !(await store.has(content.sha256))) {
        await write(path, () => fetchOnHost(host, content, at, { ...options, secrets }));
      } else {
        const stored = await storedContent(dependencies, content, signal);
        await write(path, () => placeContent(host, store, stored, at, options));
      }
    }
    const { files, written: texts } = await placeFiles(target, wanted.files);
    written.push(...texts);
    for (const { path, content } of stores) {
      const at = await pathOf(path);
      await write(path, () => host.writeFile(at, content, { mode: secretMode, asUser: user }));
    }
    for (const file of secretFiles) await write(file.key, () => placeSecretFile(target, file));
    if (wanted.variables.length > 0) {
      const file = { key: secretsPath, text: renderVariables(variables) };
      await write(secretsPath, () => placeSecretFile(target, file));
    }
    for (const link of wanted.links) await write(link.path, () => placeLink(target, link));
    const settled = await settleExtensions(target, wanted.extensions, prepared, untilStarted);
    const kept = before.filter((key) => !obsolete.includes(key));
    await remember(context, name, [...new Set([...kept, ...keysOf(wanted)])]);
    return { written, removed: obsolete, files, ...settled };
  });
}

/** Everything that is touched. A link that takes the place of a file leaves that beside it. */
function touchedBy(wanted: NodeManifest, obsolete: readonly string[]): Touched {
  const keys = [...obsolete, ...keysOf(wanted), ...wanted.links.map(({ path }) => `${path}.before`)];
  const leaving = obsolete.flatMap((key) => extensionOf(key) ?? []);
  return {
    keys: [...new Set(keys.filter((key) => !isFolderKey(key)))],
    ids: [...new Set([...wanted.extensions.map(({ id }) => id), ...leaving])],
  };
}

/** Written before the first item and after the last one, so that what a cut-off attempt placed is not forgotten. */
async function remember(context: StepContext, name: string, keys: readonly string[]): Promise<void> {
  const placed = [...keys].sort();
  const now = await ownIdentity(context, name);
  if (now !== null && JSON.stringify(now.placed) === JSON.stringify(placed)) return;
  await updateIdentity(context, name, (old) => ({ ...old, placed }));
}
