import { MovedClients, soon } from '../../../domain/products/hivemq/clients-moved.js';

/** Milliseconds between two looks. */
const lookEvery = 2000;
/** Clients that a look asks for, and those that a suspicion is made sure with. */
const sizes = { look: 30, sure: 300 };
/** Requests under way at once. */
const parallel = 4;

/** How many of how many clients that were looked at are back. */
export interface Returned {
  readonly back: number;
  readonly of: number;
}

/** Looks, while clients are moved, whether those of the last seconds are back: the list comes round to them too late. */
export class ReturnWatch {
  private next: number | null = null;

  constructor(
    private readonly moved: MovedClients,
    /** Whether a moved client is on the node again. */
    private readonly isBack: (id: string) => Promise<boolean>,
  ) {}

  /** Null while it is not time for a look, and when not too many are back. */
  async look(now: number): Promise<Returned | null> {
    this.next ??= now + lookEvery;
    if (now < this.next) return null;
    this.next = now + lookEvery;
    if (!tooMany(await this.sample(now, sizes.look))) return null;
    // A few more than usual among so few is chance; it must not stop a drain.
    const sure = await this.sample(now, sizes.sure);
    return tooMany(sure) ? sure : null;
  }

  private async sample(now: number, size: number): Promise<Returned> {
    const ids = this.moved.since(now - soon, size);
    let back = 0;
    for (let from = 0; from < ids.length; from += parallel) {
      const found = await Promise.all(ids.slice(from, from + parallel).map(this.isBack));
      back += found.filter(Boolean).length;
    }
    return { back, of: ids.length };
  }
}

const tooMany = ({ back, of }: Returned): boolean => MovedClients.sampleSentBack(back, of);
