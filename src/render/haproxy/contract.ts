import type { Content, KeyContent, Secret } from '../../domain/spec/index.js';
import type { RenderedFile } from '../rendered-file.js';

/** One listener of one member, as a server of HAProxy. */
export interface BalancerServer {
  /** Host name of the member. */
  readonly member: string;
  readonly backend: string;
  /** Name within the backend; `backend/server` is what the stats socket takes. */
  readonly server: string;
  /** IP address or DNS name. */
  readonly address: string;
  readonly port: number;
  /** Everything after the address, word by word, as in the file. */
  readonly settings: readonly string[];
  /** The same for `add server`; null where the address is a DNS name, which only a reload can add. */
  readonly dynamic: readonly string[] | null;
}

/** One port of the balancer. */
export interface BalancerFrontend {
  readonly frontend: string;
  readonly backend: string;
  /** As the spec names it. */
  readonly listener: string;
  /** Address that is bound, and its port. */
  readonly address: string;
  readonly port: number;
}

/** A text with secrets in it: `@{NAME}` is replaced as it is written, mode 0600. */
export interface BalancerSecretFile {
  readonly path: string;
  readonly template: string;
  readonly values: Readonly<Record<string, Secret>>;
}

/** Key material that the configuration refers to; it lies there before the configuration is checked. */
export interface BalancerContent {
  readonly path: string;
  readonly mode: number;
  readonly content: Content | KeyContent;
}

/** A systemd unit, installed by root. */
export interface BalancerUnit {
  /** e.g. `hivekeeper-prod-balancer.service` */
  readonly name: string;
  readonly content: string;
}

/** Everything that one host of the balancer has. Paths of files are relative to `home`; all others are absolute. */
export interface RenderedBalancer {
  readonly home: string;
  /** `haproxy.cfg`, and what keepalived needs besides. */
  readonly files: readonly RenderedFile[];
  readonly secretFiles: readonly BalancerSecretFile[];
  readonly contents: readonly BalancerContent[];
  /** HAProxy first, then keepalived where there is a `vip`; none with supervisor `process`. */
  readonly units: readonly BalancerUnit[];
  readonly config: string;
  readonly sockets: {
    /** Stats socket of level admin: `set server …`, `add server …`, `show stat`. */
    readonly admin: string;
    /** Socket of the master process: `show proc`, `reload`. */
    readonly master: string;
  };
  /**
   * What `show servers state` printed last. HAProxy reads it as it starts and reloads, so that a node that is drained
   * stays drained; it is written before each reload, after each change of a server.
   */
  readonly stateFile: string;
  /** Process id of the master; its SIGUSR2 reloads, SIGUSR1 ends without cutting, SIGTERM cuts. */
  readonly pidFile: string;
  /** Arguments that check a configuration file before it is put in place. */
  readonly check: (file: string) => readonly [string, ...string[]];
  /** Arguments that start HAProxy in the background with supervisor `process`. */
  readonly start: readonly [string, ...string[]];
  readonly frontends: readonly BalancerFrontend[];
  readonly servers: readonly BalancerServer[];
}
