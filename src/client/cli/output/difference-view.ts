import { type ChangeEffect, changeText, type SpecChange } from '../../../domain/changes/index.js';
import type { NodeChange } from '../../../domain/plan/index.js';
import { type Line, line, type Tone } from './line.js';
import { table } from './table.js';

const tones: Readonly<Record<SpecChange['sign'], Tone>> = { '+': 'good', '~': 'busy', '-': 'bad' };

const words: Readonly<Record<ChangeEffect, string>> = {
  restart: 'restart',
  hot: 'no restart',
  members: 'members',
  nothing: 'no node is touched',
  refused: 'refused',
};

/** What differs between the spec of the record and the given one, and what each asks of the nodes. */
export function differenceLines(difference: readonly SpecChange[]): Line[] {
  if (difference.length === 0) return [line('The file says what the cluster was last told.')];
  return [
    line('Difference', 'strong'),
    ...difference.flatMap((change) => [
      line(`  ${changeText(change)}`, tones[change.sign]),
      line(`      ${words[change.effect]}: ${change.why}`, change.effect === 'refused' ? 'bad' : 'dim'),
    ]),
  ];
}

const changes: Readonly<Record<NodeChange['change'], string>> = {
  joins: 'joins',
  restarts: 'restarts',
  hot: 'no restart',
  untouched: 'untouched',
};

/** What happens to each node, and why. */
export function nodeChangeLines(nodes: readonly NodeChange[]): Line[] {
  if (nodes.length === 0) return [];
  const rows = nodes.map(({ host, change, why }) => [host, changes[change], why.join(', ')]);
  const lines = table(['NODE', 'CHANGE', 'WHY'], rows);
  return [line(''), ...lines.map((text, index) => line(text, index === 0 ? 'strong' : 'plain'))];
}
