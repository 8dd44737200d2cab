import type { Server } from 'node:http';
import { serveControlCenter } from './api/control-center.js';
import { type Route, serveHttp } from './api/http.js';
import type { ApiConfig } from './config/config.js';
import type { ControlCenterConfig } from './config/control-center.js';
import type { Log } from './log.js';
import { TlsFailure, type TlsMaterial } from './tls/material.js';
import type { SecureContexts } from './tls/secure-contexts.js';

/** The HTTP servers of a node: its APIs and its control center. The lines are this stand-in's own. */
export class WebServers {
  private readonly servers: Server[] = [];

  constructor(private readonly log: Log) {}

  private async open(what: string, { host, port }: { host: string; port: number }, serve: () => Promise<Server>) {
    try {
      this.servers.push(await serve());
      this.log.info(`Started ${what} listener on address ${host} and on port ${port}.`);
      return true;
    } catch (error) {
      if (error instanceof TlsFailure)
        this.log.error(`Not able to create SSL server context. Reason: ${error.message}`);
      this.log.error(`Could not start ${what} listener on port ${port} and address ${host}. Is it already in use?`);
      return false;
    }
  }

  /** @returns whether all listeners of an API are open */
  async serveApi(api: ApiConfig, what: string, route: Route): Promise<boolean> {
    if (!api.enabled) return false;
    for (const listener of api.listeners) {
      if (!(await this.open(`${what} HTTP`, listener, () => serveHttp(listener, route)))) return false;
    }
    return true;
  }

  /** A control center that cannot be reached keeps nothing else from starting. */
  async serveControlCenter(
    { enabled, listeners, users }: ControlCenterConfig,
    contexts: SecureContexts,
  ): Promise<void> {
    if (!enabled) return;
    for (const { host, port, tls } of listeners) {
      const what = `Control Center ${tls ? 'HTTPS' : 'HTTP'}`;
      await this.open(what, { host, port }, async () => {
        const followers: ((material: TlsMaterial) => void)[] = [];
        const changed = (material: TlsMaterial): void => followers.forEach((follow) => follow(material));
        const material = tls && (await contexts.use(tls, { what, host, port }, changed));
        const { server, update } = await serveControlCenter({ host, port }, users, material);
        followers.push(update);
        return server;
      });
    }
  }

  closeAllConnections(): void {
    for (const server of this.servers) server.closeAllConnections();
  }

  close(): void {
    for (const server of this.servers) server.close();
  }
}
