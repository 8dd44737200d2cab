import { createPrivateKey, timingSafeEqual, X509Certificate, type KeyObject } from 'node:crypto';
import { WrongPassword, type Passwords, type RawKey, type RawStore } from '../keystores/raw-store.js';
import { bytesOf, child, children, encoded, integerOf, MalformedStore, oidOf, parseBer, type BerNode } from './ber.js';
import { bounded, decrypt } from './decrypt.js';
import { pkcs12Mac, type Digest } from './kdf.js';
import { oids } from './oids.js';

const macDigests: Readonly<Record<string, Digest>> = {
  '1.3.14.3.2.26': 'sha1',
  [oids.sha256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

interface Attributes {
  alias?: string;
  id?: string;
  trusted: boolean;
}

interface Reading {
  readonly passwords: Passwords;
  /** Which password is wrong when a key does not open: without a MAC nothing has shown yet that the file's is right. */
  readonly keyFault: 'store' | 'key';
  readonly bags: Bags;
}

interface Bags {
  readonly keys: (Attributes & { key: KeyObject })[];
  readonly certificates: (Attributes & { certificate: Buffer })[];
}

/**
 * Reads a PKCS#12 file (RFC 7292) and sees in it what Java sees.
 * @throws WrongPassword, MalformedStore
 */
export async function readPkcs12(bytes: Buffer, passwords: Passwords): Promise<RawStore> {
  const [version, content, macData] = children(parseBer(bytes));
  if (!version || !content || integerOf(version) !== 3) throw new MalformedStore('it is no PKCS#12 of version 3');
  if (oidOf(child(content, 0)) !== oids.data) throw new MalformedStore('its integrity is not kept by a password');
  const safe = bytesOf(child(child(content, 1), 0));
  if (macData) verifyMac(macData, safe, passwords.store);
  const keyFault = macData || passwords.key !== passwords.store ? 'key' : 'store';
  const reading: Reading = { passwords, keyFault, bags: { keys: [], certificates: [] } };
  for (const info of children(parseBer(safe))) await readContent(info, reading);
  return asEntries(reading.bags);
}

function verifyMac(macData: BerNode, safe: Buffer, password: string): void {
  const info = child(macData, 0);
  const digest = macDigests[oidOf(child(child(info, 0), 0))];
  if (digest === undefined) throw new MalformedStore('the algorithm of its MAC is not known');
  const count = children(macData)[2];
  const iterations = count ? bounded(integerOf(count)) : 1;
  const expected = bytesOf(child(info, 1));
  const found = pkcs12Mac(safe, { digest, password, salt: bytesOf(child(macData, 1)), iterations });
  if (expected.length !== found.length || !timingSafeEqual(expected, found)) throw new WrongPassword('store');
}

async function readContent(info: BerNode, reading: Reading): Promise<void> {
  const value = child(child(info, 1), 0);
  let content: Buffer;
  if (oidOf(child(info, 0)) === oids.data) content = bytesOf(value);
  else if (oidOf(child(info, 0)) === oids.encryptedData) content = await openContent(value, reading.passwords.store);
  else throw new MalformedStore('a part of it is encrypted for a key instead of a password');
  for (const bag of children(parseBer(content))) await readBag(bag, reading);
}

async function openContent(encryptedData: BerNode, password: string): Promise<Buffer> {
  const [, algorithm, encrypted] = children(child(encryptedData, 1));
  if (!algorithm || !encrypted) throw new MalformedStore('an encrypted part of it is empty');
  return opened(() => decrypt(algorithm, bytesOf(encrypted), password), 'store');
}

async function readBag(bag: BerNode, { passwords, keyFault, bags }: Reading): Promise<void> {
  const value = child(child(bag, 1), 0);
  const attributes = attributesOf(children(bag)[2]);
  const kind = oidOf(child(bag, 0));
  if (kind === oids.shroudedKeyBag) {
    const key = await opened(async () => {
      const plain = await decrypt(child(value, 0), bytesOf(child(value, 1)), passwords.key);
      return createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
    }, keyFault);
    bags.keys.push({ ...attributes, key });
  } else if (kind === oids.keyBag) {
    bags.keys.push({ ...attributes, key: createPrivateKey({ key: encoded(value), format: 'der', type: 'pkcs8' }) });
  } else if (kind === oids.certBag && oidOf(child(value, 0)) === oids.x509Certificate) {
    bags.certificates.push({ ...attributes, certificate: bytesOf(child(child(value, 1), 0)) });
  }
}

async function opened<T>(open: () => Promise<T>, what: 'store' | 'key'): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof MalformedStore) throw error;
    throw new WrongPassword(what);
  }
}

function attributesOf(set: BerNode | undefined): Attributes {
  const attributes: Attributes = { trusted: false };
  for (const item of set ? children(set) : []) {
    const oid = oidOf(child(item, 0));
    const value = children(child(item, 1))[0];
    if (oid === oids.javaTrusted) attributes.trusted = true;
    if (oid === oids.localKeyId && value) attributes.id = bytesOf(value).toString('hex');
    // The library has read the UTF-16 of a BMPString already.
    if (oid === oids.friendlyName && typeof value?.value === 'string') attributes.alias = value.value;
  }
  return attributes;
}

function asEntries({ keys, certificates }: Bags): RawStore {
  const used = new Set<Buffer>();
  const rawKeys = keys.map(({ alias, id, key }, n): RawKey => {
    const own =
      certificates.find((candidate) => id !== undefined && candidate.id === id) ??
      certificates.find(({ certificate }) => new X509Certificate(certificate).checkPrivateKey(key));
    const chain = own ? chainFrom(own.certificate, certificates) : [];
    for (const certificate of chain) used.add(certificate);
    return { alias: alias ?? `${n + 1}`, key, chain };
  });
  const rest = certificates.filter(({ certificate }) => !used.has(certificate));
  return {
    format: 'pkcs12',
    keys: rawKeys,
    trusted: certificates
      .filter(({ trusted }) => trusted)
      .map(({ alias, certificate }, n) => ({ alias: alias ?? `${n + 1}`, certificate })),
    unseen: rest.filter(({ trusted }) => !trusted).map(({ certificate }) => certificate),
  };
}

/** From the leaf along the issuers that the file holds. */
function chainFrom(leaf: Buffer, certificates: Bags['certificates']): Buffer[] {
  const chain = [leaf];
  for (let last = new X509Certificate(leaf); chain.length <= certificates.length; ) {
    const issuer = certificates.find(
      ({ certificate }) => !chain.includes(certificate) && last.checkIssued(new X509Certificate(certificate)),
    );
    if (!issuer) break;
    chain.push(issuer.certificate);
    last = new X509Certificate(issuer.certificate);
  }
  return chain;
}
