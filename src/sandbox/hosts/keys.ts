import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

/** A key pair in the files' own formats. */
export interface KeyPair {
  /** OpenSSH private key file. */
  readonly privateKey: string;
  /** One line of an `authorized_keys` or `.pub` file. */
  readonly publicKey: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

const TYPE = 'ssh-ed25519';
/** Unencrypted private keys are padded to this length. */
const BLOCK = 8;

/**
 * Makes an ed25519 key pair. Written out here (OpenSSH, PROTOCOL.key), because the generator of the ssh2 library makes
 * a file that OpenSSH cannot load about once in a hundred times.
 */
export function makeKeyPair(comment: string): KeyPair {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (x === undefined || d === undefined) throw new Error('The key has no parts.');
  const publicPart = Buffer.from(x, 'base64url');
  const blob = Buffer.concat([string(TYPE), string(publicPart)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, blob],
    string(Buffer.concat([Buffer.from(d, 'base64url'), publicPart])),
    string(comment),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (BLOCK - (secret.length % BLOCK)) % BLOCK }, (_, index) => index + 1),
  );
  const file = Buffer.concat([
    ...[Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string('')],
    ...[uint32(1), string(blob), string(Buffer.concat([secret, padding]))],
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `${TYPE} ${blob.toString('base64')} ${comment}`,
    fingerprint: `SHA256:${digest}`,
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}
