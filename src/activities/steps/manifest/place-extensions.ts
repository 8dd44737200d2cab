import { HivekeeperError } from '../../../domain/errors/index.js';
import type { InstalledExtension } from '../../../render/node-manifest.js';
import type { StepContext } from '../step-context.js';
import {
  clearUnpacked,
  copyBundled,
  type FoundExtension,
  lookAtExtensions,
  moveExtensionAway,
  setEnabled,
  swapExtension,
  unpackExtension,
} from './extension-folders.js';
import { inspectExtension } from './inspect-extension.js';
import { extensionKey } from './item-keys.js';
import { contentHash, inspectedContent } from './materials.js';
import type { Target } from './target.js';
import { withRoom } from './with-room.js';

export interface ExtensionChanges {
  /** Ids of extensions that Hivekeeper brought and that the spec no longer has. */
  readonly leaving: readonly string[];
  /** Ids of extensions that are unpacked again although their archive is the same. */
  readonly restore: ReadonlySet<string>;
  /** Ids of extensions that are stopped and started again, for what they read at their start alone. */
  readonly reread?: ReadonlySet<string>;
}

/** What is to be done with extensions, all of it at hand. */
export interface PreparedExtensions {
  readonly leaving: readonly string[];
  /** Extensions whose folder is exchanged, and where the new one lies. */
  readonly fresh: ReadonlyMap<string, string>;
  /** Extensions that are stopped and started again in their place. */
  readonly reread: ReadonlySet<string>;
  /** What was there before. */
  readonly found: ReadonlyMap<string, FoundExtension>;
}

/**
 * Looks what is there, and fetches, looks into and unpacks what is to come, beside the broker's folder: nothing that the
 * broker reads is touched. An archive whose folder is there already is not asked for.
 * @throws UnsafeArchive, DiskFull, CheckFailed for an extension that is neither in the package nor brought by the spec
 */
export async function prepareExtensions(
  context: StepContext,
  target: Target,
  wanted: readonly InstalledExtension[],
  { leaving, restore, reread = new Set() }: ExtensionChanges,
): Promise<PreparedExtensions> {
  const found = await lookAtExtensions(target, [...wanted.map(({ id }) => id), ...leaving]);
  const fresh = new Map<string, string>();
  for (const { id, content, ifThere } of wanted) {
    if (content !== null || ifThere === true || found.get(id)?.there === true) continue;
    const folder = await withRoom(target, `.hivekeeper/unpacked/${id}`, () => copyBundled(target, id));
    if (folder === null) throw notThere(target.name, id);
    fresh.set(id, folder);
  }
  try {
    for (const { id, content } of wanted) {
      if (content === null) continue;
      const there = found.get(id)?.archive ?? null;
      if (there !== null && there === contentHash(content) && !restore.has(id)) continue;
      const archive = await withRoom(target, '.hivekeeper/fetched', () =>
        inspectedContent(context.session.dependencies, target, content),
      );
      await inspectExtension(context.session.product, id, archive.file);
      context.progress.report(`unpacking the extension ${id} on ${target.name}`);
      fresh.set(id, await unpackExtension(target, id, archive));
    }
  } catch (error) {
    await clearUnpacked(target).catch(() => undefined);
    throw error;
  }
  return { leaving, fresh, reread, found };
}

/** The error for an extension that has no archive where its broker's package has none either. */
export function notThere(node: string, id: string): HivekeeperError {
  const message = `${node}: the extension ${id} does not come with the broker's package. Say where it comes from: extensions: [{ id: ${id}, content: { file: ./${id}.zip } }], or content: { url, sha256 }.`;
  return new HivekeeperError('CheckFailed', message, { host: node, id });
}

/**
 * Takes away what leaves and puts new folders in their places, disabled: what the spec lays over them comes before the
 * broker may start them. An extension that runs is stopped by its DISABLED file first, and its stop is awaited.
 * @returns keys of the folders that are new
 */
export async function exchangeExtensions(
  { progress }: StepContext,
  target: Target,
  { leaving, fresh, reread, found }: PreparedExtensions,
  untilStopped: (ids: readonly string[]) => Promise<void>,
): Promise<string[]> {
  // Also one that is disabled: an attempt that was cut off may not have seen it stop.
  const stopping = [...new Set([...leaving, ...fresh.keys(), ...reread])].filter((id) => found.get(id)?.there === true);
  for (const id of stopping) {
    await withRoom(target, `extensions/${id}/DISABLED`, () => setEnabled(target, id, false));
  }
  if (stopping.length > 0) await untilStopped(stopping);
  for (const id of leaving) await withRoom(target, `extensions/${id}`, () => moveExtensionAway(target, id));
  for (const [id, folder] of fresh) {
    progress.report(`${target.name}: a new folder for the extension ${id}`);
    await withRoom(target, `extensions/${id}`, () => swapExtension(target, id, folder));
  }
  return [...fresh.keys()].map((id) => extensionKey({ id }));
}

/**
 * Enables and disables, once everything is in its place. What is to run comes first, and is awaited before anything is
 * disabled: while one extension takes over from another, e.g. to decide about clients, none of them is missing, and one
 * that fails at its start leaves the other in its place. Two that decide at once are asked by their priority; the vendor's
 * File RBAC has 1000 and goes before the one that lets everybody in, so that a client is judged by the new users as soon as
 * there are any, and refused only by them.
 */
export async function settleExtensions(
  target: Target,
  wanted: readonly InstalledExtension[],
  { found, fresh, reread }: PreparedExtensions,
  untilStarted: (ids: readonly string[]) => Promise<void>,
): Promise<{ started: string[]; stopped: string[] }> {
  const ran = (id: string): boolean => found.get(id)?.enabled === true && !fresh.has(id) && !reread.has(id);
  const isThere = ({ id, ifThere }: InstalledExtension): boolean => ifThere !== true || found.get(id)?.there === true;
  const settle = async (enabled: boolean): Promise<string[]> => {
    const changed: string[] = [];
    for (const { id } of wanted.filter((one) => one.enabled === enabled && isThere(one))) {
      const done = await withRoom(target, `extensions/${id}/DISABLED`, () => setEnabled(target, id, enabled));
      if (done === 'changed' && ran(id) !== enabled) changed.push(id);
    }
    return changed;
  };
  const started = await settle(true);
  const leaves = wanted.some((one) => !one.enabled && isThere(one) && ran(one.id));
  if (started.length > 0 && leaves) await untilStarted(started);
  return { started, stopped: await settle(false) };
}
