import { createServer, type Server, type TlsOptions, type TLSSocket } from 'node:tls';
import type { TlsMaterial } from './material.js';

/** A server whose key material can be changed for connections to come. */
export interface TlsServer {
  server: Server;
  update(material: TlsMaterial): void;
}

function options({ options: context, requestCert, rejectUnauthorized }: TlsMaterial): TlsOptions {
  return { ...context, requestCert, rejectUnauthorized };
}

/**
 * A TLS server, which listens itself or is given its connections by `emit('connection', socket)`.
 * @param connected a client that may come in; one with a certificate that is not trusted may not, even where none is required
 * @param refused a client that may not, and why
 */
export function createTlsServer(
  material: TlsMaterial,
  connected: (socket: TLSSocket) => void,
  refused: (socket: TLSSocket, reason: string) => void,
): TlsServer {
  const server = createServer(options(material), (socket) => {
    const presented = socket.getPeerX509Certificate() !== undefined;
    if (material.requestCert && presented && !socket.authorized) {
      refused(socket, socket.authorizationError.message);
      socket.destroy();
      return;
    }
    connected(socket);
  });
  server.on('tlsClientError', (error, socket) => {
    refused(socket, 'code' in error && typeof error.code === 'string' ? error.code : error.message);
    socket.destroy();
  });
  return { server, update: (changed) => server.setSecureContext(options(changed)) };
}
