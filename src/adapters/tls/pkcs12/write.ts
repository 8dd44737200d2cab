import { createCipheriv, createHash, createHmac, pbkdf2 as pbkdf2WithCallback, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { der } from './der.js';
import { pkcs12Mac } from './kdf.js';
import { oids } from './oids.js';

const pbkdf2 = promisify(pbkdf2WithCallback);

/** What Java's keytool uses as well; the file is protected by its mode first of all. */
const iterations = 10_000;

/**
 * A PKCS#12 file with one private key and its chain, leaf first.
 * PBES2 with PBKDF2-HMAC-SHA256 and AES-256 for the key, HMAC-SHA256 over all: opened by Java 11.0.12 and later, and by
 * OpenSSL 3 without its legacy provider. Certificates are public and stay readable, as in `openssl pkcs12 -certpbe NONE`.
 *
 * The same input gives the same bytes on every worker, so that nothing is written again that has not changed: salts are
 * derived from the private key, which nobody without the key can compute, and from the certificates.
 */
export async function writeKeystore(
  alias: string,
  key: KeyObject,
  chain: readonly Buffer[],
  password: string,
): Promise<Buffer> {
  const plain = key.export({ type: 'pkcs8', format: 'der' });
  const seed = (purpose: string, size: number): Buffer => {
    const sum = createHmac('sha256', plain).update(`hivekeeper keystore ${purpose}\0${alias}\0`);
    for (const certificate of chain) sum.update(certificate);
    return sum.digest().subarray(0, size);
  };
  const shrouded = await shroud(plain, password, seed('key salt', 20), seed('key iv', 16));
  const id = createHash('sha256')
    .update(chain[0] ?? Buffer.alloc(0))
    .digest();
  const named = [attribute(oids.friendlyName, der.bmpString(alias)), attribute(oids.localKeyId, der.octets(id))];
  const contents = [
    safeContents(bag(oids.shroudedKeyBag, shrouded, named)),
    safeContents(...chain.map((certificate, n) => certificateBag(certificate, n === 0 ? named : []))),
  ];
  return seal(contents, password, seed('mac salt', 20));
}

/** A PKCS#12 file with certificates that Java trusts. The same input gives the same bytes; the salt is of public things. */
export function writeTruststore(entries: readonly { alias: string; certificate: Buffer }[], password: string): Buffer {
  const sum = createHash('sha256').update('hivekeeper truststore mac salt\0');
  for (const { alias, certificate } of entries) sum.update(`${alias}\0`).update(certificate);
  const bags = entries.map(({ alias, certificate }) =>
    certificateBag(certificate, [
      attribute(oids.friendlyName, der.bmpString(alias)),
      attribute(oids.javaTrusted, der.oid(oids.anyExtendedKeyUsage)),
    ]),
  );
  return seal([safeContents(...bags)], password, sum.digest().subarray(0, 20));
}

/** EncryptedPrivateKeyInfo (RFC 5958) under PBES2 (RFC 8018). */
async function shroud(plain: Buffer, password: string, salt: Buffer, iv: Buffer): Promise<Buffer> {
  const key = await pbkdf2(password, salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const derivation = der.sequence(
    der.octets(salt),
    der.integer(iterations),
    der.sequence(der.oid(oids.hmacSha256), der.nothing()),
  );
  const scheme = der.sequence(
    der.sequence(der.oid(oids.pbkdf2), derivation),
    der.sequence(der.oid(oids.aes256Cbc), der.octets(iv)),
  );
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return der.sequence(der.sequence(der.oid(oids.pbes2), scheme), der.octets(encrypted));
}

const attribute = (oid: string, value: Buffer): Buffer => der.sequence(der.oid(oid), der.set(value));

function bag(oid: string, value: Buffer, attributes: Buffer[]): Buffer {
  const set = attributes.length > 0 ? [der.set(...attributes)] : [];
  return der.sequence(der.oid(oid), der.explicit(value), ...set);
}

function certificateBag(certificate: Buffer, attributes: Buffer[]): Buffer {
  const value = der.sequence(der.oid(oids.x509Certificate), der.explicit(der.octets(certificate)));
  return bag(oids.certBag, value, attributes);
}

const contentInfo = (content: Buffer): Buffer => der.sequence(der.oid(oids.data), der.explicit(der.octets(content)));

const safeContents = (...bags: Buffer[]): Buffer => contentInfo(der.sequence(...bags));

function seal(contents: Buffer[], password: string, salt: Buffer): Buffer {
  const safe = der.sequence(...contents);
  const mac = pkcs12Mac(safe, { digest: 'sha256', password, salt, iterations });
  const digestInfo = der.sequence(der.sequence(der.oid(oids.sha256), der.nothing()), der.octets(mac));
  const macData = der.sequence(digestInfo, der.octets(salt), der.integer(iterations));
  return der.sequence(der.integer(3), contentInfo(safe), macData);
}
