import { type NodeSpan, type Span, type Violation, violation, within } from './evidence.js';

export interface AvailabilityEvidence {
  /** When each node was a member, by the course of events that was asked for. */
  readonly members: readonly NodeSpan[];
  /** When each node was not serving: no broker process, or no open MQTT port. */
  readonly down: readonly NodeSpan[];
  /** The declared disaster is left out. */
  readonly disaster?: Span | undefined;
  /** How many members may be out of service at once. Default: 1 */
  readonly most?: number;
}

/** `max-unavailable`: one violation for each time in which more members than allowed were not serving. */
export function judgeAvailability({ members, down, disaster, most = 1 }: AvailabilityEvidence): Violation[] {
  const unavailable = down.flatMap((gap) =>
    members
      .filter(({ node }) => node === gap.node)
      .map((member) => ({
        node: gap.node,
        from: Math.max(gap.from, member.from),
        to: Math.min(gap.to, member.to),
      }))
      .filter(({ from, to }) => to > from),
  );
  const found: Violation[] = [];
  let broken = false;
  for (const at of unavailable.flatMap(({ from, to }) => [from, to]).sort((one, other) => one - other)) {
    const nodes = unavailable.filter(({ from, to }) => from <= at && at < to).map(({ node }) => node);
    const tooMany = nodes.length > most && !within(at, disaster);
    if (tooMany && !broken) {
      const detail = `${nodes.join(', ')} were not serving at the same time; at most ${most} may be`;
      found.push(violation('max-unavailable', at, nodes, detail));
    }
    broken = tooMany;
  }
  // What began in the disaster and outlasts it is as bad.
  if (disaster !== undefined) {
    const nodes = unavailable.filter(({ from, to }) => from <= disaster.to && disaster.to < to).map(({ node }) => node);
    if (nodes.length > most)
      found.push(
        violation(
          'max-unavailable',
          disaster.to,
          nodes,
          `${nodes.join(', ')} still are not serving after the recovery`,
        ),
      );
  }
  return found;
}
