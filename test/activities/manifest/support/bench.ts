import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { ClusterSession } from '../../../../src/activities/cluster-session.js';
import type { Dependencies } from '../../../../src/activities/index.js';
import {
  placeManifest,
  type Placed,
  type PlaceOptions,
} from '../../../../src/activities/steps/manifest/place-manifest.js';
import { StepContext } from '../../../../src/activities/steps/step-context.js';
import { DirectoryContentStore } from '../../../../src/adapters/content/index.js';
import type { HostPool, RemoteHost } from '../../../../src/adapters/ports/index.js';
import { WorkerSecrets } from '../../../../src/adapters/secrets/index.js';
import { createDependencies } from '../../../../src/worker/dependencies.js';
import { emptyRecord } from '../../../../src/domain/record/index.js';
import type { ClusterSpec } from '../../../../src/domain/spec/index.js';
import type { NodeManifest } from '../../../../src/render/node-manifest.js';
import { useSshHost } from '../../../adapters/support/ssh-fixture.js';
import { specWith } from '../../../domain/support/specs.js';

export const emptyManifest: NodeManifest = {
  files: [],
  secretFiles: [],
  variables: [],
  contents: [],
  stores: [],
  extensions: [],
  links: [],
};

/** One host, a worker's store and secrets, and manifests that are placed as a step would. */
export interface Bench {
  /** The broker's home on the host, which is this machine. */
  readonly home: string;
  readonly store: DirectoryContentStore;
  /** Environment of the worker. */
  readonly environment: Record<string, string>;
  place(manifest: Partial<NodeManifest>, options?: Partial<PlaceOptions>): Promise<Placed>;
  /** Paths that were written on the host, temporary names and Hivekeeper's own files left out. */
  readonly host: RemoteHost;
}

/** A bench for each test. Read its fields within tests only. */
export function useBench(): () => Bench {
  const ssh = useSshHost();
  let bench: Bench | undefined;
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-manifest-'));
    bench = openBench(folder, ssh.host);
    return () => rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (bench === undefined) throw new Error('The bench is there only while tests run.');
    return bench;
  };
}

function openBench(folder: string, host: RemoteHost): Bench {
  const home = join(folder, 'home');
  const environment: Record<string, string> = {};
  const store = new DirectoryContentStore(join(folder, 'content'));
  const hosts: HostPool = {
    connect: () => Promise.resolve(host),
    scan: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
  const world = createDependencies({ data: join(folder, 'data'), secrets: 'all', hooks: {} });
  const dependencies: Omit<Dependencies, 'records'> = {
    ...world,
    hosts,
    store,
    secrets: new WorkerSecrets('all', environment),
  };
  const spec = specOn(home);
  const place: Bench['place'] = (manifest, options = {}) => {
    const session = new ClusterSession(withoutRecords(dependencies), spec, emptyRecord(spec.name));
    const envelope = {
      ...{ cluster: spec.name, operation: 'deployCluster', stepId: 'n1/configureNode', input: {}, token: 1 },
      ...{ overrides: [], confirmedGone: [] },
    };
    const progress = { signal: new AbortController().signal, report: () => undefined };
    const context = new StepContext(session, envelope, progress, true);
    return placeManifest(
      context,
      'n1',
      { ...emptyManifest, ...manifest },
      { effects: new Set(['restart', 'hot']), ...options },
    );
  };
  return { home, store, environment, place, host };
}

/** Placing reports nothing to the record. */
function withoutRecords(dependencies: Omit<Dependencies, 'records'>): Dependencies {
  return {
    ...dependencies,
    get records(): Dependencies['records'] {
      throw new Error('the record was asked');
    },
  };
}

function specOn(home: string): ClusterSpec {
  const spec = specWith({ hosts: ['n1'], nodes: 1 });
  const hosts = spec.hosts.map((host) => (host.name === 'n1' ? { ...host, home } : host));
  const { username: user } = userInfo();
  return { ...spec, hosts, broker: { ...spec.broker, user } };
}
