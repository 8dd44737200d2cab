import type { Address } from '../config/address.js';

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}

/** Members that fell silent and were not heard of since: they may be alive behind a cut network. */
export class Unreachable {
  private readonly byAddress = new Map<string, string>();

  get any(): boolean {
    return this.byAddress.size > 0;
  }

  fellSilent(id: string, at: Address): void {
    this.byAddress.set(keyOf(at), id);
  }

  heard(id: string): void {
    for (const [key, known] of this.byAddress) if (known === id) this.byAddress.delete(key);
  }

  /** Nobody is there any more. */
  ended(at: Address): void {
    this.byAddress.delete(keyOf(at));
  }

  /** Who is not discovered any more is not waited for. */
  keepOnly(discovered: readonly Address[]): void {
    const keys = new Set(discovered.map(keyOf));
    for (const key of this.byAddress.keys()) if (!keys.has(key)) this.byAddress.delete(key);
  }
}
