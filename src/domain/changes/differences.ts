import { contentHash, isMapping, reference } from './describe-value.js';

/** One step of a path: a key, or the name by which an item of a list is known. */
export interface Segment {
  readonly name: string;
  readonly item: boolean;
}

/** One difference, as values. */
export interface Difference {
  readonly sign: '+' | '~' | '-';
  readonly path: readonly Segment[];
  readonly before: unknown;
  readonly after: unknown;
}

/** By what the items of a list are known, by the path of the list; all other lists are compared whole. */
export type ListKeys = Readonly<Record<string, (item: Readonly<Record<string, unknown>>) => string>>;

/** `listeners[websocket:8000].path` */
export function formatSegments(path: readonly Segment[]): string {
  return path.reduce((text, { name, item }) => {
    if (item || !/^[A-Za-z_][\w-]*$/.test(name)) return `${text}[${name}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** Every difference between two encoded specs, in the order of the recorded one, what is new behind it. */
export function differences(
  before: unknown,
  after: unknown,
  keys: ListKeys,
  path: readonly Segment[] = [],
): Difference[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ sign: '+', path, before, after }];
  if (after === undefined) return [{ sign: '-', path, before, after }];
  if (isMapping(before) && isMapping(after) && reference(before) === null && reference(after) === null) {
    return inMappings(before, after, keys, path, false);
  }
  const keyOf = keys[path.map(({ name }) => name).join('.')];
  if (Array.isArray(before) && Array.isArray(after) && keyOf) {
    return inMappings(byKey(before, keyOf), byKey(after, keyOf), keys, path, true);
  }
  return same(before, after) ? [] : [{ sign: '~', path, before, after }];
}

function inMappings(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  keys: ListKeys,
  path: readonly Segment[],
  item: boolean,
): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => differences(before[name], after[name], keys, [...path, { name, item }]));
}

/** Two items with the same key keep their order. */
function byKey(
  list: readonly unknown[],
  keyOf: (item: Readonly<Record<string, unknown>>) => string,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const item of list) {
    const key = isMapping(item) ? keyOf(item) : JSON.stringify(item);
    let name = key;
    for (let count = 2; Object.hasOwn(found, name); count++) name = `${key}#${count}`;
    found[name] = item;
  }
  return found;
}

/** Content with the same hash is the same, wherever it is found; the order of keys says nothing. */
function same(before: unknown, after: unknown): boolean {
  if (isMapping(before) && isMapping(after)) {
    const [one, other] = [contentHash(before), contentHash(after)];
    if (one !== null && other !== null) return one === other;
  }
  return canonical(before) === canonical(after);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isMapping(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
