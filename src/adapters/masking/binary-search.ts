import type { Readable } from 'node:stream';
import type { SecretValues } from './secret-values.js';

/** What a file is, as far as secrets in it go. */
export type Nature = 'text' | 'clean' | 'secret' | 'archive' | 'key-store';

/** Beginnings of files that hold others in compressed form: zip, gzip, bzip2, xz, zstd, 7z. */
const archives = ['504b0304', '504b0506', '1f8b', '425a68', 'fd377a585a00', '28b52ffd', '377abcaf271c'];
const keyStore = /\.(p12|pfx|jks|jceks|bcfks|keystore|truststore|der)$/i;

/**
 * Reads a file to its end: a text, which can be masked, or something else, which can only be taken or left. What is
 * compressed, and what holds keys, cannot be looked through.
 */
export async function natureOf(name: string, data: Readable, values: SecretValues): Promise<Nature> {
  const forms = values.binaryForms;
  const longest = forms.reduce((most, form) => Math.max(most, form.length), 1);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let tail: Buffer = Buffer.alloc(0);
  let head: Buffer = Buffer.alloc(0);
  let isText = true;
  let hit = false;
  for await (const piece of data) {
    const chunk = Buffer.from(piece);
    if (head.length < 16) head = Buffer.concat([head, chunk.subarray(0, 16)]);
    isText &&= !chunk.includes(0) && decodes(decoder, chunk);
    const seen = Buffer.concat([tail, chunk]);
    hit ||= forms.some((form) => seen.includes(form));
    tail = seen.subarray(Math.max(0, seen.length - longest));
  }
  if (keyStore.test(name)) return 'key-store';
  if (archives.some((magic) => head.toString('hex').startsWith(magic))) return 'archive';
  if (isText && decodes(decoder, null)) return 'text';
  return hit ? 'secret' : 'clean';
}

function decodes(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | null): boolean {
  try {
    if (chunk === null) decoder.decode();
    else decoder.decode(chunk, { stream: true });
    return true;
  } catch {
    return false;
  }
}
