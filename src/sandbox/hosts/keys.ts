import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';

/** A key pair in the files' own formats. */
export interface KeyPair {
  /** OpenSSH private key file. */
  readonly privateKey: string;
  /** One line of an `authorized_keys` or `.pub` file. */
  readonly publicKey: string;
  /** `SHA256:…` as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

/** Makes an ed25519 key pair. */
export function makeKeyPair(comment: string): KeyPair {
  const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { privateKey, publicKey, fingerprint: `SHA256:${digest}` };
}
