import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backups } from './api/backups.js';
import { ClientsApi } from './api/clients.js';
import { DiagnosticArchives } from './api/diagnostic-archives.js';
import { type HealthFacts, healthRoute } from './api/health.js';
import { restRoute } from './api/rest.js';
import { Handlers } from './cluster/channel.js';
import { Cluster } from './cluster/cluster.js';
import { Gate } from './cluster/gate.js';
import type { View } from './cluster/view.js';
import type { BrokerConfig } from './config/config.js';
import type { Folders } from './config/folders.js';
import { Extensions } from './extensions.js';
import type { Journal } from './journal.js';
import { Licenses } from './licenses.js';
import type { Log } from './log.js';
import { Clients } from './mqtt/clients.js';
import { EventLog } from './mqtt/event-log.js';
import { Listeners } from './mqtt/listeners.js';
import { createNetwork } from './network.js';
import { serveItems } from './sessions/items.js';
import { DataPlane } from './sessions/plane.js';
import { Publishing } from './sessions/publishing.js';
import { Security } from './security/security.js';
import { Sessions } from './sessions/sessions.js';
import { DataStore } from './store/data-store.js';
import { TlsFailure } from './tls/material.js';
import { SecureContexts } from './tls/secure-contexts.js';
import { WebServers } from './web.js';

export interface NodeSettings {
  id: string;
  version: string;
  folders: Folders;
  properties: ReadonlyMap<string, string>;
  env: NodeJS.ProcessEnv;
  config: BrokerConfig;
  log: Log;
  journal: Journal;
}

