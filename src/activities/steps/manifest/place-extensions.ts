import { HivekeeperError } from '../../../domain/errors/index.js';
import type { InstalledExtension } from '../../../render/node-manifest.js';
import type { StepContext } from '../step-context.js';
import {
  type FoundExtension,
  inspectExtension,
  lookAtExtensions,
  moveExtensionAway,
  setEnabled,
  swapExtension,
} from './extension-folders.js';
import { extensionKey, extensionOf } from './item-keys.js';
import { inspectedContent } from './materials.js';
import type { Target } from './target.js';

export interface ExtensionChanges {
  /** Keys of extensions that Hivekeeper brought and that the spec no longer has. */
  readonly obsolete: readonly string[];
  /** Ids of extensions that are unpacked again although their archive is the same. */
  readonly restore: ReadonlySet<string>;
  readonly untilStopped: (ids: readonly string[]) => Promise<void>;
}

export interface PlacedFolders {
  readonly written: readonly string[];
  /** What was there before. */
  readonly found: ReadonlyMap<string, FoundExtension>;
  /** Ids whose folder is new. */
  readonly fresh: ReadonlySet<string>;
}

/**
 * Takes away what is obsolete and puts new archives in their places, disabled: what the spec lays over them comes before
 * the broker may start them. An extension that runs is stopped by its DISABLED file first.
 * @throws UnsafeArchive, CheckFailed for an extension that is neither in the package nor brought by the spec
 */
export async function placeExtensions(
  context: StepContext,
  target: Target,
  wanted: readonly InstalledExtension[],
  { obsolete, restore, untilStopped }: ExtensionChanges,
): Promise<PlacedFolders> {
  const leaving = obsolete.flatMap((key) => extensionOf(key) ?? []);
  const found = await lookAtExtensions(target, [...wanted.map(({ id }) => id), ...leaving]);
  for (const { id, content } of wanted) {
    if (content === null && found.get(id)?.there !== true) throw notThere(target.name, id);
  }
  const archives: { id: string; file: string; sha256: string }[] = [];
  for (const { id, content } of wanted) {
    if (content === null) continue;
    const archive = await inspectedContent(context.session.dependencies, target, content);
    await inspectExtension(id, archive.file);
    if (found.get(id)?.archive !== archive.sha256 || restore.has(id)) archives.push({ id, ...archive });
  }
  const running = [...leaving, ...archives.map(({ id }) => id)].filter((id) => {
    const before = found.get(id);
    return before?.there === true && before.enabled;
  });
  for (const id of running) await setEnabled(target, id, false);
  if (running.length > 0) await untilStopped(running);
  for (const id of leaving) await moveExtensionAway(target, id);
  for (const { id, file, sha256 } of archives) {
    context.progress.report(`unpacking the extension ${id} on ${target.name}`);
    await swapExtension(target, id, file, sha256);
  }
  return { written: archives.map(extensionKey), found, fresh: new Set(archives.map(({ id }) => id)) };
}

function notThere(node: string, id: string): HivekeeperError {
  const message = `${node}: the extension ${id} does not come with the broker's package. Say where it comes from: extensions: [{ id: ${id}, content: { file: ./${id}.zip } }], or content: { url, sha256 }.`;
  return new HivekeeperError('CheckFailed', message, { host: node, id });
}

/** Enables and disables, once everything is in its place. */
export async function settleExtensions(
  target: Target,
  wanted: readonly InstalledExtension[],
  { found, fresh }: PlacedFolders,
): Promise<{ started: string[]; stopped: string[] }> {
  const started: string[] = [];
  const stopped: string[] = [];
  for (const { id, enabled } of wanted) {
    const ran = found.get(id)?.enabled === true && !fresh.has(id);
    const done = await setEnabled(target, id, enabled);
    if (done === 'unchanged') continue;
    if (enabled && !ran) started.push(id);
    if (!enabled && ran) stopped.push(id);
  }
  return { started, stopped };
}
