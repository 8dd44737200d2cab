import type { TrafficGate } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import { isServing } from '../../domain/checks/index.js';
import { activateProgram } from '../../render/activate-program.js';
import { forgetAnnouncement } from '../hosts/discovery/forget-announcement.js';
import { observeCluster } from '../hosts/observe-cluster.js';
import { beginChange, endChange } from './before/change-note.js';
import { countBefore } from './await-clients.js';
import { drainNode } from './drain-node.js';
import { startOrPutBack } from './before/start-as-before.js';
import { bringInOrder } from './adoption/bring-in-order.js';
import { manifestOf } from './manifest/manifest-of.js';
import { placeManifest } from './manifest/place-manifest.js';
import { placedNote } from './manifest/placed-note.js';
import { targetOf } from './manifest/target.js';
import { settingsOf } from './manifest/wanted-items.js';
import { wantedOf } from './manifest/wanted-of.js';
import { writeMemberFiles } from './node-files.js';
import { prepareService } from './prepare-host.js';
import type { StepBody } from './run-step.js';
import { ownIdentity, updateIdentity } from './update-identity.js';
import { soakOrGoBack } from './upgrade/soak-node.js';
import { startOrGoBack } from './upgrade/start-or-go-back.js';
import { waitFor } from './wait-for.js';

const now = (): string => new Date().toISOString();

export const configureNode: StepBody<'configureNode'> = async (context, input) => {
  const { session } = context;
  const state = await session.dependencies.supervisor(session.spec).state(await context.supervised(input.host));
  if (state.running) {
    // Already started by an earlier attempt or operation: a running node is never reconfigured under its feet.
    return `already running with pid ${state.pid}`;
  }
  const ordered = await bringInOrder(context, input.host);
  const host = await context.host(input.host);
  const fence = context.fence(input.host);
  const parameters = [fence.home, session.product.packageName(input.version)];
  const switched = await host.script(activateProgram, parameters, { asUser: fence.user, signal: context.signal });
  const manifest = manifestOf(session.spec, input.members, input.host);
  const { hot } = wantedOf(session.spec, input.host);
  const placed = await placeManifest(context, input.host, manifest, {
    effects: new Set(['restart', 'hot']),
    // Everything else is written anew from the spec before; a folder may be nobody's but the node's.
    beforeTouching: (target, { ids }) =>
      beginChange(context, target, { keys: [], ids }, { from: 0, hot, restart: true }),
  });
  const service = await prepareService(context, input.host);
  const { version } = input;
  const { files } = placed;
  await updateIdentity(context, input.host, (old) => ({ ...old, status: 'member', version, hot, files }));
  const current = switched.stdout.trim() === 'switched' ? ['current'] : [];
  return placedNote(placed, [...ordered, ...service, ...current]);
};

export const updateMembers: StepBody<'updateMembers'> = async (context, input) => {
  // What starts it again after a crash is not Hivekeeper yet, and knows nothing of the variables that these files need.
  if ((await ownIdentity(context, input.host))?.layout === 'adopted') return 'its files come at its next planned stop';
  const { files, written } = await writeMemberFiles(context, input.host, input.members);
  await updateIdentity(context, input.host, (old) => ({ ...old, files: { ...old.files, ...files } }));
  return written.length > 0 ? `wrote ${written.join(', ')}` : 'unchanged';
};

export const startNode: StepBody<'startNode'> = (context, input) => {
  if (input.putBack === true) return startOrPutBack(context, input, bodies);
  return input.back !== undefined || input.spare === true
    ? startOrGoBack(context, input, bodies)
    : started(context, input);
};

export const soakNode: StepBody<'soakNode'> = (context, input) => soakOrGoBack(context, input, bodies);

