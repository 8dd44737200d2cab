import type { FoundNode } from '../../domain/planning/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';
import type { ContentStore } from './content-store.js';
import type { RemoteHost } from './remote-host.js';

/** A host on which a broker was installed by hand. */
export interface ReadHost {
  readonly name: string;
  readonly host: RemoteHost;
  readonly home: string;
}

export interface ReadRequest {
  /** What somebody says of the cluster, in the form of a spec file that lacks what the hosts tell. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly cluster: string;
  /** Account that the brokers run as. */
  readonly user: string;
  readonly hosts: readonly ReadHost[];
}

/** A cluster that was made by hand, as its hosts tell of it. No value in it is a secret. */
export interface ClusterReading {
  /** In the form of a file; it parses where there are no problems. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly nodes: readonly FoundNode[];
  /** Secrets that the spec refers to. */
  readonly secrets: readonly {
    readonly reference: string;
    readonly where: readonly string[];
    readonly howToSet: string;
  }[];
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

/** Reads clusters of one product that were made by hand. Writes nothing on any host. */
export interface ClusterReader {
  /** Contents that the spec names (licenses, extensions) are in the store afterwards. @throws CommandFailed, InvalidInput */
  read(request: ReadRequest, store: ContentStore, signal: AbortSignal): Promise<ClusterReading>;
  /** One node, as it is now. @throws CommandFailed, InvalidInput where there is no broker */
  readNode(spec: Pick<ClusterSpec, 'name' | 'broker'>, host: ReadHost, signal: AbortSignal): Promise<FoundNode>;
  /** A small POSIX sh test, as the broker's user: whether a broker is installed in the home `$1`. */
  readonly isInstalled: string;
}
