import { X509Certificate } from 'node:crypto';
import type { Readable } from 'node:stream';

const records = { handshake: 22 } as const;
const messages = { certificate: 11 } as const;
/** A server's first flight is a few KB. */
const limit = 128 * 1024;

/**
 * The certificates that a TLS 1.2 server sends in the clear (RFC 5246, 7.4.2), read along with the handshake: a listener
 * that requires a certificate of its clients ends the handshake of one that has none before TLS 1.2 lets it see anything.
 * @returns asked after the handshake failed: the chain, or null when none was sent in the clear
 */
export function watchClearCertificates(stream: Readable): () => X509Certificate[] | null {
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) stream.off('data', onData);
  };
  stream.on('data', onData);
  return () => {
    stream.off('data', onData);
    try {
      return certificatesIn(handshakeBytes(Buffer.concat(chunks)));
    } catch {
      // What was cut off or is no TLS holds nothing to tell.
      return null;
    }
  };
}

/** The content of the handshake records until the first that is something else, e.g. an alert. */
function handshakeBytes(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length && bytes.readUInt8(at) === records.handshake; ) {
    const length = bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return Buffer.concat(parts);
}

function certificatesIn(bytes: Buffer): X509Certificate[] | null {
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUIntBE(at + 1, 3);
    const body = bytes.subarray(at + 4, at + 4 + length);
    if (bytes.readUInt8(at) === messages.certificate) return listed(body.subarray(3));
    at += 4 + length;
  }
  return null;
}

function listed(list: Buffer): X509Certificate[] {
  const found: X509Certificate[] = [];
  for (let at = 0; at < list.length; ) {
    const length = list.readUIntBE(at, 3);
    found.push(new X509Certificate(list.subarray(at + 3, at + 3 + length)));
    at += 3 + length;
  }
  return found;
}
