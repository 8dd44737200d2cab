import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';

/** What went through a stream. */
export interface Measured {
  readonly bytes: number;
  readonly sha256: string;
}

/** A stream that passes everything on and knows, once it has ended, what that was. */
export function measuring(): { readonly through: Transform; result(): Measured } {
  const sum = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { through, result: () => ({ bytes, sha256: sum.digest('hex') }) };
}
