import { readIdentity, writeIdentity } from '../../adapters/fence/index.js';
import type { DrainRequest } from '../../adapters/ports/index.js';
import { HivekeeperError } from '../../domain/errors/index.js';
import type { NodeIdentity } from '../../domain/observation/index.js';
import { isServing } from '../../domain/checks/index.js';
import { observeCluster } from '../hosts/observe-cluster.js';
import { settingsHash, writeNodeFiles } from './node-files.js';
import type { StepBody } from './run-step.js';
import type { StepContext } from './step-context.js';
import { waitFor } from './wait-for.js';

const now = (): string => new Date().toISOString();

/** Changes a node's identity file under the fence; a host that has none yet gets one. */
export async function updateIdentity(
  context: StepContext,
  name: string,
  change: (old: NodeIdentity) => NodeIdentity,
): Promise<void> {
  const host = await context.session.connect(name, context.signal);
  const fence = context.fence(name);
  const old = await readIdentity(host, fence.home, fence.user);
  const own = old !== null && old.cluster === fence.cluster && old.node === name;
  const base: NodeIdentity = own
    ? old
    : { cluster: fence.cluster, node: name, token: fence.token, status: 'member', files: {}, movedData: [] };
  await writeIdentity(host, fence, change({ ...base, token: fence.token }));
}

/**
 * Makes the folders that survive upgrades, brings the package's own extensions up to the version (each keeps its `conf`
 * and `DISABLED`), and points `current` to it by a rename, so that no reader sees it missing.
 */
const activateProgram = `
home=$1 package=$2
for folder in conf data log license extensions backup; do mkdir -p "$home/$folder"; done
test -d "$home/packages/$package" || { echo "package $package is not installed" >&2; exit 3; }
for bundled in "$home/packages/$package/extensions"/*/; do
  [ -d "$bundled" ] || continue
  extension=$home/extensions/$(basename "$bundled")
  fresh=$home/extensions/.$(basename "$bundled").new
  rm -rf -- "$fresh" && cp -R -- "$bundled" "$fresh" || exit 1
  if [ -d "$extension" ]; then
    diff -rq -x conf -x DISABLED "$extension" "$fresh" >/dev/null && { rm -rf -- "$fresh"; continue; }
    if [ -d "$extension/conf" ]; then rm -rf -- "$fresh/conf" && cp -Rp -- "$extension/conf" "$fresh/conf" || exit 1; fi
    if [ -e "$extension/DISABLED" ]; then : >"$fresh/DISABLED"; fi
    rm -rf -- "$extension"
  fi
  mv -T -- "$fresh" "$extension" || exit 1
done
if [ "$(readlink "$home/current" 2>/dev/null)" = "packages/$package" ]; then echo same; exit 0; fi
ln -s "packages/$package" "$home/.current.new.$$"
mv -T "$home/.current.new.$$" "$home/current"
echo switched
`;

export const configureNode: StepBody<'configureNode'> = async (context, input) => {
  const { session } = context;
  const state = await session.dependencies.supervisor(session.spec).state(await context.supervised(input.host));
  if (state.running) {
    // Already started by an earlier attempt or operation: a running node is never reconfigured under its feet.
    return `already running with pid ${state.pid}`;
  }
  const { files, written } = await writeNodeFiles(context, input.host, input.members);
  const host = await context.host(input.host);
  const fence = context.fence(input.host);
  const parameters = [fence.home, session.product.packageName(input.version)];
  const switched = await host.script(activateProgram, parameters, { asUser: fence.user, signal: context.signal });
  await updateIdentity(context, input.host, (old) => ({ ...old, status: 'member', version: input.version, files }));
  const changed = switched.stdout.trim() === 'switched' ? [...written, 'current'] : written;
  return changed.length > 0 ? `wrote ${changed.join(', ')}` : 'unchanged';
};

export const updateMembers: StepBody<'updateMembers'> = async (context, input) => {
  const { files, written } = await writeNodeFiles(context, input.host, input.members);
  await updateIdentity(context, input.host, (old) => ({ ...old, files }));
  return written.length > 0 ? `wrote ${written.join(', ')}` : 'unchanged';
};

