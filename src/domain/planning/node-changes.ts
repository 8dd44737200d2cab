import type { NodeChange } from '../plan/index.js';
import { nodeOf, type PlanContext, serves } from './context.js';

type Items = Readonly<Record<string, string>>;

/** What a running node needs to be as the spec says, from what it was last started with and last given. */
export function nodeChange(context: PlanContext, host: string, version: string): NodeChange {
  const restart = restartReasons(context, host, version);
  if (restart.length > 0) return { host, change: 'restarts', why: restart };
  const hot = hotReasons(context, host);
  return { host, change: hot.length > 0 ? 'hot' : 'untouched', why: hot };
}

function restartReasons(context: PlanContext, host: string, version: string): string[] {
  const { identity, runningVersion } = nodeOf(context, host);
  if (!serves(context, host)) return ['it does not serve'];
  const versions = runningVersion === version ? [] : [`${runningVersion ?? 'unknown version'} -> ${version}`];
  const wanted = context.items[host]?.restart;
  // A node that was started before items were kept is known by one hash over all of them.
  if (identity?.items === undefined || wanted === undefined) {
    return identity?.settings === context.settings[host] ? versions : [...versions, 'its settings differ'];
  }
  return [...versions, ...differing(identity.items, wanted)];
}

/** What a broker takes up while it runs and does not have yet. */
export function hotReasons(context: PlanContext, host: string): string[] {
  const given = nodeOf(context, host).identity?.hot;
  const wanted = context.items[host]?.hot;
  return given === undefined || wanted === undefined ? [] : differing(given, wanted);
}

const differing = (before: Items, after: Items): string[] => differingItems(before, after, () => true);

/** One clause for each item of these keys that differs. */
export function differingItems(before: Items, after: Items, counts: (key: string) => boolean): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(counts).sort();
  return keys.flatMap((key) => {
    if (before[key] === after[key]) return [];
    if (before[key] === undefined) return [`${key} is new`];
    return [after[key] === undefined ? `${key} goes` : `${key} differs`];
  });
}

/** One line for people for each node that is changed. */
export function changeLines(nodes: readonly NodeChange[]): string[] {
  const words = { joins: 'joins', restarts: 'restarts', hot: 'is changed while it runs', untouched: 'is left alone' };
  return nodes
    .filter(({ change }) => change !== 'untouched')
    .map(({ host, change, why }) => `${host} ${words[change]}${why.length > 0 ? `: ${why.join(', ')}` : ''}`);
}
