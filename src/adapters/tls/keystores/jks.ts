import { createHash, createPrivateKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { bytesOf, child, oidOf, parseBer } from '../pkcs12/ber.js';
import { MalformedStore } from '../pkcs12/ber.js';
import { WrongPassword, type Passwords, type RawKey, type RawStore } from './raw-store.js';

/** The first four bytes of a JKS file, and of a JCEKS file. */
export const jksMagic = 0xfeedfeed;
export const jceksMagic = 0xcececece;

/** Algorithm by which JKS protects a key (OpenJDK: sun.security.provider.KeyProtector). */
const sunKeyProtector = '1.3.6.1.4.1.42.2.17.1.1';
const digestSize = 20;

const sha1 = (...parts: Buffer[]): Buffer => {
  const sum = createHash('sha1');
  for (const part of parts) sum.update(part);
  return sum.digest();
};
const spelled = (password: string): Buffer => Buffer.from(password, 'utf16le').swap16();

/**
 * Reads Java's own format (OpenJDK: sun.security.provider.JavaKeyStore): big-endian numbers, certificates in the clear,
 * a SHA-1 over password, a fixed phrase and content at the end.
 * @throws WrongPassword, MalformedStore
 */
export function readJks(bytes: Buffer, passwords: Passwords): RawStore {
  if (bytes.length < 12 + digestSize) throw new MalformedStore('it ends too early');
  const content = bytes.subarray(0, -digestSize);
  const seal = sha1(spelled(passwords.store), Buffer.from('Mighty Aphrodite', 'utf8'), content);
  const reader = new Reader(content, 4);
  const version = reader.integer();
  if (version !== 1 && version !== 2) throw new MalformedStore(`version ${version} is not known`);
  const keys: (Omit<RawKey, 'key'> & { shrouded: Buffer })[] = [];
  const trusted: { alias: string; certificate: Buffer }[] = [];
  const certificate = (): Buffer => {
    // Version 1 does not say that it is an X.509 certificate.
    if (version === 2) reader.text();
    return reader.block();
  };
  for (let entries = reader.integer(); entries > 0; entries -= 1) {
    const kind = reader.integer();
    const alias = reader.text();
    reader.skip(8);
    if (kind === 1) {
      const shrouded = reader.block();
      const chain: Buffer[] = [];
      for (let length = reader.integer(); length > 0; length -= 1) chain.push(certificate());
      keys.push({ alias, shrouded, chain });
    } else if (kind === 2) trusted.push({ alias, certificate: certificate() });
    else throw new MalformedStore(`it has an entry of the unknown kind ${kind}`);
  }
  if (!reader.atEnd) throw new MalformedStore('it goes on after its last entry');
  // Only now: a file that can be followed to its end is whole, so that it is the password that is wrong.
  if (!timingSafeEqual(seal, bytes.subarray(-digestSize))) throw new WrongPassword('store');
  return {
    format: 'jks',
    keys: keys.map(({ alias, shrouded, chain }) => ({ alias, chain, key: openKey(shrouded, passwords.key) })),
    trusted,
    unseen: [],
  };
}

/** Salt, key under a stream of SHA-1 sums, SHA-1 of password and key. */
function openKey(shrouded: Buffer, password: string): KeyObject {
  const info = parseBer(shrouded);
  if (oidOf(child(child(info, 0), 0)) !== sunKeyProtector)
    throw new MalformedStore('its key is not protected as in JKS');
  const protectedKey = bytesOf(child(info, 1));
  const plain = Buffer.from(protectedKey.subarray(digestSize, -digestSize));
  let pad = protectedKey.subarray(0, digestSize);
  for (let at = 0; at < plain.length; at += 1) {
    if (at % digestSize === 0) pad = sha1(spelled(password), pad);
    plain.writeUInt8(plain.readUInt8(at) ^ pad.readUInt8(at % digestSize), at);
  }
  if (!sha1(spelled(password), plain).equals(protectedKey.subarray(-digestSize))) throw new WrongPassword('key');
  return createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
}

class Reader {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  integer(): number {
    return this.take(4).readUInt32BE();
  }

  text(): string {
    return this.take(this.take(2).readUInt16BE()).toString('utf8');
  }

  block(): Buffer {
    return this.take(this.integer());
  }

  skip(count: number): void {
    this.take(count);
  }

  private take(count: number): Buffer {
    if (this.at + count > this.bytes.length) throw new MalformedStore('it ends within an entry');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}
