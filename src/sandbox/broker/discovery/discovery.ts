import type { Address } from '../config/address.js';

/** Finds the addresses of other nodes, and keeps looking. */
export interface Discovery {
  /**
   * Looks once, then again and again.
   * @param apply gets the whole list whenever it was looked up
   */
  start(apply: (addresses: Address[]) => void): Promise<void>;
  /** Stops looking; a node that announced itself takes that back. */
  stop(): Promise<void>;
}
