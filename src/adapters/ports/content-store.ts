import type { Readable } from 'node:stream';

/** What is known of a stored content: enough to bring it to a node and to prove that it is the same. */
export interface StoredContent {
  readonly sha256: string;
  readonly bytes: number;
}

/** Content by SHA-256, and small named documents (the saved states of cluster records, observations, plans). */
export interface ContentStore {
  /** Stores a stream; with `expected`, content of another hash is refused and nothing is kept. @throws ChecksumMismatch */
  put(source: Readable | Buffer | string, expected?: string): Promise<StoredContent>;
  has(sha256: string): Promise<StoredContent | null>;
  /** A local path that holds exactly this content. @throws ContentMissing */
  pathOf(sha256: string): Promise<string>;
  read(sha256: string): Promise<Buffer>;
  /** Writes a named document atomically. */
  saveDocument(name: string, json: string): Promise<void>;
  loadDocument(name: string): Promise<string | null>;
}
