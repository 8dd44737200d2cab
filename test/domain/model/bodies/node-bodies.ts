import { steps } from '../../../../src/domain/steps/index.js';
import { runs } from '../node.js';
import { members, wanted } from '../world.js';
import { at, type Acting, type Body, done, fail, keepCopy, moveAside, type Progress, wait } from './body.js';
import { goBack } from './upgrade-bodies.js';

const installPackage: Body = ({ cluster }, input) => {
  const { host, version } = steps.installPackage.input.parse(input);
  const node = cluster.node(host);
  node.installed = [...new Set([...node.installed, version])];
  return done();
};

const configureNode: Body = ({ cluster, token }, input) => {
  const { host, version, members: told } = steps.configureNode.input.parse(input);
  const node = cluster.node(host);
  // Started by an earlier attempt or operation: a running node is never reconfigured under its feet.
  if (runs(node)) return done();
  if (!node.installed.includes(version)) return fail(`${version} is not installed on ${host}`);
  cluster.tell({ type: 'configured', host, version });
  Object.assign(node, { current: version, configured: version, told: [...told], status: 'member', token });
  return done();
};

const updateMembers: Body = ({ cluster, token }, input) => {
  const { host, members: told } = steps.updateMembers.input.parse(input);
  Object.assign(cluster.node(host), { told: [...told], token });
  return done();
};

const applySettings: Body = ({ cluster, spec, token }, input) => {
  const { host } = steps.applySettings.input.parse(input);
  const node = cluster.node(host);
  if (node.phase !== 'up') return wait(`${host} to serve`);
  Object.assign(node, { items: { restart: node.items?.restart ?? {}, hot: wanted(spec, host).hot }, token });
  return done();
};

const startNode: Body = (acting, input) => {
  const { host, version, back } = steps.startNode.input.parse(input);
  const { cluster, spec, token, memory } = acting;
  const node = cluster.node(host);
  if (node.refused === token) return goBack(acting, host, back);
  if (node.phase === 'off') {
    if (memory.has('started')) return goBack(acting, host, back);
    memory.set('started', 1);
    keepCopy(node);
    cluster.start(host, cluster.shape.clustered ? 'run' : 'recovery');
    node.items = wanted(spec, host);
  }
  if (node.phase !== 'up') return wait(`${host} to join`);
  Object.assign(node, { status: 'member', token, started: token });
  return done({ type: 'joined', host, version, at });
};

const stopNode: Body = ({ cluster }, input) => {
  const { host, purpose, clientsMayStay } = steps.stopNode.input.parse(input);
  const { phase } = cluster.node(host);
  if (phase === 'off') return done();
  if (phase !== 'leaving') cluster.stop(host, purpose, clientsMayStay);
  return wait(`${host} to hand its data over`);
};

const closeTraffic: Body = ({ cluster }, input) => {
  cluster.node(steps.closeTraffic.input.parse(input).host).gate = 'closed';
  return done();
};

const openTraffic: Body = ({ cluster }, input) => {
  const { host } = steps.openTraffic.input.parse(input);
  cluster.tell({ type: 'opened', host });
  cluster.node(host).gate = 'open';
  return done();
};

/** Clients that a drain moves in a tick, and the ticks that its policy gives it. */
const perTick = 3;
const drainTicks = 12;

const drainNode: Body = (acting, input) => {
  const { host } = steps.drainNode.input.parse(input);
  const { cluster, memory } = acting;
  const node = cluster.node(host);
  if (node.clients === 0) return done();
  const elsewhere = cluster.hosts('up').filter((other) => other !== host && isOpen(acting, other));
  const moved = Math.min(perTick, node.clients);
  const [first] = elsewhere;
  if (first !== undefined) cluster.node(first).clients += moved;
  // With nowhere to go they wait, where the way back is shut.
  else if (cluster.shape.shielded) cluster.homeless += moved;
  if (first !== undefined || cluster.shape.shielded) node.clients -= moved;
  return afterDeadline(acting, host, memory);
};

const isOpen = ({ cluster }: Acting, host: string): boolean =>
  cluster.node(host).gate === 'open' || !cluster.shape.shielded;

function afterDeadline({ spec }: Acting, host: string, memory: Map<string, number>): Progress {
  const ticks = (memory.get('ticks') ?? 0) + 1;
  memory.set('ticks', ticks);
  if (ticks < drainTicks || spec.policy.drain.onTimeout === 'wait') return wait(`clients of ${host} to move`);
  return spec.policy.drain.onTimeout === 'fail' ? fail(`clients of ${host} are left at the deadline`) : done();
}

/** After a stop that moved them: until all clients are seen elsewhere and the others have settled. */
const awaitClients: Body = (acting, input) => {
  const { host } = steps.awaitClients.input.parse(input);
  const { cluster, memory } = acting;
  const settled = cluster.replicating === 0 && cluster.hosts('joining', 'leaving').length === 0;
  return cluster.homeless === 0 && settled ? done() : afterDeadline(acting, host, memory);
};

const retireNode: Body = ({ cluster, token }, input) => {
  const { host, cordon, reason } = steps.retireNode.input.parse(input);
  const node = cluster.node(host);
  if (runs(node)) return wait(`${host} still runs`);
  moveAside(node, 'retired');
  Object.assign(node, { status: 'retired', token, away: false });
  cluster.tell({ type: 'retired', host });
  return done({ type: 'left', host, at, cordon, ...(reason !== undefined && { reason }) });
};

const verifyCluster: Body = (acting, input) => {
  const { cluster } = acting;
  const { members: expected } = steps.verifyCluster.input.parse(input);
  const down = expected.filter((host) => cluster.node(host).phase !== 'up' || !cluster.node(host).reachable);
  if (down.length > 0) return wait(`${down.join(', ')} to serve`);
  const seen = cluster.shape.clustered ? expected.length : 1;
  const differing = expected.filter((host) => cluster.viewOf(host).length !== seen);
  return differing.length > 0 ? wait(`${differing.join(', ')} to see ${seen} members`) : done();
};

const restoreSpec: Body = (_, input) => done({ type: 'specAccepted', spec: steps.restoreSpec.input.parse(input).spec });

const dropNode: Body = ({ cluster, world }, input) => {
  const { host, reason } = steps.dropNode.input.parse(input);
  const node = cluster.node(host);
  cluster.tell({ type: 'dropped', host });
  node.gate = 'closed';
  if (node.reachable && runs(node)) return fail(`${host} runs`);
  if (node.reachable) {
    moveAside(node, reason);
    Object.assign(node, { status: 'retired', away: false });
  }
  return members(world).includes(host) ? done({ type: 'left', host, at, cordon: true, reason }) : done();
};

const fenceNode: Body = ({ cluster }, input) => {
  const { host } = steps.fenceNode.input.parse(input);
  cluster.crash(host);
  cluster.node(host).reachable = false;
  return done();
};

export const nodeBodies: Readonly<Record<string, Body>> = {
  installPackage,
  configureNode,
  updateMembers,
  applySettings,
  startNode,
  stopNode,
  closeTraffic,
  openTraffic,
  drainNode,
  awaitClients,
  retireNode,
  verifyCluster,
  restoreSpec,
  dropNode,
  fenceNode,
};
