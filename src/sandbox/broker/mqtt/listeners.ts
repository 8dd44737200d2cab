import type { ListenerConfig } from '../config/listeners.js';
import type { Log } from '../log.js';
import { TlsFailure, type TlsMaterial } from '../tls/material.js';
import type { SecureContexts } from '../tls/secure-contexts.js';
import type { Clients } from './clients.js';
import { Connection } from './connection.js';
import { Endpoint } from './endpoint.js';

/** A kind of listener, in the Community Edition's words before and after it is open. */
function wordsFor({ kind, tls }: ListenerConfig): { starting: string; started: string } {
  if (kind === 'tcp')
    return tls
      ? { starting: 'TLS TCP', started: 'TCP Listener with TLS' }
      : { starting: 'TCP', started: 'TCP Listener' };
  return tls
    ? { starting: 'Websocket TLS', started: 'Websocket Listener with TLS' }
    : { starting: 'Websocket', started: 'Websocket Listener' };
}

/** The MQTT listeners of a node. */
export class Listeners {
  private readonly running = new Map<ListenerConfig, Endpoint>();

  constructor(
    private readonly configs: readonly ListenerConfig[],
    private readonly clients: Clients,
    private readonly contexts: SecureContexts,
    private readonly log: Log,
  ) {}

  get states(): { config: ListenerConfig; type: string; running: boolean }[] {
    return this.configs.map((config) => ({
      config,
      type: wordsFor(config).started,
      running: this.running.has(config),
    }));
  }

  /**
   * Opens the ports; the lines are those of the Community Edition (ListenerStartUp, EmbeddedHiveMQImpl). One listener
   * that binds is enough, but a store that cannot be read ends the whole start (executed).
   * @returns how many are open
   */
  async start(): Promise<number> {
    if (this.configs.length === 0) {
      this.log.error(
        'No listener was configured. In order to operate properly, HiveMQ needs at least one listener. Shutting down HiveMQ',
      );
      return 0;
    }
    const endpoints: { config: ListenerConfig; endpoint: Endpoint }[] = [];
    try {
      for (const config of this.configs) endpoints.push({ config, endpoint: await this.prepare(config) });
    } catch (error) {
      if (!(error instanceof TlsFailure)) throw error;
      this.log.error(`Not able to create SSL server context. Reason: ${error.message}`);
      return 0;
    }
    for (const { config, endpoint } of endpoints) await this.open(config, endpoint);
    return this.running.size;
  }

  private async prepare(config: ListenerConfig): Promise<Endpoint> {
    const { host, port, tls } = config;
    const { starting, started } = wordsFor(config);
    const users: Endpoint[] = [];
    const changed = (material: TlsMaterial): void => {
      for (const user of users) user.update(material);
    };
    const material = tls && (await this.contexts.use(tls, { what: started, host, port }, changed));
    const endpoint = new Endpoint(config, material, {
      connected: (stream, sourceIp) => new Connection(stream, config.name, sourceIp, this.clients),
      refused: (sourceIp, reason) =>
        this.log.debug(`SSL Handshake failed for client with IP ${sourceIp || 'UNKNOWN'}: ${reason}`),
    });
    users.push(endpoint);
    this.log.info(`Starting ${starting} listener on address ${host} and port ${port}`);
    return endpoint;
  }

  private async open(config: ListenerConfig, endpoint: Endpoint): Promise<void> {
    const { host, port } = config;
    const { started } = wordsFor(config);
    const { server } = endpoint;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, 511, resolve);
      });
      this.running.set(config, endpoint);
      this.log.info(`Started ${started} on address ${host} and on port ${port}.`);
    } catch {
      this.log.error(`Could not start ${started} on port ${port} and address ${host}. Is it already in use?`);
    }
  }

  close(): void {
    for (const { server } of this.running.values()) server.close();
    this.running.clear();
  }
}
