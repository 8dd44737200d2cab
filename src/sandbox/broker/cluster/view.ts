import { type Guarded, list, number, record, text } from '../../wire/guards.js';
import { ownersOf } from './placement.js';

export const isMember = record({ id: text, host: text, port: number, version: text, replicaCount: number });
export type Member = Guarded<typeof isMember>;

/** The members that agreed on each other, the oldest (the coordinator) first. `number` grows with each change. */
export const isView = record({ id: text, number, members: list(isMember) });
export type View = Guarded<typeof isView>;

/** The replica count in effect: the lowest that any member is configured with, since one node with less is enough to lose data. */
export function replicaCountOf(members: readonly Member[]): number {
  return Math.min(...members.map((member) => member.replicaCount), members.length);
}

/** Where items lie in one view; remembered per key. */
export class Placement {
  private readonly known = new Map<string, string[]>();
  private readonly ids: string[];
  private readonly replicaCount: number;

  constructor(readonly view: View) {
    this.ids = view.members.map((member) => member.id);
    this.replicaCount = replicaCountOf(view.members);
  }

  owners(key: string): string[] {
    const known = this.known.get(key);
    if (known) return known;
    const owners = ownersOf(key, this.ids, this.replicaCount);
    this.known.set(key, owners);
    return owners;
  }

  primary(key: string): string | undefined {
    return this.owners(key)[0];
  }
}
