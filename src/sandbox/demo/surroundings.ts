import { createServer } from 'node:net';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { ensureTemporalProgram, startTemporalServer, type TemporalServer } from '../../worker/temporal-server/index.js';
import { searchAttributeTypes } from '../../worker/search-attributes.js';
import { javaStandIn } from '../distribution/index.js';
import { createStage, type Stage } from '../stage/index.js';
import { connectOperations, type DemoOperations } from './operations.js';
import { type PackageServer, servePackages, VERSIONS } from './packages.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

export const CLUSTER = 'demo';
/** Clients a second that a drain moves. */
export const DRAIN_PACE = 4;
const HOOK = 'stage-gate';

/** Everything that the demo's cluster lives in. */
export interface Surroundings {
  readonly stage: Stage;
  readonly server: TemporalServer;
  readonly worker: WorkerProcess;
  readonly operations: DemoOperations;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly specFile: string;
  /** Ends everything, in the order in which nothing misses anything. */
  stop(): Promise<void>;
}

interface SurroundingsOptions {
  /** Folder for packages, logs, the spec file and the report. */
  readonly folder: string;
  /** Leaves the hosts' folders behind. Default: false */
  readonly keep?: boolean;
  readonly say: (line: string) => void;
}

/** Starts hosts, packages, Temporal and a worker side by side. */
export async function startSurroundings({ folder, keep = false, say }: SurroundingsOptions): Promise<Surroundings> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
  };
  const started = async <T>(thing: Promise<T>, end: (thing: T) => Promise<unknown>): Promise<T> => {
    const value = await thing;
    undo.push(() => end(value));
    return value;
  };
  try {
    // Not in the project: the hosts' users must be able to reach it.
    const root = keep ? await mkdtemp(path.join(tmpdir(), 'hivekeeper-demo-')) : undefined;
    if (root !== undefined) say(`The hosts' folders will stay in ${root}.`);
    const [stage, server] = await bothOrNone([
      started(
        createStage({
          prefer: '127.0.1',
          standIns: [{ name: 'java', text: javaStandIn(process.execPath) }],
          ...(root !== undefined && { root }),
        }),
        (one) => one.stop(),
      ),
      started(startServer(say), (one) => one.stop()),
    ]);
    const packages = await started(servePackages(path.join(folder, 'packages'), `${stage.prefix}.2`), (one) =>
      one.stop(),
    );
    const { address, namespace } = server;
    const worker = await started(
      startWorkerProcess({
        ...{
          address,
          namespace,
          folder: path.join(folder, 'worker'),
          logFile: path.join(folder, 'logs', 'worker.log'),
        },
        hooks: { [HOOK]: gateHook(path.join(stage.host('lb1').root, 'bin', 'gate')) },
      }),
      (one) => one.stop(),
    );
    const operations = await started(connectOperations({ address, namespace }), (one) => one.close());
    const spec = demoSpec(stage, packages);
    const specFile = path.join(folder, 'cluster.yaml');
    await mkdir(folder, { recursive: true });
    await writeFile(specFile, stringify(spec));
    return { stage, server, worker, operations, spec, specFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for both, also when one fails, so that the other one can be ended. */
async function bothOrNone<A, B>(things: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(things);
  return Promise.all(things);
}

function gateHook(gate: string) {
  return { open: [gate, 'enable', '{host}', '{backend}'], close: [gate, 'disable', '{host}'], list: [gate, 'states'] };
}

function demoSpec(stage: Stage, { brokerPackage, recoveryTool, distribution }: PackageServer): Record<string, unknown> {
  const [version] = VERSIONS;
  const user = stage.host('n1').brokerUser;
  return stage.spec({
    ...{ name: CLUSTER, version, nodes: 3, gateHook: HOOK, distribution },
    overrides: {
      broker: { product: 'hivemq', version, package: brokerPackage, user, supervisor: 'process' },
      recovery: { tool: recoveryTool },
      policy: { drain: { clientsPerSecond: DRAIN_PACE, timeout: '2m' }, upgrade: { soak: '1s' } },
    },
  });
}

async function startServer(say: (line: string) => void): Promise<TemporalServer> {
  const program = await ensureTemporalProgram({ log: say });
  const [port, uiPort] = await Promise.all([preferred(7233), preferred(8233)]);
  return startTemporalServer({
    program,
    searchAttributes: searchAttributeTypes,
    ...(port !== undefined && { port }),
    ...(uiPort !== undefined && { uiPort }),
  });
}

/** The port when it is free, so that commands without `--address` find the server. */
function preferred(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      probe.close(() => resolve(port));
    });
  });
}
