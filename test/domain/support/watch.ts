import { type PlanNode, type PlanStep, stepsOf } from '../../../src/domain/plan/index.js';
import { memberNames, type RecordState } from '../../../src/domain/record/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { steps } from '../../../src/domain/steps/index.js';
import { product } from './specs.js';
import type { SimulatedCluster } from './simulated-cluster.js';

export interface Watched {
  readonly cluster: SimulatedCluster;
  readonly record: RecordState;
  readonly spec: ClusterSpec;
  readonly operation: string;
}

/** Operations that promise that the cluster goes on serving meanwhile. */
const available = [
  'deployCluster',
  'applySpec',
  'scaleCluster',
  'rollingUpgrade',
  'decommissionNode',
  'rollingRestart',
  'restartNode',
  'setLogLevel',
  'addExtension',
  'removeExtension',
  'replaceNode',
  'forgetNode',
];

/** What the safety rules say of one step that begins now, each broken rule a sentence. */
export function brokenByBeginning(step: PlanStep, world: Watched): string[] {
  return [...unreached(step, world), ...brokenByKind(step, world)];
}

function brokenByKind(step: PlanStep, world: Watched): string[] {
  if (step.kind === 'dropNode') return drop(step, world);
  if (step.kind === 'stopNode') return stop(step, world);
  if (step.kind === 'configureNode') return configure(step, world);
  if (step.kind === 'startNode') return start(step, world);
  if (step.kind === 'openTraffic') return open(step, world);
  if (step.kind === 'applySettings') return applyHot(step, world);
  return [];
}

/** Nothing is run where nobody can look. */
function unreached({ kind, node }: PlanStep, { cluster }: Watched): string[] {
  const allowed = ['fenceNode', 'dropNode', 'closeTraffic', 'removeAnnouncement'];
  if (node === undefined || !cluster.nodes.has(node) || allowed.includes(kind)) return [];
  return cluster.node(node).unreachable ? [`${kind} acts on ${node}, which cannot be reached`] : [];
}

function drop(step: PlanStep, { cluster }: Watched): string[] {
  const { host } = steps.dropNode.input.parse(step.input);
  return cluster.node(host).process === 'stopped' ? [] : [`${host} is given up as it runs`];
}

function stop(step: PlanStep, { cluster, record, spec }: Watched): string[] {
  const { host, purpose } = steps.stopNode.input.parse(step.input);
  if (purpose === 'shutdown') return [];
  const node = cluster.node(host);
  const others = memberNames(record).filter((other) => other !== host);
  const drains = spec.policy.drain.order === 'before-stop';
  const staying = others.length;
  return [
    ...(spec.loadBalancer && node.gate === 'open' ? [`${host} is stopped while new clients are sent to it`] : []),
    ...(drains && node.clients > 0 ? [`${host} is stopped with ${node.clients} clients`] : []),
    ...others
      .filter((other) => cluster.node(other).process !== 'serving')
      .map((other) => `${host} is stopped while ${other} does not serve`),
    ...(purpose === 'leave' && staying < product.replicaCount(spec) ? [`only ${staying} members stay`] : []),
  ];
}

function configure(step: PlanStep, { cluster, record }: Watched): string[] {
  const { host, version } = steps.configureNode.input.parse(step.input);
  const node = cluster.node(host);
  return [
    // A start that nobody reported is taken up again: configuring is then a look and nothing more.
    ...(node.process !== 'stopped' && memberNames(record).includes(host) ? [`${host} is configured as it runs`] : []),
    ...(node.installed.includes(version) ? [] : [`${host} is configured for ${version}, which is not there`]),
  ];
}

function start(step: PlanStep, { cluster, record, operation }: Watched): string[] {
  const { host, version } = steps.startNode.input.parse(step.input);
  const node = cluster.node(host);
  if (operation === 'recoverCluster') return node.data ? [`${host} is started over data that was not moved aside`] : [];
  const known = memberNames(record);
  const untold = known.filter((other) => other !== host && !cluster.node(other).told.includes(host));
  const alone = known.length === 0 ? [...cluster.nodes].filter(([, other]) => other.process === 'starting') : [];
  return [
    ...(node.process === 'stopped' && !(node.configured && node.current === version)
      ? [`${host} is started and is not configured for ${version}`]
      : []),
    ...(known.includes(host) ? [] : untold.map((other) => `${host} joins before ${other} was told`)),
    ...alone.map(([other]) => `${host} and ${other} are the first nodes at once`),
  ];
}

function open(step: PlanStep, { cluster }: Watched): string[] {
  const { host } = steps.openTraffic.input.parse(step.input);
  return cluster.node(host).process === 'serving' ? [] : [`clients are sent to ${host}, which does not serve`];
}

function applyHot(step: PlanStep, { cluster }: Watched): string[] {
  const { host } = steps.applySettings.input.parse(step.input);
  return cluster.node(host).process === 'serving' ? [] : [`${host} is given hot settings and does not serve`];
}

/** What the safety rules say of any moment. */
export function brokenNow({ cluster, record, spec, operation }: Watched): string[] {
  if (!available.includes(operation)) return [];
  const down = memberNames(record).filter((host) => cluster.node(host).process !== 'serving');
  return down.length > spec.policy.maxUnavailable ? [`${down.join(', ')} are down at once`] : [];
}

/** What is wrong with a cluster after its operation has completed. */
export function unfinished({ cluster, record, spec }: Watched): string[] {
  const members = memberNames(record);
  return members.flatMap((host) => {
    const node = cluster.node(host);
    return [
      ...(node.process === 'serving' ? [] : [`${host} does not serve`]),
      ...(spec.loadBalancer && node.gate === 'closed' ? [`no client is sent to ${host}`] : []),
      ...([...node.told].sort().join() === [...members].sort().join()
        ? []
        : [`${host} was told ${node.told.join(', ')}; members are ${members.join(', ')}`]),
    ];
  });
}

/** What is wrong with a plan as such. */
export function malformed(root: PlanNode): string[] {
  const ids = idsOf(root);
  const twice = ids.filter((id, index) => ids.indexOf(id) < index);
  return [
    ...twice.map((id) => `${id} stands twice in the plan`),
    ...stepsOf(root).flatMap((step) => inputProblem(step.id, step.kind, step.input)),
    ...stepsOf(root).flatMap(({ id, undo }) => {
      if (!undo) return [];
      const reach = ids.includes(undo.until) ? [] : [`${id} is undone until ${undo.until}, which does not exist`];
      return [...reach, ...inputProblem(id, undo.kind, undo.input)];
    }),
  ];
}

function idsOf(node: PlanNode): string[] {
  return node.type === 'step' ? [node.id] : [node.id, ...node.children.flatMap(idsOf)];
}

function inputProblem(id: string, kind: string, input: unknown): string[] {
  const definition = Object.entries(steps).find(([name]) => name === kind)?.[1];
  if (!definition) return [`${id} is of the unknown kind ${kind}`];
  return definition.input.safeParse(input).success ? [] : [`the input of ${id} does not parse`];
}
