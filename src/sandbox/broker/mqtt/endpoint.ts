import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ListenerConfig } from '../config/listeners.js';
import type { TlsMaterial } from '../tls/material.js';
import { createTlsServer, type TlsServer } from '../tls/serve-tls.js';
import { takeProxyHeader } from './proxy-protocol.js';
import { createWebSocketServer } from './websocket.js';

export interface EndpointPort {
  /** A client's stream of MQTT bytes. */
  connected(stream: Duplex, sourceIp: string): void;
  /** A client could not agree on TLS. */
  refused(sourceIp: string, reason: string): void;
}

/** One open port. Layers from outside in: PROXY protocol, TLS, WebSocket, each only where configured. */
export class Endpoint {
  readonly server: Server;
  private readonly tls: TlsServer | undefined;
  private readonly accept: (socket: Socket) => void;
  /** The clients behind a proxy, by the proxy's own end of the connection. */
  private readonly sources = new Map<string, string>();

  constructor(
    private readonly config: ListenerConfig,
    material: TlsMaterial | undefined,
    private readonly port: EndpointPort,
  ) {
    const serve = this.protocol();
    this.tls =
      material &&
      createTlsServer(
        material,
        (socket) => serve(socket),
        (socket, reason) => port.refused(this.sourceOf(socket), reason),
      );
    const { tls } = this;
    this.accept = tls ? (socket) => void tls.server.emit('connection', socket) : serve;
    this.server = createServer((socket) => void this.begin(socket));
  }

  /** New connections get other key material. */
  update(material: TlsMaterial): void {
    this.tls?.update(material);
  }

  private sourceOf(socket: Socket): string {
    return this.sources.get(`${socket.remoteAddress} ${socket.remotePort}`) ?? socket.remoteAddress ?? '';
  }

  private protocol(): (socket: Socket) => void {
    if (this.config.kind === 'tcp') return (socket) => this.port.connected(socket, this.sourceOf(socket));
    const http = createWebSocketServer(this.config.path, (stream, socket) =>
      this.port.connected(stream, this.sourceOf(socket)),
    );
    return (socket) => void http.emit('connection', socket);
  }

  /** The documentation does not tell what happens without the header; here the connection ends. */
  private async begin(socket: Socket): Promise<void> {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    if (this.config.proxyProtocol) {
      try {
        const { source } = await takeProxyHeader(socket);
        const key = `${socket.remoteAddress} ${socket.remotePort}`;
        if (source !== undefined) this.sources.set(key, source);
        socket.once('close', () => this.sources.delete(key));
      } catch {
        socket.destroy();
        return;
      }
    }
    this.accept(socket);
    if (this.config.proxyProtocol) socket.resume();
  }
}
