import { createHash } from 'node:crypto';
import type { Queued, Session, Unit } from '../../wire/records.js';
import { maxDelivered } from '../../wire/merge.js';
import { BoundedSet } from './bounded-set.js';

/** A session with its queue as it lies in memory; only the nodes that own it have one. */
export class Entry {
  readonly queue = new Map<string, Queued>();
  readonly fingerprints = new Map<string, string>();
  readonly delivered: BoundedSet;
  private lastSeq = 0;
  private known: string | undefined;

  constructor(
    public session: Session,
    queue: readonly Queued[] = [],
    delivered: readonly string[] = [],
  ) {
    this.delivered = new BoundedSet(maxDelivered, delivered);
    for (const message of queue) this.put(message);
  }

  put(message: Queued): void {
    this.queue.set(message.id, message);
    this.fingerprints.set(message.fingerprint, message.id);
    this.lastSeq = Math.max(this.lastSeq, message.seq);
    this.touch();
  }

  remove(id: string): void {
    this.queue.delete(id);
    this.delivered.add(id);
    // The fingerprints of the last messages stay, so that a publisher's repetition is recognized after the delivery.
    if (this.fingerprints.size > 2000) this.forgetFingerprint();
    this.touch();
  }

  private forgetFingerprint(): void {
    for (const [fingerprint, id] of this.fingerprints) {
      if (this.queue.has(id)) continue;
      this.fingerprints.delete(fingerprint);
      return;
    }
  }

  touch(): void {
    this.known = undefined;
  }

  /** The place of the next message: later than all before, close to the clock so that two queues can be united. */
  nextSeq(): number {
    this.lastSeq = Math.max(this.lastSeq + 1, Date.now() * 1000);
    return this.lastSeq;
  }

  ordered(): Queued[] {
    return [...this.queue.values()].sort((a, b) => a.seq - b.seq);
  }

  toUnit(): Unit {
    return { session: this.session, queue: this.ordered(), delivered: this.delivered.values() };
  }

  /** Equal for equal content; compared before a copy is sent. */
  digest(): string {
    if (this.known === undefined) {
      const hash = createHash('sha1').update(`${this.session.version} ${this.delivered.size} `);
      for (const message of this.ordered()) hash.update(`${message.id}${message.release ?? ''} `);
      this.known = hash.digest('base64');
    }
    return this.known;
  }
}
