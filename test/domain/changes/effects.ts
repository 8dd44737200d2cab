import { wantedOf } from '../../../src/activities/steps/manifest/wanted-of.js';
import type { SpecChange } from '../../../src/domain/changes/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';

type Effect = 'restart' | 'hot' | 'nothing';

const canonical = (items: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(items).sort());

/** What the manifest of a node says of a change. The version of the package stands in no item. */
export function realEffect(before: ClusterSpec, after: ClusterSpec): Effect {
  if (before.broker.version !== after.broker.version) return 'restart';
  const [was, is] = [wantedOf(before, 'n1'), wantedOf(after, 'n1')];
  if (canonical(was.restart) !== canonical(is.restart)) return 'restart';
  return canonical(was.hot) === canonical(is.hot) ? 'nothing' : 'hot';
}

/** What the difference says of it, all changes together. */
export function declaredEffect(changes: readonly SpecChange[]): Effect {
  const effects = changes.map(({ effect }) => effect);
  if (effects.includes('restart')) return 'restart';
  return effects.includes('hot') ? 'hot' : 'nothing';
}
