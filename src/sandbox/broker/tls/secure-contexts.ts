import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TlsConfig } from '../config/tls.js';
import type { Log } from '../log.js';
import { readMaterial, storePath, TlsFailure, type TlsMaterial } from './material.js';

/** How often the Community Edition looks at the stores (InternalConfigurations, SSL_RELOAD_INTERVAL_SEC), in milliseconds. */
const lookEvery = 10_000;

interface Watched {
  config: TlsConfig;
  hash: string;
  material: TlsMaterial;
  users: ((material: TlsMaterial) => void)[];
}

/** Who needs TLS, for the lines of the log. */
export interface TlsUser {
  /** Such as `TCP Listener with TLS`. */
  what: string;
  host: string;
  port: number;
}

/**
 * The key material in use. Stores are looked at again while the broker runs, and a changed one serves new connections;
 * one that can no longer be read changes nothing. Listeners with the same configuration share one (SslContextStore).
 */
export class SecureContexts {
  private readonly known = new Map<string, Watched>();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param home where relative paths begin
   * @param every how often the stores are looked at, in milliseconds
   */
  constructor(
    private readonly home: string,
    private readonly log: Log,
    private readonly every: number = lookEvery,
  ) {}

  private async hash({ keystore, truststore }: TlsConfig): Promise<string> {
    const hash = createHash('sha256');
    for (const store of [keystore, truststore]) if (store) hash.update(await readFile(storePath(store, this.home)));
    return hash.digest('hex');
  }

  /**
   * The material for one user, and again whenever it changed.
   * @throws TlsFailure
   */
  async use(config: TlsConfig, user: TlsUser, changed: (material: TlsMaterial) => void): Promise<TlsMaterial> {
    const key = JSON.stringify(config);
    const known = this.known.get(key);
    if (known) {
      known.users.push(changed);
      return known.material;
    }
    const material = await readMaterial(config, this.home);
    this.known.set(key, { config, hash: await this.hash(config), material, users: [changed] });
    this.tell(config, user, material.unknownSuites);
    this.timer ??= setInterval(() => void this.look(), this.every).unref();
    return material;
  }

  private tell({ protocols, cipherSuites }: TlsConfig, { what, host, port }: TlsUser, unknown: string[]): void {
    const where = `for ${what} at address ${host} and port ${port}:`;
    const enabled = protocols.length > 0 ? protocols : ['TLSv1.3', 'TLSv1.2'];
    this.log.info(`Enabled protocols ${where} [${enabled.join(', ')}]`);
    const suites = cipherSuites.filter((suite) => !unknown.includes(suite));
    if (suites.length > 0) this.log.info(`Enabled cipher suites ${where} [${suites.join(', ')}]`);
    if (unknown.length > 0) this.log.warn(`Unknown cipher suites ${where} [${unknown.join(', ')}]`);
  }

  private async look(): Promise<void> {
    for (const watched of this.known.values()) {
      try {
        const hash = await this.hash(watched.config);
        if (hash === watched.hash) continue;
        watched.material = await readMaterial(watched.config, this.home);
        watched.hash = hash;
      } catch (error) {
        if (error instanceof TlsFailure)
          this.log.error('Could not parse new SSL Context from changed keystore or truststore');
        else this.log.error('Could not find keystore or truststore file');
        continue;
      }
      for (const changed of watched.users) changed(watched.material);
      this.log.info('Successfully updated changed SSL Context');
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}
