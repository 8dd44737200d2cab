import { type Journals, overlaps, type Span, type Violation, violation, within } from './evidence.js';
import { type Lifecycle, lifecyclesOf } from './lifecycles.js';

export interface OrderEvidence {
  readonly journals: Journals;
  /** Times in which several nodes may come or go at once: the first deployment, the declared disaster. */
  readonly exempt?: readonly Span[];
}

const isExempt = (at: number, exempt: readonly Span[] = []): boolean => exempt.some((span) => within(at, span));

/** `one-operation`: no two nodes come or go at the same time, as two operations at once would have them. */
export function judgeOneOperation({ journals, exempt }: OrderEvidence): Violation[] {
  const all = lifecyclesOf(journals);
  return all.flatMap((one, index) => {
    const others = all.slice(index + 1).filter((other) => other.node !== one.node && overlaps(one, other));
    return others
      .filter((other) => !isExempt(other.from, exempt))
      .map((other) =>
        violation('one-operation', other.from, [one.node, other.node], `${tell(other)} while ${tell(one)}`),
      );
  });
}

/** `synchronized`: no node is asked to stop while another one joins or hands over its data. */
export function judgeSynchronized({ journals, exempt }: OrderEvidence): Violation[] {
  const all = lifecyclesOf(journals);
  const stops = all.filter(({ kind, from }) => kind === 'leave' && !isExempt(from, exempt));
  return stops.flatMap((stop) =>
    all
      .filter((other) => other.node !== stop.node && other.from <= stop.from && stop.from < other.to)
      .map((other) =>
        violation('synchronized', stop.from, [stop.node, other.node], `${stop.node} was stopped while ${tell(other)}`),
      ),
  );
}

/** `single-recovery-start`: recovery.sh for one node of a stopped cluster only, the one that was stopped last. */
export function judgeRecoveryStarts({ journals }: Pick<OrderEvidence, 'journals'>): Violation[] {
  const lines = [...journals]
    .flatMap(([node, entries]) => entries.map(({ at, event }) => ({ node, event, at: Date.parse(at) })))
    .sort((one, other) => one.at - other.at);
  const found: Violation[] = [];
  let stoppedLast: string | undefined;
  let startedSince: string | undefined;
  for (const { node, event, at } of lines) {
    if (event === 'stopped') {
      stoppedLast = node;
      startedSince = undefined;
    }
    if (event !== 'recovery-start') continue;
    if (startedSince !== undefined && startedSince !== node)
      found.push(
        violation(
          'single-recovery-start',
          at,
          [startedSince, node],
          `${node} was started with recovery.sh after ${startedSince} was`,
        ),
      );
    else if (stoppedLast !== undefined && stoppedLast !== node)
      found.push(
        violation(
          'single-recovery-start',
          at,
          [node],
          `${node} was started with recovery.sh, ${stoppedLast} was stopped last`,
        ),
      );
    startedSince = node;
  }
  return found;
}

function tell({ node, kind }: Lifecycle): string {
  return kind === 'join' ? `${node} was joining` : `${node} was leaving`;
}
