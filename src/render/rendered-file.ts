/** A file that shall lie on a host. Values of secrets never stand in it. */
export interface RenderedFile {
  /** Relative to the home of the broker, with `/`. */
  readonly path: string;
  readonly content: string;
  /** Permission bits, e.g. 0o640. */
  readonly mode: number;
}
