import { createDecipheriv, pbkdf2 as pbkdf2WithCallback } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { bytesOf, child, children, integerOf, MalformedStore, oidOf, type BerNode } from './ber.js';
import { pkcs12Key, purposes } from './kdf.js';
import { oids } from './oids.js';

const pbkdf2 = promisify(pbkdf2WithCallback);

/** More would only serve to keep a worker busy; OpenSSL and Java write between 2 048 and some 100 000. */
const maxIterations = 1_000_000;

const prfs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const ciphers: Readonly<Record<string, { name: string; keySize: number }>> = {
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keySize: 24 },
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keySize: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keySize: 24 },
  [oids.aes256Cbc]: { name: 'aes-256-cbc', keySize: 32 },
};

/**
 * Opens what an AlgorithmIdentifier and a password protect: PBES2, and the ciphers that Java 8 and OpenSSL 1 wrote.
 * A wrong password shows as an error of the padding or as bytes that mean nothing. @throws MalformedStore
 */
export async function decrypt(algorithm: BerNode, encrypted: Buffer, password: string): Promise<Buffer> {
  const scheme = oidOf(child(algorithm, 0));
  const parameters = child(algorithm, 1);
  if (scheme === oids.pbes2) return pbes2(parameters, encrypted, password);
  const salt = bytesOf(child(parameters, 0));
  const iterations = bounded(integerOf(child(parameters, 1)));
  const derive = (purpose: 1 | 2, length: number): Buffer =>
    pkcs12Key({ digest: 'sha1', purpose, password, salt, iterations, length });
  if (scheme === oids.pbeSha1TripleDes) {
    return deciphered('des-ede3-cbc', derive(purposes.key, 24), derive(purposes.iv, 8), encrypted);
  }
  const rc2Size = { [oids.pbeSha1Rc2With128]: 16, [oids.pbeSha1Rc2With40]: 5 }[scheme];
  if (rc2Size !== undefined) return rc2(derive(purposes.key, rc2Size), derive(purposes.iv, 8), encrypted);
  throw new MalformedStore(`the encryption ${scheme} is not known`);
}

async function pbes2(parameters: BerNode, encrypted: Buffer, password: string): Promise<Buffer> {
  const derivation = child(parameters, 0);
  const encryption = child(parameters, 1);
  const cipher = ciphers[oidOf(child(encryption, 0))];
  if (oidOf(child(derivation, 0)) !== oids.pbkdf2 || !cipher) throw new MalformedStore('the encryption is not known');
  const [salt, iterations, ...rest] = children(child(derivation, 1));
  if (!salt || !iterations) throw new MalformedStore('the encryption has no salt');
  // keyLength INTEGER OPTIONAL, prf AlgorithmIdentifier DEFAULT hmacWithSHA1
  const prf = rest.find((item) => typeof item.value !== 'string');
  const digest = prf ? prfs[oidOf(child(prf, 0))] : 'sha1';
  if (digest === undefined) throw new MalformedStore('the key derivation is not known');
  const key = await pbkdf2(password, bytesOf(salt), bounded(integerOf(iterations)), cipher.keySize, digest);
  return deciphered(cipher.name, key, bytesOf(child(encryption, 1)), encrypted);
}

export function bounded(iterations: number): number {
  if (iterations >= 1 && iterations <= maxIterations) return iterations;
  throw new MalformedStore(`${iterations} rounds of key derivation are out of bounds`);
}

function deciphered(name: string, key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
  const decipher = createDecipheriv(name, key, iv);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]);
}

/** OpenSSL 3 has RC2 in its legacy provider only. */
function rc2(key: Buffer, iv: Buffer, encrypted: Buffer): Buffer {
  const cipher = forge.rc2.createDecryptionCipher(key.toString('latin1'), key.length * 8);
  cipher.start(iv.toString('latin1'));
  cipher.update(forge.util.createBuffer(encrypted.toString('latin1')));
  if (!cipher.finish()) throw new Error('bad decrypt');
  return Buffer.from(cipher.output.getBytes(), 'latin1');
}
