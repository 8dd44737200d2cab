import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeEach } from 'vitest';
import { ZipFile } from 'yazl';
import { ClusterSession } from '../../../../src/activities/cluster-session.js';
import type { Dependencies } from '../../../../src/activities/index.js';
import { applySettings } from '../../../../src/activities/steps/manifest/apply-settings.js';
import { withRoomAnywhere } from '../../../../src/activities/steps/manifest/with-room.js';
import { StepContext } from '../../../../src/activities/steps/step-context.js';
import { DirectoryContentStore } from '../../../../src/adapters/content/index.js';
import type { BrokerDriver, HostPool, RemoteHost, Supervisor } from '../../../../src/adapters/ports/index.js';
import { createHivemqDriver } from '../../../../src/adapters/products/hivemq/index.js';
import { WorkerSecrets } from '../../../../src/adapters/secrets/index.js';
import { type NodeIdentity, nodeIdentitySchema } from '../../../../src/domain/observation/index.js';
import { emptyRecord, type RecordState } from '../../../../src/domain/record/index.js';
import type { ClusterSpec } from '../../../../src/domain/spec/index.js';
import { createDependencies } from '../../../../src/worker/dependencies.js';
import { product, specWith } from '../../../domain/support/specs.js';
import { FakeBroker } from './fake-broker.js';
import { LocalHost } from './local-host.js';

/** How much faster the driver's waits pass than the clock on the wall. */
const haste = 30;
const clock = {
  now: () => Date.now() * haste,
  sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms / haste)),
};

const supervisor: Supervisor = {
  state: () => Promise.resolve({ running: true, pid: 1, startTime: '' }),
  start: () => Promise.resolve('started'),
  requestStop: () => Promise.resolve('requested'),
  enable: () => Promise.resolve(),
  disable: () => Promise.resolve(),
  takeOver: () => Promise.resolve(),
};

export interface ContextOptions {
  readonly host?: RemoteHost;
  readonly token?: number;
  readonly signal?: AbortSignal;
  readonly record?: Partial<RecordState>;
  readonly driver?: (real: BrokerDriver) => BrokerDriver;
  readonly running?: () => boolean;
}

/** A running node with its broker on this machine: real files, the real driver, and the stand-in's extensions. */
export class NodeBench {
  readonly home: string;
  readonly store: DirectoryContentStore;
  /** Spec without a license or an extension. */
  readonly plain: ClusterSpec;
  broker: FakeBroker;

  /** The home as this process sees it. */
  readonly seen: string;

  /**
   * @param enter argument list before each command on the host
   * @param root where the host's files are seen, where that is somewhere else
   */
  constructor(
    readonly folder: string,
    private readonly enter: readonly string[] = [],
    root = '',
  ) {
    this.home = join(folder, 'home');
    this.seen = `${root}${this.home}`;
    mkdirSync(this.home, { recursive: true });
    this.store = new DirectoryContentStore(join(folder, 'content'));
    this.plain = specOn(this.home);
    this.broker = new FakeBroker(this.seen);
  }

  context(
    spec: ClusterSpec,
    { host = new LocalHost(this.enter), token = 1, ...others }: ContextOptions = {},
  ): StepContext {
    const hosts: HostPool = {
      connect: () => Promise.resolve(host),
      scan: () => Promise.resolve([]),
      close: () => Promise.resolve(),
    };
    const world = createDependencies({ data: join(this.folder, 'data'), secrets: 'all', hooks: {} });
    const { running = () => true } = others;
    const watched: Supervisor = {
      ...supervisor,
      state: async (node) => (running() ? supervisor.state(node) : { running: false }),
    };
    const real = createHivemqDriver({ supervisor: () => watched, clock });
    const driver = others.driver?.(real) ?? real;
    const dependencies: Dependencies = {
      ...world,
      ...{ hosts, store: this.store, secrets: new WorkerSecrets('all', {}) },
      ...{ supervisor: () => watched, driver: () => driver, gate: () => null },
      get records(): Dependencies['records'] {
        throw new Error('the record was asked');
      },
    };
    const record = { ...emptyRecord(spec.name), spec: { ...spec }, ...others.record };
    const session = new ClusterSession(dependencies, spec, record);
    const envelope = {
      ...{ cluster: spec.name, operation: 'addExtension', stepId: 'n1/applySettings', input: {}, token },
      ...{ overrides: [], confirmedGone: [] },
    };
    const { signal = new AbortController().signal } = others;
    return new SilentContext(session, envelope, { signal, report: () => undefined }, true);
  }

