import { killBrokersTogether } from '../hosts/index.js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationType } from '../../domain/operations/index.js';
import {
  createBrokerView,
  type Endpoint,
  publishRetained,
  queueForOfflineClients,
  resumeOfflineClients,
  startFleet,
} from '../fleet/index.js';
import { GATE_PORT } from '../stage/index.js';
import { type Course, endMembership, noteMembers } from './course.js';
import { finalInventory, type Inventory, type Possessions, recoveryCounts, takeInventory } from './inventory.js';
import { machineOverrides } from './machine.js';
import type { NodeWatch } from './node-watch.js';
import type { OperationOutcome } from './operations.js';
import type { Sabotage } from './sabotage.js';
import { CLUSTER, type Surroundings } from './surroundings.js';
import { VERSIONS } from './packages.js';

export const ITEMS = { sessions: 30, messagesEach: 4, retained: 30 };
const REST_PORT = 8888;
const HEALTH_PORT = 8889;
/** The clients are watched for so long between two operations. */
const CALM_MS = 1000;

export interface StoryOptions {
  readonly surroundings: Pick<Surroundings, 'stage' | 'spec' | 'operations'> & {
    readonly worker: Pick<Surroundings['worker'], 'ended'>;
  };
  readonly watch: NodeWatch;
  readonly sabotage?: Sabotage | undefined;
  readonly fleetLog: string;
  readonly chapter: (line: string) => void;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The life of a cluster: deployed, grown, shrunk, upgraded, struck and recovered, with clients on it all the time. Ends
 * early when an operation does not complete: what would come next would not mean anything.
 *
 * @param course is filled as it goes, so that whatever happened can be judged also when this throws
 */
export async function tellStory(course: Course, options: StoryOptions): Promise<void> {
  const { surroundings, sabotage, say, signal } = options;
  const chapter = (title: string): void => {
    signal.throwIfAborted();
    options.chapter(title);
  };
  const { stage, spec } = surroundings;
  const endpoint: Endpoint = { host: stage.host('lb1').address, port: GATE_PORT };
  const nodes = stage.nodes.map(({ name, address }) => ({
    name,
    address,
    restPort: REST_PORT,
    healthPort: HEALTH_PORT,
  }));
  const view = createBrokerView(nodes);
  const run = operationRunner(course, options);

  chapter(`Deploying ${CLUSTER}: three nodes on ${VERSIONS[0]}`);
  const deployed = await run('deployCluster', { spec });
  if (deployed === undefined) return;
  course.exempt.push(deployed);
  noteMembers(
    course,
    options.watch,
    stage.nodes.map(({ name }) => name),
    deployed.to,
  );

  chapter('Connecting the clients: 24 online, 30 offline with queued messages, 30 retained messages');
  const fleet = await startFleet({ endpoint, view, logFile: options.fleetLog });
  course.fleet = fleet;
  const possessions: Possessions = {
    sessions: await queueForOfflineClients(endpoint, ITEMS),
    retained: await publishRetained(endpoint, ITEMS.retained),
  };
  await calm(options);
  if (sabotage === 'drop-message') fleet.discardOne();
  if (sabotage === 'stop-two') {
    chapter('Sabotage: two nodes are stopped by hand');
    await stopByHand(options, ['n1', 'n2']);
    return;
  }

  chapter('Scaling to four nodes: the spare host joins');
  const scaled = await run('scaleCluster', { nodes: 4 });
  if (scaled === undefined) return;
  noteMembers(course, options.watch, ['n4'], scaled.to);
  await calm(options);

  chapter('Decommissioning n2: its clients move first');
  const left = await run('decommissionNode', { node: 'n2' });
  if (left === undefined) return;
  endMembership(course, 'n2', left.to);
  await calm(options);

  chapter(`Upgrading to ${VERSIONS[1]}, one node at a time`);
  if ((await run('rollingUpgrade', { version: VERSIONS[1] })) === undefined) return;
  await calm(options);

  const before = await takeInventory(possessions, view, endpoint);
  say(`before the disaster: ${tell(before)}`);
  chapter('Disaster: n1 and n3 are killed at the same moment');
  const struckAt = Date.now();
  course.disaster = { from: struckAt, to: Number.POSITIVE_INFINITY };
  await killBrokersTogether([stage.host('n1'), stage.host('n3')]);
  await untilAlone(view, 'n4');
  const struck = await takeInventory(possessions, view, endpoint);
  say(`after the disaster: ${tell(struck)}`);

  chapter('Recovering: the data of the dead nodes, into the running cluster');
  const overrideChecks = machineOverrides();
  for (const { check, reason } of overrideChecks) say(`passing over ${check}: ${reason}`);
  const recovered = await run(
    'recoverCluster',
    { overrideChecks },
    sabotage === 'skip-import' ? bothStarted : undefined,
  );
  course.disaster = { from: struckAt, to: Date.now() };
  course.exempt.push(course.disaster);
  signal.throwIfAborted();
  if (recovered === undefined && sabotage !== 'skip-import') {
    course.recovery = recoveryCounts(before, struck, await takeInventory(possessions, view, endpoint));
    return;
  }
  await calm(options);
  chapter('The offline clients come back and take what was queued for them');
  const resumed = await resumeOfflineClients(endpoint, possessions.sessions);
  const after = await finalInventory(possessions, resumed, endpoint);
  say(`after the recovery: ${tell(after)}`);
  course.recovery = recoveryCounts(before, struck, after);
}

type Runner = (
  type: OperationType,
  input: Readonly<Record<string, unknown>>,
  cancelAt?: (begun: readonly string[]) => boolean,
) => Promise<OperationOutcome | undefined>;

/** The recovery has both dead nodes back, or nearly so: its next step would bring their data to the recovery host. */
function bothStarted(begun: readonly string[]): boolean {
  return begun.filter((id) => id.endsWith('/startNode')).length === 2;
}

/** Runs operations and notes each one. @returns the runner; it gives undefined for one that did not complete */
function operationRunner(course: Course, { surroundings, say, signal }: StoryOptions): Runner {
  return async (type, input, cancelAt) => {
    const died = surroundings.worker.ended.then((words) => Promise.reject(new Error(`The worker ended: ${words}`)));
    const outcome = await Promise.race([
      surroundings.operations.run(type, { cluster: CLUSTER, ...input }, { say, signal, cancelAt }),
      died,
    ]);
    course.operations.push(outcome);
    say(`${type} ${outcome.status} in ${outcome.seconds.toFixed(1)} s${outcome.failure ? `: ${outcome.failure}` : ''}`);
    return outcome.status === 'completed' ? outcome : undefined;
  };
}

async function calm({ signal }: Pick<StoryOptions, 'signal'>): Promise<void> {
  await sleep(CALM_MS, undefined, { signal });
}

/** As somebody who logs in to both hosts would do it, without the product. */
async function stopByHand({ surroundings, watch, signal }: StoryOptions, names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (const { pid } of surroundings.stage.host(name).brokers()) process.kill(pid, 'SIGTERM');
  }
  const deadline = Date.now() + 60_000;
  while (names.some((name) => watch.serves(name)) && Date.now() < deadline) await sleep(50, undefined, { signal });
  await sleep(CALM_MS, undefined, { signal });
}

/** Waits until the node that is left has noticed that it is alone: until then nobody can ask it for anything. */
async function untilAlone(view: ReturnType<typeof createBrokerView>, name: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while ((await view.clusterSizes()).get(name) !== 1) {
    if (Date.now() > deadline) throw new Error(`${name} did not notice in 60 s that the other nodes are gone.`);
    await sleep(100);
  }
}

function tell({ sessions, retained, queued }: Inventory): string {
  return `${sessions} offline sessions, ${queued} queued messages, ${retained} retained messages`;
}
