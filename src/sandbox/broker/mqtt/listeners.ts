import { createServer, type Server } from 'node:net';
import type { ListenerConfig } from '../config/config.js';
import type { Log } from '../log.js';
import type { Clients } from './clients.js';
import { Connection } from './connection.js';
import { createWebSocketServer } from './websocket.js';

/** The MQTT listeners of a node. */
export class Listeners {
  private readonly running = new Map<ListenerConfig, Server>();

  constructor(
    private readonly configs: readonly ListenerConfig[],
    private readonly clients: Clients,
    private readonly log: Log,
  ) {}

  get states(): { config: ListenerConfig; running: boolean }[] {
    return this.configs.map((config) => ({ config, running: this.running.has(config) }));
  }

  /**
   * Opens the ports; the lines are those of the Community Edition (ListenerStartUp, EmbeddedHiveMQImpl). One listener
   * that binds is enough.
   * @returns how many are open
   */
  async start(): Promise<number> {
    if (this.configs.length === 0) {
      this.log.error(
        'No listener was configured. In order to operate properly, HiveMQ needs at least one listener. Shutting down HiveMQ',
      );
      return 0;
    }
    for (const config of this.configs) await this.open(config);
    return this.running.size;
  }

  private server(config: ListenerConfig): Server {
    if (config.kind === 'websocket') {
      return createWebSocketServer((stream, address) => new Connection(stream, config.name, address, this.clients));
    }
    return createServer((socket) => {
      socket.setNoDelay(true);
      new Connection(socket, config.name, socket.remoteAddress ?? '', this.clients);
    });
  }

  private async open(config: ListenerConfig): Promise<void> {
    const { host, port } = config;
    const what = config.kind === 'tcp' ? 'TCP' : 'Websocket';
    this.log.info(`Starting ${what} listener on address ${host} and port ${port}`);
    const server = this.server(config);
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, 511, resolve);
      });
      this.running.set(config, server);
      this.log.info(`Started ${what} Listener on address ${host} and on port ${port}.`);
    } catch {
      this.log.error(`Could not start ${what} Listener on port ${port} and address ${host}. Is it already in use?`);
    }
  }

  close(): void {
    for (const server of this.running.values()) server.close();
    this.running.clear();
  }
}
