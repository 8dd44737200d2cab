import { createHash, createHmac } from 'node:crypto';

/** What the derived bytes are for (RFC 7292, B.3). */
export const purposes = { key: 1, iv: 2, mac: 3 } as const;

/** Digests that files in use name, with the sizes of RFC 7292, B.2. */
export const digests = {
  sha1: { size: 20, block: 64 },
  sha256: { size: 32, block: 64 },
  sha384: { size: 48, block: 128 },
  sha512: { size: 64, block: 128 },
} as const;
export type Digest = keyof typeof digests;

interface Derivation {
  readonly digest: Digest;
  readonly purpose: (typeof purposes)[keyof typeof purposes];
  readonly password: string;
  readonly salt: Buffer;
  readonly iterations: number;
  /** Bytes wanted. */
  readonly length: number;
}

/** The key derivation of PKCS#12 itself (RFC 7292, B.2), used for its MAC and by its old ciphers. */
export function pkcs12Key({ digest, purpose, password, salt, iterations, length }: Derivation): Buffer {
  const { size, block } = digests[digest];
  // The password is a BMPString with its terminating zero.
  const spelled = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const input = Buffer.concat([repeated(salt, block), repeated(spelled, block)]);
  const diversifier = Buffer.alloc(block, purpose);
  const output: Buffer[] = [];
  for (let made = 0; made < length; made += size) {
    let hash = createHash(digest).update(diversifier).update(input).digest();
    for (let n = 1; n < iterations; n += 1) hash = createHash(digest).update(hash).digest();
    output.push(hash);
    const addend = repeated(hash, block).subarray(0, block);
    for (let at = 0; at < input.length; at += block) addPlusOne(input.subarray(at, at + block), addend);
  }
  return Buffer.concat(output).subarray(0, length);
}

/** HMAC of the content of a PKCS#12 file. */
export function pkcs12Mac(
  content: Buffer,
  { digest, password, salt, iterations }: Pick<Derivation, 'digest' | 'password' | 'salt' | 'iterations'>,
): Buffer {
  const length = digests[digest].size;
  const key = pkcs12Key({ digest, purpose: purposes.mac, password, salt, iterations, length });
  return createHmac(digest, key).update(content).digest();
}

/** Copies of `bytes` up to the next whole multiple of `block`; nothing stays nothing. */
function repeated(bytes: Buffer, block: number): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
}

/** target = target + addend + 1, as big-endian numbers of the same width. */
function addPlusOne(target: Buffer, addend: Buffer): void {
  let carry = 1;
  for (let at = target.length - 1; at >= 0; at -= 1) {
    carry += target.readUInt8(at) + addend.readUInt8(at);
    target.writeUInt8(carry & 0xff, at);
    carry >>= 8;
  }
}
