/** What an operation has packed, as its step says it in one line. */
export interface PackedFile {
  /** Absolute, on the machine of the worker. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The note of the step `packDiagnostics`; `remarks` are what somebody should know besides. */
export function packedNote({ path, bytes, sha256 }: PackedFile, remarks: readonly string[]): string {
  return [`${path} (${bytes} bytes, SHA-256 ${sha256})`, ...remarks].join('; ');
}

/** Reads what `packedNote` wrote; null where a text is no such note. */
export function readPackedNote(note: string): PackedFile | null {
  const [, path, bytes, sha256] = /^(\/.+?) \((\d+) bytes, SHA-256 ([0-9a-f]{64})\)/.exec(note) ?? [];
  if (path === undefined || bytes === undefined || sha256 === undefined) return null;
  return { path, bytes: Number(bytes), sha256 };
}
