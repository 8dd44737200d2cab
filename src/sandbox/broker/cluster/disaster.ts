import { replicaCountOf, type View } from './view.js';

/** Nodes lost within this time count together ("rapidly left" in the vendor's documentation), in milliseconds. */
const together = 10_000;

/**
 * Disaster detection (HiveMQ documentation): a warning when all other nodes or more nodes than the replica count fail
 * within a short time.
 */
export class DisasterWatch {
  private losses: { at: number; count: number }[] = [];

  /** Notes that members of a view were lost; true when that is a disaster. */
  lost(count: number, before: View): boolean {
    const now = performance.now();
    this.losses = [...this.losses.filter((loss) => now - loss.at < together), { at: now, count }];
    const total = this.losses.reduce((sum, loss) => sum + loss.count, 0);
    return total > replicaCountOf(before.members) || count === before.members.length - 1;
  }
}
