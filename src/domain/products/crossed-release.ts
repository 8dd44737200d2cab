/** A release that an upgrade reaches or passes over. */
export interface CrossedRelease {
  /** E.g. `4.31`. */
  readonly release: string;
  /** The vendor's guide to it; null where none is known. */
  readonly guide: string | null;
}
