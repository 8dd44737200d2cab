import { isHivekeeperError } from '../../../domain/errors/index.js';
import { isServing, missingListeners, type NodeHealth } from '../../../domain/products/hivemq/health.js';
import { agreementOf, type MemberView } from '../../../domain/products/hivemq/membership.js';
import { asHivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { DrivenNode, Progress } from '../../ports/index.js';
import type { HivemqDependencies, Member } from './context.js';
import { askHealth, askView } from './health-api.js';

/** Milliseconds between two looks; the wait ends at most this much late. */
const lookEvery = 100;
/** Members that are asked at once; the first ones that do not agree yet spare the others the question. */
const askedAtOnce = 16;

type Asked =
  | { readonly kind: 'view'; readonly view: MemberView }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'unknown' };

/** A member whose API is silent is waited for only while its process runs; a host that cannot be asked is unknown. */
async function askPeer(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  peer: Member,
  signal: AbortSignal,
): Promise<Asked> {
  try {
    const health = await askView(peer, signal);
    if (health !== null) return { kind: 'view', view: { name: peer.name, view: health.view } };
    const { running } = await dependencies.supervisor(node.spec).state(peer.supervised);
    return running ? { kind: 'view', view: { name: peer.name, view: null } } : { kind: 'stopped' };
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error)) return { kind: 'unknown' };
    throw error;
  }
}

/** What is still waited for among the members, or null when they agree. `self` null: the node has left. */
async function disagreement(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  self: MemberView | null,
  peers: readonly Member[],
  signal: AbortSignal,
): Promise<string | null> {
  const own = self === null ? [] : [self];
  const views: MemberView[] = [];
  let unknown = node.members.filter((name) => name !== node.name && !peers.some((peer) => peer.name === name)).length;
  for (let from = 0; from < peers.length; from += askedAtOnce) {
    const some = peers.slice(from, from + askedAtOnce);
    const asked = await Promise.all(some.map((peer) => askPeer(dependencies, node, peer, signal)));
    const answers = asked.flatMap((one) => (one.kind === 'view' ? [one.view] : []));
    unknown += asked.filter((one) => one.kind === 'unknown').length;
    views.push(...answers);
    // The others are not asked yet, so their ids are nobody's here.
    const partial = agreementOf([...own, ...answers], node.members.length);
    if (!partial.agreed) return partial.waitingFor;
  }
  const agreement = agreementOf([...own, ...views], unknown);
  return agreement.agreed ? null : agreement.waitingFor;
}

function notServing(name: string, health: NodeHealth, expected: readonly number[]): string | null {
  if (isServing(health, expected)) return null;
  const missing = missingListeners(health, expected);
  if (missing.length > 0) return `${name}: waiting for the MQTT listener on port ${missing.join(', ')}`;
  const state = health.view?.nodeState;
  const where = state === undefined || state === 'RUNNING' ? '' : `, node state ${state}`;
  return `${name}: waiting for readiness, status ${health.status}${where}`;
}

/** Waits until the node serves on every listener of the spec and all running members see exactly each other. */
export async function untilSynchronized(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  { self, peers }: { self: Member; peers: readonly Member[] },
  progress: Progress,
): Promise<void> {
  const spec = asHivemqSpec(node.spec);
  const expected = spec.listeners.map(({ port }) => port);
  const missing = async (): Promise<string | null> => {
    const health = await askHealth(self, progress.signal);
    if (health === null) return `${node.name}: waiting for its health API`;
    const alone = notServing(node.name, health, expected);
    if (alone !== null || !spec.cluster.enabled) return alone;
    return disagreement(dependencies, node, { name: node.name, view: health.view }, peers, progress.signal);
  };
  await until(dependencies, missing, progress);
}

/** Waits until the running members see exactly each other and nobody else. */
export async function untilPeersAgree(
  dependencies: HivemqDependencies,
  node: DrivenNode,
  peers: readonly Member[],
  progress: Progress,
): Promise<void> {
  if (!asHivemqSpec(node.spec).cluster.enabled) return;
  await until(dependencies, () => disagreement(dependencies, node, null, peers, progress.signal), progress);
}

async function until(
  { clock }: HivemqDependencies,
  look: () => Promise<string | null>,
  progress: Progress,
): Promise<void> {
  for (;;) {
    progress.signal.throwIfAborted();
    const awaited = await look();
    if (awaited === null) return;
    progress.report(awaited);
    await clock.sleep(lookEvery, progress.signal);
  }
}