const started: StepBody<'startNode'> = async (context, input) => {
  const { session, progress } = context;
  const node = await context.driven(input.host, input.members);
  const supervised = await context.supervised(input.host);
  const supervisor = session.dependencies.supervisor(session.spec);
  await supervisor.enable(supervised);
  // What an earlier life of the node announced leads others to nobody; a broker that runs keeps its own.
  const forgotten = (await supervisor.state(supervised)).running
    ? ''
    : await forgetAnnouncement(session, input.host, context.signal);
  const { keptCopy } = await session.driver.start(node, 'run', progress);
  const wanted = wantedOf(session.spec, input.host);
  const kept = keptCopy === null ? [] : [{ path: keptCopy, at: now(), reason: 'kept-copy' }];
  await endChange(context, await targetOf(context, input.host), (old) => ({
    ...old,
    status: 'member',
    version: input.version,
    settings: settingsOf(wanted),
    items: wanted.restart,
    started: context.envelope.token,
    movedData: [...old.movedData, ...kept],
  }));
  await context.report({ type: 'joined', host: input.host, version: input.version, at: now() });
  return `serves with ${input.version}${forgotten}`;
};

export const stopNode: StepBody<'stopNode'> = async (context, input) => {
  const { session, progress } = context;
  const node = await context.driven(input.host);
  await countBefore(context, input.host);
  await session.driver.stop(node, progress);
  return session.product.clustered(session.spec) ? 'stopped, its data handed over' : 'stopped, its data kept';
};

const gateNote = ({ name, remark }: TrafficGate, done: string): string =>
  `${name}: ${done}${remark === undefined ? '' : `; ${remark}`}`;

export const closeTraffic: StepBody<'closeTraffic'> = async (context, input) => {
  const gate = context.session.dependencies.gate(context.session);
  if (!gate) return 'no gate';
  return gateNote(gate, await gate.close(input.host));
};

export const openTraffic: StepBody<'openTraffic'> = async (context, input) => {
  const { session } = context;
  const gate = session.dependencies.gate(session);
  if (!gate) return 'no gate';
  return gateNote(gate, await gate.open(input.host, session.product.ports(session.spec, input.host).backend));
};

export const retireNode: StepBody<'retireNode'> = async (context, input) => {
  const { session } = context;
  const supervisor = session.dependencies.supervisor(session.spec);
  const node = await context.supervised(input.host);
  if ((await supervisor.state(node)).running) {
    throw new HivekeeperError('BrokerNotSynchronized', `${input.host} still runs; it is retired only after its stop`);
  }
  await supervisor.disable(node);
  // Whatever comes to this host next must not find the way to it closed.
  await session.dependencies.gate(session)?.leave?.(input.host);
  const driven = await context.driven(input.host);
  const moved = await session.driver.moveDataAside(driven, 'retired');
  await updateIdentity(context, input.host, (old) => ({
    ...old,
    status: 'retired',
    movedData: moved === null ? old.movedData : [...old.movedData, { path: moved, at: now(), reason: 'retired' }],
  }));
  const { cordon, reason } = input;
  await context.report({ type: 'left', host: input.host, at: now(), cordon, ...(reason !== undefined && { reason }) });
  // The host is free for any cluster from here on: nobody's token stands in the way.
  await node.host.run(
    { argv: ['rm', '-f', '--', `${node.home}/.hivekeeper/fence`], asUser: node.user },
    context.signal,
  );
  const forgotten = await forgetAnnouncement(session, input.host, context.signal);
  return `${moved === null ? 'disabled, no data to keep' : `disabled, data kept in ${moved}`}${forgotten}`;
};

export const verifyCluster: StepBody<'verifyCluster'> = async (context, input) => {
  const { session, signal } = context;
  const clustered = session.product.clustered(session.spec);
  await waitFor(context, async () => {
    const observation = await observeCluster(session, { withClients: false, signal });
    const nodes = observation.nodes.filter((node) => input.members.includes(node.host));
    const down = nodes.filter((node) => !isServing(node)).map((node) => node.host);
    if (down.length > 0) return `${down.join(', ')} to serve`;
    // An independent node is all of its own cluster.
    const seen = clustered ? input.members.length : 1;
    const differing = nodes.filter((node) => node.view?.members.length !== seen);
    return differing.length === 0 ? null : `${differing.map((node) => node.host).join(', ')} to see ${seen} members`;
  });
  return clustered
    ? `${input.members.length} members see each other`
    : `${input.members.length} independent nodes serve`;
};

/** What brings a node back that does not take a change. */
const bodies = {
  ...{ configure: configureNode, start: started, open: openTraffic },
  ...{ close: closeTraffic, drain: drainNode, retire: retireNode },
};