/** The Community Edition's words (executed). */
const noSecurity = ['#', ' No security extension present, MQTT clients can not connect to this broker. ', '#']
  .map((line) => `\n${line === '#' ? '#'.repeat(79) : `#${line}#`}`)
  .join('');

/** How often the "still" lines are repeated, in milliseconds. */
const stillEvery = 3000;

/** One broker: its parts, and the order in which they start and stop. */
export class BrokerNode {
  private readonly startedAt = Date.now();
  private readonly handlers = new Handlers();
  private readonly gate = new Gate();
  private readonly cluster: Cluster;
  private readonly plane: DataPlane;
  private readonly clients: Clients;
  private readonly listeners: Listeners;
  private readonly extensions: Extensions;
  private readonly security: Security;
  private readonly backups: Backups;
  private readonly diagnostics: DiagnosticArchives;
  private readonly licenses: Licenses;
  private readonly contexts: SecureContexts;
  private readonly web: WebServers;
  private readonly rest: { running: boolean } = { running: false };
  private still: NodeJS.Timeout | undefined;
  private leaving = false;

  constructor(private readonly settings: NodeSettings) {
    const { id, version, folders, env, config, log } = settings;
    const store = new DataStore(folders.data);
    const reload = env['HIVEMQ_SIM_SSL_RELOAD'];
    this.contexts = new SecureContexts(folders.home, log, reload === undefined ? undefined : Number(reload));
    this.web = new WebServers(log);
    this.licenses = new Licenses(folders.license, log);
    this.security = new Security({ folderOf: (extension) => join(folders.extensions, extension), log, env });
    this.extensions = new Extensions(folders.extensions, log, this.security);
    const network = createNetwork(settings, this.extensions);
    this.cluster = new Cluster({ id, version }, config.cluster, network, store, this.gate, this.handlers, {
      joining: () => this.begin('Starting cluster join process', 'Cluster join process is still ongoing'),
      merging: () => this.begin('Starting cluster merge process', 'Cluster merge process is still ongoing'),
      changed: (view, _kind, before) => this.changed(view, before),
      moved: ({ items, bytes }, kind) => {
        if (items > 0) settings.journal.write('handed-over', { kind, items, bytes });
      },
      // The vendor describes the content of this warning, not its words.
      disaster: (replicaCount) =>
        log.warn(
          `Not all replicas are currently reachable because too many nodes left the cluster rapidly. The configured replica count is ${replicaCount}. Local time of the event: ${new Date().toString()}`,
        ),
    });
    this.plane = new DataPlane(id, this.gate, this.cluster.peers, this.handlers, store);
    this.clients = new Clients(this.plane, config.maxSessionExpiry, this.security, new EventLog(log));
    const publishing = new Publishing(this.plane, config.maxQueueSize, (message) => this.clients.pass(message));
    const sessions = new Sessions(
      this.plane,
      (node) => node === id || this.cluster.peers.isConnected(node) || this.cluster.state.isMember(node),
    );
    this.listeners = new Listeners(config.listeners, this.clients, this.contexts, log);
    this.backups = new Backups(
      this.plane,
      folders.backup,
      version,
      (backup) => settings.journal.write('restore', { backup }),
      env['HIVEMQ_SIM_HOLD_BACKUPS'],
    );
    this.diagnostics = new DiagnosticArchives(this.plane, { folders, version });
    for (const part of [publishing, sessions, this.clients, this.backups, this.diagnostics]) part.serve(this.handlers);
    serveItems(this.handlers, this.plane);
  }

  /** The first line of a process of HiveMQ's table "Synchronization process", and its repetition while it lasts. */
  private begin(first: string, again: string): void {
    const { log } = this.settings;
    log.info(`${first}. This may take a while. Please do not shut down HiveMQ.`);
    clearInterval(this.still);
    this.still = setInterval(() => log.info(`${again}. Please do not shut down HiveMQ.`), stillEvery);
  }

  private changed(view: View, before: View | undefined): void {
    const { log, id } = this.settings;
    const ids = view.members.map((member) => member.id);
    if (this.still && !this.leaving) {
      clearInterval(this.still);
      this.still = undefined;
      log.info(before ? 'Finished cluster merge process successfully.' : 'Finished cluster join process successfully.');
    }
    if (ids.includes(id)) log.info(`Cluster size = ${ids.length}, members : [${ids.join(', ')}].`);
    this.clients.rebind();
  }

  private facts(): HealthFacts {
    const { id, version, config, log } = this.settings;
    const { view, phase } = this.cluster.state;
    return {
      version,
      logLevel: log.level,
      startedAt: this.startedAt,
      nodeId: id,
      clusterId: view?.members[0]?.id ?? id,
      phase,
      members: view?.members.map((member) => member.id) ?? [],
      leaving: this.leaving,
      listeners: this.listeners.states,
      restApi: { ...config.restApi, running: this.rest.running },
      extensions: this.extensions.all,
    };
  }

  /**
   * Resolves when the node serves: the cluster is joined, a listener is open.
   * @returns false when no listener could be opened
   */
  async start(): Promise<boolean> {
    const { config, log, journal } = this.settings;
    await this.web.serveApi(
      config.healthApi,
      'Health API',
      healthRoute(() => this.facts()),
    );
    this.licenses.start();
    log.info('Starting HiveMQ extension system.');
    this.extensions.start();
    if (!this.security.present) log.warn(noSecurity);
    try {
      await this.cluster.start();
    } catch (error) {
      const { host, port } = config.cluster.transport;
      if (error instanceof TlsFailure)
        log.error(`Not able to create SSL context of cluster transport. Reason: ${error.message}`);
      else log.error(`Could not start cluster transport on port ${port} and address ${host}. Is it already in use?`);
      return false;
    }
    if ((await this.listeners.start()) === 0) {
      log.error('Could not bind any listener. Stopping HiveMQ.');
      return false;
    }
    const clients = new ClientsApi(this.plane, config.maxQueueSize);
    const rest = restRoute({ backups: this.backups, clients, diagnostics: this.diagnostics });
    this.rest.running = await this.web.serveApi(config.restApi, 'REST API', rest);
    await this.web.serveControlCenter(config.controlCenter, this.contexts);
    log.info(`Started HiveMQ in ${Math.round(process.uptime() * 1000)}ms`);
    journal.write('ready');
    return true;
  }

  /** Hands the data over when others are there, then ends. Never earlier: without an answer it waits. */
  async stop(): Promise<void> {
    const { log, journal } = this.settings;
    log.info('Shutting down HiveMQ. Please wait, this could take a while...');
    journal.write('stop-requested');
    const still = setInterval(() => {
      log.info('Still shutting down HiveMQ. Waiting for remaining tasks to be executed. Do not shutdown HiveMQ.');
    }, 10_000);
    if (this.cluster.hasOthers()) await this.replicate();
    log.info('Shutting down extension system');
    await this.cluster.withdraw();
    this.licenses.stop();
    this.extensions.stop();
    this.listeners.close();
    await this.clients.endAll();
    this.plane.stop();
    await sleep(50);
    this.web.closeAllConnections();
    this.web.close();
    this.contexts.close();
    this.cluster.close();
    clearInterval(still);
    log.info('Shutdown completed.');
    journal.write('stopped');
  }

  private async replicate(): Promise<void> {
    const began = performance.now();
    this.leaving = true;
    this.begin('Starting cluster replication process', 'Replication is still in progress');
    await this.cluster.leave();
    clearInterval(this.still);
    this.leaving = false;
    this.settings.log.info(`Finished cluster replication successfully in ${Math.round(performance.now() - began)}ms.`);
  }
}
