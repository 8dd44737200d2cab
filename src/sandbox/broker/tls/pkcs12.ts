import type { asn1, pkcs12, pki } from 'node-forge';

/** What a store holds, as PEM. */
export interface StoreContent {
  /** Undefined when there is none. */
  key: string | undefined;
  /** The certificate of the key first. */
  certificates: string[];
}

/** The store is none, is damaged, or its password is another. */
export class UnreadableStore extends Error {}

type Forge = {
  asn1: typeof asn1;
  pkcs12: typeof pkcs12;
  pki: typeof pki;
};

function pem(type: string, der: string): string {
  const base64 = Buffer.from(der, 'binary').toString('base64');
  return `-----BEGIN ${type}-----\n${base64.replace(/(.{64})(?!$)/g, '$1\n')}\n-----END ${type}-----\n`;
}

function idOf(bag: pkcs12.Bag): string {
  const attributes: unknown = bag.attributes;
  const ids: unknown =
    typeof attributes === 'object' && attributes !== null && 'localKeyId' in attributes
      ? attributes.localKeyId
      : undefined;
  const first: unknown = Array.isArray(ids) ? ids[0] : undefined;
  return typeof first === 'string' ? first : '';
}

function read({ asn1, pkcs12, pki }: Forge, bytes: Buffer, password: string): StoreContent {
  const store = pkcs12.pkcs12FromAsn1(asn1.fromDer(bytes.toString('binary')), false, password);
  const bags = store.safeContents.flatMap((content) => content.safeBags);
  // Keys and certificates of other kinds than RSA come as they are.
  const der = (bag: pkcs12.Bag): string => asn1.toDer(bag.asn1).getBytes();
  const keyBag = bags.find((bag) => bag.type === pki.oids['pkcs8ShroudedKeyBag'] || bag.type === pki.oids['keyBag']);
  const key = keyBag && (keyBag.key ? pki.privateKeyToPem(keyBag.key) : pem('PRIVATE KEY', der(keyBag)));
  const own = keyBag && idOf(keyBag);
  const certificates = bags
    .filter((bag) => bag.type === pki.oids['certBag'])
    .sort((a, b) => Number(idOf(b) === own) - Number(idOf(a) === own))
    .map((bag) => (bag.cert ? pki.certificateToPem(bag.cert) : pem('CERTIFICATE', der(bag))));
  return { key, certificates };
}

/**
 * Reads a PKCS#12 store, the default format of Java 9 and later. The real broker reads JKS as well; this stand-in reads
 * PKCS#12 only.
 * @throws UnreadableStore
 */
export async function readPkcs12(bytes: Buffer, password: string): Promise<StoreContent> {
  // Loaded when the first store is read: a broker without TLS starts without it.
  const { default: forge } = await import('node-forge');
  try {
    return read(forge, bytes, password);
  } catch (error) {
    throw new UnreadableStore(error instanceof Error ? error.message : String(error));
  }
}
