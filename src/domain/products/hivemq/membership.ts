import type { MembershipView } from '../../observation/index.js';

/** One member that should be there: its view as far as it could be asked. */
export interface MemberView {
  readonly name: string;
  /** Null while its health API does not answer. */
  readonly view: MembershipView | null;
}

export type Agreement =
  | { readonly agreed: true; readonly members: readonly string[] }
  | { readonly agreed: false; readonly waitingFor: string };

const waiting = (waitingFor: string): Agreement => ({ agreed: false, waitingFor });

/**
 * Whether all running members see exactly each other. `unknown` counts members whose hosts cannot be asked: as many
 * ids that nobody here claims may stand in the lists, because such a broker may well run.
 */
export function agreementOf(members: readonly MemberView[], unknown = 0): Agreement {
  const asked: { name: string; view: MembershipView }[] = [];
  for (const { name, view } of members) {
    if (view === null) return waiting(`${name}: waiting for its health API`);
    asked.push({ name, view });
  }
  const ids = asked.map(({ view }) => view.nodeId);
  for (const { name, view } of asked) {
    if (view.nodeState !== 'RUNNING') return waiting(`${name}: waiting for node state RUNNING, now ${view.nodeState}`);
    if (view.leaveReplicationInProgress) return waiting(`${name}: waiting for its leave replication to end`);
    const seen = ids.filter((id) => view.members.includes(id)).length;
    if (seen < ids.length) return waiting(`${name}: waiting for cluster join, member list ${seen} of ${ids.length}`);
    const strangers = view.members.length - seen;
    if (strangers > unknown) {
      return waiting(
        `${name}: waiting for ${strangers - unknown} former member(s) to leave its list of ${view.members.length}`,
      );
    }
  }
  const [first] = asked;
  const different = asked.find(({ view }) => view.members.join() !== first?.view.members.join());
  if (first !== undefined && different !== undefined) {
    return waiting(`${different.name}: waiting until it sees the same members as ${first.name}`);
  }
  return { agreed: true, members: first?.view.members ?? [] };
}
