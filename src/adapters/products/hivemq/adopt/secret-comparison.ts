import { createHmac, randomBytes } from 'node:crypto';

/**
 * Tells whether nodes have the same value for a secret without keeping the value: only salted hashes, only in memory,
 * and the salt ends with this object.
 */
export class SecretComparison {
  private readonly salt = randomBytes(32);
  private readonly seen = new Map<string, string[]>();

  /** The number of this value among those of the same reference: equal numbers are equal values. */
  variantOf(reference: string, value: string): number {
    const hash = createHmac('sha256', this.salt).update(value).digest('hex');
    const known = this.seen.get(reference) ?? [];
    if (!known.includes(hash)) known.push(hash);
    this.seen.set(reference, known);
    return known.indexOf(hash) + 1;
  }
}