export const startNode: StepBody<'startNode'> = async (context, input) => {
  const { session, progress } = context;
  const node = await context.driven(input.host, input.members);
  await session.dependencies.supervisor(session.spec).enable(await context.supervised(input.host));
  const { keptCopy } = await session.driver.start(node, 'run', progress);
  const settings = settingsHash(session.spec, input.host);
  const kept = keptCopy === null ? [] : [{ path: keptCopy, at: now(), reason: 'kept-copy' }];
  await updateIdentity(context, input.host, (old) => ({
    ...old,
    status: 'member',
    version: input.version,
    settings,
    movedData: [...old.movedData, ...kept],
  }));
  await context.report({ type: 'joined', host: input.host, version: input.version, at: now() });
  return `serves with ${input.version}`;
};

export const stopNode: StepBody<'stopNode'> = async (context, input) => {
  const { session, progress } = context;
  const node = await context.driven(input.host);
  await session.driver.stop(node, progress);
  return 'stopped, its data handed over';
};

export const closeTraffic: StepBody<'closeTraffic'> = async (context, input) => {
  const gate = context.session.dependencies.gate(context.session.spec);
  if (!gate) return 'no gate';
  return `${gate.name}: ${await gate.close(input.host)}`;
};

export const openTraffic: StepBody<'openTraffic'> = async (context, input) => {
  const { session } = context;
  const gate = session.dependencies.gate(session.spec);
  if (!gate) return 'no gate';
  return `${gate.name}: ${await gate.open(input.host, session.product.ports(session.spec, input.host).backend)}`;
};

export const drainNode: StepBody<'drainNode'> = async (context, input) => {
  const { session, progress } = context;
  const { clientsPerSecond, timeout, onTimeout, wills } = session.spec.policy.drain;
  const request: DrainRequest = { clientsPerSecond, timeout, onTimeout, publishWills: wills === 'publish' };
  const node = await context.driven(input.host);
  const result = await session.driver.drain(node, request, progress);
  return `${result.moved} clients moved, ${result.left} left`;
};

export const retireNode: StepBody<'retireNode'> = async (context, input) => {
  const { session } = context;
  const supervisor = session.dependencies.supervisor(session.spec);
  const node = await context.supervised(input.host);
  if ((await supervisor.state(node)).running) {
    throw new HivekeeperError('BrokerNotSynchronized', `${input.host} still runs; it is retired only after its stop`);
  }
  await supervisor.disable(node);
  const driven = await context.driven(input.host);
  const moved = await session.driver.moveDataAside(driven, 'retired');
  await updateIdentity(context, input.host, (old) => ({
    ...old,
    status: 'retired',
    movedData: moved === null ? old.movedData : [...old.movedData, { path: moved, at: now(), reason: 'retired' }],
  }));
  await context.report({ type: 'left', host: input.host, at: now(), cordon: input.cordon });
  // The host is free for any cluster from here on: nobody's token stands in the way.
  await node.host.run(
    { argv: ['rm', '-f', '--', `${node.home}/.hivekeeper/fence`], asUser: node.user },
    context.signal,
  );
  return moved === null ? 'disabled, no data to keep' : `disabled, data kept in ${moved}`;
};

export const verifyCluster: StepBody<'verifyCluster'> = async (context, input) => {
  const { session, signal } = context;
  await waitFor(context, async () => {
    const observation = await observeCluster(session, { withClients: false, signal });
    const nodes = observation.nodes.filter((node) => input.members.includes(node.host));
    const down = nodes.filter((node) => !isServing(node)).map((node) => node.host);
    if (down.length > 0) return `${down.join(', ')} to serve`;
    const differing = nodes.filter((node) => node.view?.members.length !== input.members.length);
    return differing.length === 0
      ? null
      : `${differing.map((node) => node.host).join(', ')} to see ${input.members.length} members`;
  });
  return `${input.members.length} members see each other`;
};
