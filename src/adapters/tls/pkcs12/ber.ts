import forge from 'node-forge';

type Node = forge.asn1.Asn1;

/** What is thrown while a file is read that is not built as its format says; turned into our error at the top. */
export class MalformedStore extends Error {}

/** Reads BER, which some tools write, into a tree. @throws MalformedStore */
export function parseBer(bytes: Buffer): Node {
  try {
    return forge.asn1.fromDer(bytes.toString('latin1'), true);
  } catch (error) {
    throw new MalformedStore('the file is no ASN.1 structure', { cause: error });
  }
}

export function children(node: Node): readonly Node[] {
  if (typeof node.value === 'string') throw new MalformedStore('a structure was expected, a value was found');
  return node.value;
}

export function child(node: Node, at: number): Node {
  const found = children(node)[at];
  if (!found) throw new MalformedStore(`a structure has no item ${at + 1}`);
  return found;
}

/** The bytes of a primitive value; long strings may come in pieces. */
export function bytesOf(node: Node): Buffer {
  if (typeof node.value === 'string') return Buffer.from(node.value, 'latin1');
  return Buffer.concat(node.value.map(bytesOf));
}

export const oidOf = (node: Node): string => forge.asn1.derToOid(bytesOf(node).toString('latin1'));

export function integerOf(node: Node): number {
  const bytes = bytesOf(node);
  if (bytes.length === 0 || bytes.length > 4) throw new MalformedStore('a number is out of bounds');
  return bytes.readUIntBE(0, bytes.length);
}

/** The node itself as DER. */
export const encoded = (node: Node): Buffer => Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1');

export type BerNode = Node;
