import type { Fleet } from '../fleet/index.js';
import type { NodeSpan, Span } from '../oracles/index.js';
import type { NodeWatch } from './node-watch.js';
import type { OperationOutcome } from './operations.js';
import type { DemoReport } from './report.js';

/** What happened in the course of a demo; it is judged afterwards. */
export interface Course {
  readonly operations: OperationOutcome[];
  /** When each node was a member, by what was asked for. */
  readonly members: NodeSpan[];
  /** Times in which several nodes may come or go at once. */
  readonly exempt: Span[];
  disaster?: Span;
  recovery?: NonNullable<DemoReport['recovery']>;
  fleet?: Fleet;
}

/** Those of the nodes that serve are members from now on. */
export function noteMembers({ members }: Course, watch: NodeWatch, names: readonly string[], from: number): void {
  for (const node of names.filter((name) => watch.serves(name))) {
    members.push({ node, from, to: Number.POSITIVE_INFINITY });
  }
}

/** A node that left on request is no member any more. */
export function endMembership({ members }: Course, name: string, to: number): void {
  for (const [index, member] of members.entries()) if (member.node === name) members[index] = { ...member, to };
}
