import { HivekeeperError } from '../../../errors/index.js';
import type { GivenExtension, GivenExtensionFile } from '../../additions.js';
import type { ExtensionSpec, HivemqSpec } from '../spec/index.js';
import { changedSpec } from './changed-spec.js';
import { replaced } from './replaced.js';

const idOf = ({ id }: ExtensionSpec): string => id;
const find = ({ extensions }: HivemqSpec, id: string): ExtensionSpec | undefined =>
  extensions.find((one) => one.id === id);

/** An extension is its folder, and what the spec lays into that. */
export const isExtensionItem =
  (id: string) =>
  (key: string): boolean =>
    key === `extensions/${id}` || key.startsWith(`extensions/${id}/`);

const blank = { enabled: true, files: {}, supportsHotReload: true };

function withEntry(spec: HivemqSpec, entry: ExtensionSpec): HivemqSpec {
  return changedSpec({ ...spec, extensions: replaced(spec.extensions, entry, (one) => one.id === entry.id) });
}

/** @throws HivekeeperError InvalidInput */
export function withExtension(
  spec: HivemqSpec,
  { id, content, enabled, supportsHotReload }: GivenExtension,
): HivemqSpec {
  const known: ExtensionSpec = find(spec, id) ?? { id, ...blank };
  const { requires, ...before } = known;
  // What whoever made it said of one archive says nothing of another.
  const same = JSON.stringify(before.content) === JSON.stringify(content);
  return withEntry(spec, {
    ...before,
    ...(same && requires && { requires }),
    content,
    enabled: enabled ?? before.enabled,
    supportsHotReload: supportsHotReload ?? before.supportsHotReload,
  });
}

/** @throws HivekeeperError InvalidInput, PlanRefused */
export function withExtensionFile(spec: HivemqSpec, { id, path, content }: GivenExtensionFile): HivemqSpec {
  const before = find(spec, id);
  // Whether one of the package's own runs is not known here, and a file must not decide it.
  if (before) return withEntry(spec, { ...before, files: { ...before.files, [path]: content } });
  const known = spec.extensions.map(idOf).join(', ') || 'none';
  throw new HivekeeperError(
    'PlanRefused',
    `${spec.name}: its spec has no extension ${id}; it has: ${known}. Add it first; for one that comes with the broker's package say first whether it shall run, with enableExtension or disableExtension. Nothing was changed.`,
    { id },
  );
}

/** @throws HivekeeperError InvalidInput */
export function withExtensionEnabled(spec: HivemqSpec, id: string, enabled: boolean): HivemqSpec {
  return withEntry(spec, { ...(find(spec, id) ?? { id, ...blank }), enabled });
}

/** @throws HivekeeperError InvalidInput, PlanRefused */
export function withoutExtension(spec: HivemqSpec, id: string): HivemqSpec {
  const before = find(spec, id);
  if (before && before.content === undefined) {
    throw new HivekeeperError(
      'PlanRefused',
      `${spec.name}: the extension ${id} comes with the broker's package, so it can only be disabled: use disableExtension. Nothing was changed.`,
      { id },
    );
  }
  return changedSpec({ ...spec, extensions: spec.extensions.filter((one) => one.id !== id) });
}
