import type { FleetEvent } from '../fleet/index.js';
import { type Journals, type Span, type Violation, violation, within } from './evidence.js';

/** How many clients' connections ended at a node at one moment, counted in the kernel's table. */
export interface ClientCount {
  readonly at: number;
  readonly node: string;
  readonly clients: number;
}

/** A node's way out of traffic: `from` the gate's closing until its broker was asked to stop. */
export interface Drain extends Span {
  readonly node: string;
}

export interface DrainEvidence {
  readonly drain: Drain;
  /** Clients a second that were asked for. */
  readonly pace: number;
  readonly counts: readonly ClientCount[];
  readonly events: readonly FleetEvent[];
}

/** What one drain looked like from outside. */
export interface DrainVerdict {
  readonly node: string;
  /** Clients at its beginning. */
  readonly clients: number;
  readonly seconds: number;
  readonly violations: readonly Violation[];
}

/** A drain that cuts faster than asked disturbs; one that is slower than this is not the pace that was asked for. */
const SLOWEST = { factor: 2, plusMs: 3000 };
const FASTEST = { factor: 1.25, plus: 1 };
/** The clients come back within this time, and are seen where they are. */
const SETTLE_MS = 1500;

/** Finds each drain in the journals: the gate's `gate-disable` and the next `stop-requested` of that node. */
export function findDrains(journals: Journals, nameOf: (gateHost: string) => string = (host) => host): Drain[] {
  const closings = [...journals.values()].flat().filter(({ event }) => event === 'gate-disable');
  return closings.flatMap((closing) => {
    const node = typeof closing['host'] === 'string' ? nameOf(closing['host']) : '';
    const from = Date.parse(closing.at);
    const stop = journals.get(node)?.find(({ at, event }) => event === 'stop-requested' && Date.parse(at) >= from);
    return stop === undefined ? [] : [{ node, from, to: Date.parse(stop.at) }];
  });
}

/**
 * Holds a drain against its promises: clients fall at the asked pace while the broker runs, none is left at the stop, none
 * is cut twice, none comes back to the node, and no will is published.
 */
export function judgeDrain({ drain, pace, counts, events }: DrainEvidence): DrainVerdict {
  const { node, from, to } = drain;
  const found: Violation[] = [];
  const seen = counts.filter((count) => count.node === node && count.at <= to).sort((one, other) => one.at - other.at);
  const before = seen.filter(({ at }) => at <= from).at(-1);
  const during = seen.filter(({ at }) => at > from);
  const clients = before?.clients ?? during[0]?.clients ?? 0;

  const last = seen.at(-1);
  if (last === undefined) found.push(violation('drained', to, [node], `nobody saw the clients of ${node} leave`));
  else if (last.clients > 0)
    found.push(violation('drained', to, [node], `${last.clients} clients were on ${node} when it was asked to stop`));

  const cuts = cutsOf(node, drain, events);
  found.push(
    ...judgePace(
      node,
      pace,
      cuts.map(({ at }) => at),
    ),
  );

  const perClient = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'disconnected' || !within(event.at, drain)) continue;
    perClient.set(event.client, (perClient.get(event.client) ?? 0) + 1);
  }
  for (const [client, times] of perClient) {
    if (times > 1) found.push(violation('drain-cut-twice', from, [node], `${client} was cut ${times} times`));
  }
  const cutHere = new Set(cuts.map(({ client }) => client));
  for (const event of events) {
    const inDrain = within(event.at, { from, to: to + SETTLE_MS });
    if (event.kind === 'placed' && event.node === node && inDrain && cutHere.has(event.client))
      found.push(violation('drain-return', event.at, [node], `${event.client} came back to ${node}`));
    if (event.kind === 'will' && inDrain)
      found.push(violation('drain-will', event.at, [node], `the will of ${event.client} was published`));
  }
  const lastCut = cuts.at(-1)?.at ?? from;
  return { node, clients, seconds: (lastCut - (cuts[0]?.at ?? from)) / 1000, violations: found };
}

/** The clients that were cut off the node, in order. */
function cutsOf(node: string, drain: Drain, events: readonly FleetEvent[]): { client: string; at: number }[] {
  const placedAt = new Map<string, string>();
  const cuts: { client: string; at: number }[] = [];
  for (const event of events) {
    if (event.kind === 'connected') placedAt.delete(event.client);
    if (event.kind === 'placed') placedAt.set(event.client, event.node);
    if (event.kind === 'disconnected' && within(event.at, drain) && placedAt.get(event.client) === node)
      cuts.push({ client: event.client, at: event.at });
  }
  return cuts;
}

function judgePace(node: string, pace: number, times: readonly number[]): Violation[] {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [];
  const most = Math.ceil(pace * FASTEST.factor) + FASTEST.plus;
  const crowded = times.find((from) => times.filter((at) => at >= from && at < from + 1000).length > most);
  if (crowded !== undefined)
    return [violation('drain-pace', crowded, [node], `more than ${pace} clients a second were cut off ${node}`)];
  const allowed = (times.length / pace) * 1000 * SLOWEST.factor + SLOWEST.plusMs;
  if (last - first > allowed)
    return [
      violation('drain-pace', last, [node], `${times.length} clients took ${Math.round((last - first) / 1000)} s`),
    ];
  return [];
}
