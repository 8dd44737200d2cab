import { isOlder } from '../../../../src/domain/planning/index.js';
import { steps } from '../../../../src/domain/steps/index.js';
import { recordedSpec } from '../world.js';
import { type Acting, type Body, done, fail, keepCopy, type Progress, wait } from './body.js';

const noteVersion: Body = (_, input) => done({ type: 'specAccepted', spec: steps.noteVersion.input.parse(input).spec });

/** The record has the version that members run, not one that nobody took. */
const settleVersion: Body = ({ world, cluster }, input) => {
  const { version, before } = steps.settleVersion.input.parse(input);
  const { membership } = world.record;
  const lasting = membership.members.filter(({ host }) => host !== membership.surge);
  const versions = lasting.map(({ host, version: known }) => cluster.node(host).current ?? known);
  const spec = recordedSpec(world);
  if (spec === null || versions.includes(version)) return done();
  const oldest = versions.reduce((least, one) => (isOlder(one, least) ? one : least), version);
  const back = before === version ? oldest : before;
  if (back === version) return done();
  return done({ type: 'specAccepted', spec: { ...spec, broker: { ...spec.broker, version: back } }, restored: true });
};

/** Ticks for which a node is watched. */
const soakTicks = 4;

const soakNode: Body = (acting, input) => {
  const { host, version, back } = steps.soakNode.input.parse(input);
  const { cluster, token } = acting;
  const node = cluster.node(host);
  if (node.refused === token) return goBack(acting, host, back);
  const same = node.soak?.version === version && node.soak.start === node.starts ? node.soak : null;
  if (node.phase === 'off') return goBack(acting, host, back);
  const ticks = (same?.ticks ?? 0) + (node.phase === 'up' ? 1 : 0);
  node.soak = { version, ticks, start: node.starts, done: ticks >= soakTicks };
  return node.soak.done ? done() : wait(`${host} to be watched`);
};

/** A node that did not take its version is started on the one before, filled by the others; its step fails all the same. */
export function goBack({ cluster, memory, token }: Acting, host: string, back: string | undefined): Progress {
  const node = cluster.node(host);
  const holders = cluster.hosts('up').filter((other) => other !== host);
  if (back === undefined || holders.length === 0) return fail(`the broker of ${host} ended`);
  node.refused = token;
  if (node.phase === 'off' && memory.has('back')) return fail(`the broker of ${host} ended on ${back} too`);
  if (node.phase === 'off') {
    memory.set('back', 1);
    cluster.tell({ type: 'configured', host, version: back });
    Object.assign(node, { current: back, configured: back });
    keepCopy(node);
    cluster.start(host, 'run');
  }
  if (node.phase !== 'up') return wait(`${host} to be back on ${back}`);
  node.gate = 'open';
  return fail(`${host} did not take its version and went back to ${back}`);
}

export const upgradeBodies: Readonly<Record<string, Body>> = {
  noteVersion,
  settleVersion,
  soakNode,
  awaitWindow: () => done(),
};
