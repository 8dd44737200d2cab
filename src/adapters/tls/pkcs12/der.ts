import forge from 'node-forge';

/** The tags of DER that PKCS#12 needs. */
const tags = { integer: 0x02, octets: 0x04, nothing: 0x05, oid: 0x06, bmpString: 0x1e, sequence: 0x30, set: 0x31 };

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(value: number): Buffer {
  if (value < 0x80) return Buffer.from([value]);
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

/** DER is written by nesting these; parts that are DER already (certificates, keys) go in as they are. */
export const der = {
  sequence: (...items: Buffer[]): Buffer => tagged(tags.sequence, Buffer.concat(items)),
  /** DER wants the items of a SET OF in the order of their bytes. */
  set: (...items: Buffer[]): Buffer => tagged(tags.set, Buffer.concat(items.toSorted((a, b) => Buffer.compare(a, b)))),
  octets: (bytes: Buffer): Buffer => tagged(tags.octets, bytes),
  nothing: (): Buffer => tagged(tags.nothing, Buffer.alloc(0)),
  oid: (oid: string): Buffer => tagged(tags.oid, Buffer.from(forge.asn1.oidToDer(oid).getBytes(), 'latin1')),
  integer: (value: number): Buffer =>
    tagged(tags.integer, Buffer.from(forge.asn1.integerToDer(value).getBytes(), 'latin1')),
  bmpString: (text: string): Buffer => tagged(tags.bmpString, Buffer.from(text, 'utf16le').swap16()),
  /** `[0] EXPLICIT`. */
  explicit: (content: Buffer): Buffer => tagged(0xa0, content),
};
