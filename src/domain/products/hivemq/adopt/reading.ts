import type { Installation } from './installation.js';

/** A secret that the worker must have before the cluster is taken over: its environment variable, never its value. */
export interface NeededSecret {
  readonly reference: string;
  readonly where: readonly string[];
  readonly howToSet: string;
}

/** A cluster that was made by hand, as a spec. */
export interface SpecReading {
  /** In the form of a file; `parseClusterSpec` takes it when there are no problems. */
  readonly spec: Record<string, unknown>;
  readonly secrets: readonly NeededSecret[];
  /** What somebody should know before they agree. */
  readonly notes: readonly string[];
  /** What keeps the cluster from being taken over as it is. */
  readonly problems: readonly string[];
}

/** An archive of an extension's folder in the content store, by the id of the extension. */
export type PackedExtensions = Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;

export type Installations = Readonly<Record<string, Installation>>;
