/** A set that forgets its oldest entries. */
export class BoundedSet {
  private readonly entries = new Set<string>();

  constructor(
    private readonly limit: number,
    entries: Iterable<string> = [],
  ) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: string): void {
    this.entries.delete(entry);
    this.entries.add(entry);
    if (this.entries.size <= this.limit) return;
    for (const oldest of this.entries) {
      this.entries.delete(oldest);
      break;
    }
  }

  has(entry: string): boolean {
    return this.entries.has(entry);
  }

  get size(): number {
    return this.entries.size;
  }

  values(): string[] {
    return [...this.entries];
  }
}