  apply(spec: ClusterSpec, options: ContextOptions = {}): Promise<string> {
    const body = () => applySettings(this.context(spec, options), { host: 'n1', members: ['n1'] });
    return withRoomAnywhere(body);
  }

  withLicense(spec: ClusterSpec, text: string, name = 'prod.lic'): ClusterSpec {
    return product.additions.withLicense(spec, { name, content: { text } });
  }

  async withExtension(
    spec: ClusterSpec,
    id: string,
    options: { version?: string; files?: Readonly<Record<string, string>>; enabled?: boolean } = {},
  ): Promise<ClusterSpec> {
    const { version = '1.0.0', files = {}, ...rest } = options;
    const content = { stored: await extensionOf(this.store, id, version, files) };
    return product.additions.withExtension(spec, { id, content, ...rest });
  }

  /** What is on the node, without what the broker and Hivekeeper write for themselves. */
  files(): Record<string, string> {
    return Object.fromEntries(['conf', 'license', 'extensions'].flatMap((folder) => filesIn(this.seen, folder)).sort());
  }

  /** What Hivekeeper has there for itself. */
  own(): Record<string, string> {
    return existsSync(join(this.seen, '.hivekeeper')) ? Object.fromEntries(filesIn(this.seen, '.hivekeeper')) : {};
  }

  identity(): NodeIdentity {
    return nodeIdentitySchema.parse(JSON.parse(readFileSync(join(this.seen, '.hivekeeper/node.json'), 'utf8')));
  }

  /** What Hivekeeper keeps of before; none once a change has ended. */
  kept(): string[] {
    return existsSync(join(this.seen, '.hivekeeper/before'))
      ? filesIn(this.seen, '.hivekeeper/before').map(([path]) => path)
      : [];
  }
}

/** A jar of the stand-in that throws at its start. */
export const throwing = { 'broken.jar': 'exports.extensionStart = () => { throw new Error("no port"); };' };

/** Reports go nowhere: there is no run that the record could know. */
class SilentContext extends StepContext {
  override on(session: ClusterSession): StepContext {
    return new SilentContext(session, this.envelope, this.progress, true);
  }

  override with(signal: AbortSignal): StepContext {
    return new SilentContext(this.session, this.envelope, { signal, report: () => undefined }, true);
  }

  override report(): Promise<void> {
    return Promise.resolve();
  }
}

async function extensionOf(
  store: DirectoryContentStore,
  id: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const zip = new ZipFile();
  const xml = `<hivemq-extension><id>${id}</id><name>The ${id}</name><version>${version}</version></hivemq-extension>`;
  const all = { 'hivemq-extension.xml': xml, ...files };
  for (const [path, content] of Object.entries(all)) {
    zip.addBuffer(Buffer.from(content), `${id}/${path}`, { mtime: new Date(0) });
  }
  zip.end();
  return (await store.put(await buffer(zip.outputStream))).sha256;
}

function filesIn(root: string, folder: string): [string, string][] {
  return readdirSync(join(root, folder)).flatMap((name): [string, string][] => {
    const path = join(folder, name);
    const found = lstatSync(join(root, path));
    if (found.isSymbolicLink()) return [[path, `-> ${readlinkSync(join(root, path))}`]];
    if (found.isDirectory()) return filesIn(root, path);
    return [[path, `${(found.mode & 0o777).toString(8)} ${readFileSync(join(root, path), 'utf8')}`]];
  });
}

function specOn(home: string): ClusterSpec {
  const spec = specWith({ hosts: ['n1'], nodes: 1 });
  const hosts = spec.hosts.map((host) => (host.name === 'n1' ? { ...host, home } : host));
  const { licenses: _, extensions: __, ...rest } = { licenses: null, extensions: null, ...spec };
  const bare = { ...rest, licenses: [], extensions: [] };
  return { ...bare, hosts, broker: { ...spec.broker, user: userInfo().username, supervisor: 'process' } };
}

/** A bench for each test. Read its fields within tests only. */
export function useNodeBench(): () => NodeBench {
  let bench: NodeBench | undefined;
  beforeEach(() => {
    const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-node-'));
    const opened = new NodeBench(folder);
    bench = opened;
    return () => {
      opened.broker.stop();
      rmSync(folder, { recursive: true, force: true });
    };
  });
  return () => {
    if (bench === undefined) throw new Error('The bench is there only while tests run.');
    return bench;
  };
}
