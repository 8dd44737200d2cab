import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The constant of RFC 6455, section 1.3. */
const handshakeId = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const opcode = { close: 8, ping: 9, pong: 10 } as const;

function frame(kind: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head = length < 126 ? Buffer.from([0x80 | kind, length]) : Buffer.alloc(length < 65_536 ? 4 : 10);
  if (length >= 126) {
    head[0] = 0x80 | kind;
    head[1] = length < 65_536 ? 126 : 127;
    if (length < 65_536) head.writeUInt16BE(length, 2);
    else head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}

/** The bytes of the binary frames on a WebSocket connection (RFC 6455), the server's side. */
class WebSocketStream extends Duplex {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly socket: Socket) {
    super();
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.destroy());
  }

  private receive(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      const short = (this.rest[1] ?? 0) & 0x7f;
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (this.rest.length < start + 4) return;
      const length =
        short < 126 ? short : short === 126 ? this.rest.readUInt16BE(2) : Number(this.rest.readBigUInt64BE(2));
      const end = start + 4 + length;
      if (this.rest.length < end) return;
      const mask = this.rest.subarray(start, start + 4);
      const payload = Buffer.from(this.rest.subarray(start + 4, end));
      for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0);
      const kind = (this.rest[0] ?? 0) & 0x0f;
      this.rest = this.rest.subarray(end);
      if (kind === opcode.close) this.socket.end(frame(opcode.close, payload));
      else if (kind === opcode.ping) this.socket.write(frame(opcode.pong, payload));
      else if (kind !== opcode.pong) this.push(payload);
    }
  }

  override _read(): void {
    // Data is pushed as it arrives.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.socket.write(frame(2, chunk), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.socket.end(frame(opcode.close, Buffer.alloc(0)), () => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.socket.destroy();
    callback(error);
  }
}

/**
 * A server that hands each WebSocket connection over as a stream of bytes, with the socket below it.
 * @param path the only one that is served
 */
export function createWebSocketServer(path: string, connected: (stream: Duplex, socket: Socket) => void): Server {
  const server = createServer((_request, response) => response.writeHead(400).end());
  server.on('upgrade', (request, socket: Socket, head: Buffer) => {
    if (new URL(request.url ?? '/', 'http://localhost').pathname !== path) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const key = `${request.headers['sec-websocket-key'] ?? ''}${handshakeId}`;
    const protocol = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim();
    const lines = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}`,
      ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    if (head.length > 0) socket.unshift(head);
    connected(new WebSocketStream(socket), socket);
  });
  return server;
}
