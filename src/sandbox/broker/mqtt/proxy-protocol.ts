import type { Socket } from 'node:net';

/** The signature of version 2 (HAProxy, "The PROXY protocol", section 2.2). */
const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
/** The longest header of version 1, section 2.1. */
const longestText = 107;

export interface ProxyHeader {
  /** Bytes that belong to the header. */
  length: number;
  /** The client behind the proxy; undefined when the proxy speaks for itself (LOCAL, UNKNOWN). */
  source: string | undefined;
}

function readBinary(bytes: Buffer): ProxyHeader | undefined {
  if (bytes.length < 16) return undefined;
  const length = 16 + bytes.readUInt16BE(14);
  if (bytes.length < length) return undefined;
  const command = (bytes[12] ?? 0) & 0x0f;
  const family = (bytes[13] ?? 0) >> 4;
  if (command === 0) return { length, source: undefined };
  if (family === 1) return { length, source: [...bytes.subarray(16, 20)].join('.') };
  if (family !== 2) return { length, source: undefined };
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(16 + 2 * index).toString(16));
  return { length, source: groups.join(':') };
}

/**
 * Reads the header of a connection, version 1 or 2.
 * @returns undefined while more bytes are needed
 * @throws when the connection does not begin with one
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader | undefined {
  const start = bytes.subarray(0, signature.length);
  if (start.equals(signature)) return readBinary(bytes);
  if (signature.subarray(0, start.length).equals(start)) return undefined;
  const end = bytes.indexOf('\r\n');
  const text = bytes.toString('latin1', 0, end < 0 ? longestText : end);
  if (!'PROXY '.startsWith(text.slice(0, 6)) || (end < 0 && bytes.length >= longestText))
    throw new Error('The connection does not begin with a PROXY protocol header.');
  if (end < 0) return undefined;
  const [, family, source] = text.split(' ');
  return { length: end + 2, source: family === 'UNKNOWN' ? undefined : source };
}

/**
 * Takes the header off a connection; what follows it stays to be read.
 * @throws when there is none
 */
export function takeProxyHeader(socket: Socket): Promise<ProxyHeader> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const end = (act: () => void): void => {
      socket.off('data', take);
      socket.off('close', gone);
      act();
    };
    const gone = (): void => end(() => reject(new Error('closed')));
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      try {
        const header = parseProxyHeader(bytes);
        if (!header) return;
        end(() => {
          socket.pause();
          if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
          resolve(header);
        });
      } catch (error) {
        end(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    };
    socket.on('data', take);
    socket.on('close', gone);
  });
}
