import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Address } from '../config/address.js';
import type { TransportConfig } from '../config/cluster.js';
import type { TransportTlsConfig } from '../config/tls.js';
import type { Log } from '../log.js';
import { readMaterial, type TlsMaterial } from '../tls/material.js';
import { createTlsServer } from '../tls/serve-tls.js';

/** How long a TLS handshake between nodes may take, in milliseconds. */
const handshakeTimeout = 2000;

/** How connections between nodes are made. */
export interface Transport {
  /** Whether a node must show who it is. Trust is mutual then: who calls is heard only after this node has called back. */
  readonly verifies: boolean;
  /** @throws when the port is in use, or TlsFailure */
  listen(accept: (socket: Socket) => void): Promise<Server>;
  /** @throws when nobody is there, or it is not trusted */
  connect(to: Address): Promise<Socket>;
}

async function listen(server: Server, { host, port }: Address): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

function until(event: string, socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once(event, () => resolve(socket));
  });
}

/** From the own address, so that the other side can tell who calls. */
function dial(to: Address, from: Address): Promise<Socket> {
  return until('connect', createConnection({ ...to, localAddress: from.host }));
}

class PlainTransport implements Transport {
  readonly verifies = false;

  constructor(private readonly bind: Address) {}

  listen(accept: (socket: Socket) => void): Promise<Server> {
    return listen(createServer(accept), this.bind);
  }

  connect(to: Address): Promise<Socket> {
    return dial(to, this.bind);
  }
}

/**
 * TLS between the nodes. Certificates are verified against the trust stores; names are not compared with addresses,
 * of which the documentation says nothing. A changed store takes effect with the next start.
 */
class TlsTransport implements Transport {
  readonly verifies = true;
  private client: TlsMaterial | undefined;
  private readonly told = new Set<string>();

  constructor(
    private readonly bind: Address,
    private readonly tls: TransportTlsConfig,
    private readonly home: string,
    private readonly log: Log,
  ) {}

  async listen(accept: (socket: Socket) => void): Promise<Server> {
    const material = await readMaterial(this.tls.server, this.home);
    this.client = await readMaterial(this.tls.client, this.home);
    const { server } = createTlsServer(material, accept, (socket, reason) =>
      this.tell(`TLS handshake of cluster node at address ${socket.remoteAddress ?? 'UNKNOWN'} failed: ${reason}`),
    );
    return listen(server, this.bind);
  }

  async connect(to: Address): Promise<Socket> {
    const wire = await dial(to, this.bind);
    const socket = connectTls({ socket: wire, ...this.client?.options, checkServerIdentity: () => undefined });
    // It may fail more than once, after it was given up as well.
    socket.on('error', () => socket.destroy());
    // One that does not speak TLS may wait for more.
    const patience = setTimeout(() => socket.destroy(new Error('no answer to the handshake')), handshakeTimeout);
    try {
      return await until('secureConnect', socket);
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      this.tell(`TLS connection to cluster node at address ${to.host} and port ${to.port} failed: ${reason}`);
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  /** Nodes are dialed again and again: the same line is written once. */
  private tell(line: string): void {
    if (this.told.has(line)) return;
    this.told.add(line);
    this.log.warn(line);
  }
}

export function createTransport(config: TransportConfig, home: string, log: Log): Transport {
  const bind = { host: config.host, port: config.port };
  return config.tls ? new TlsTransport(bind, config.tls, home, log) : new PlainTransport(bind);
}
