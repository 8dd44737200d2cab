import { readIdentity, writeIdentity } from '../../adapters/fence/index.js';
import type { NodeIdentity } from '../../domain/observation/index.js';
import type { StepContext } from './step-context.js';

/** What Hivekeeper left on a host for this node; null where it is none of this cluster's node. */
export async function ownIdentity(context: StepContext, name: string): Promise<NodeIdentity | null> {
  const host = await context.session.connect(name, context.signal);
  const { home, user, cluster } = context.fence(name);
  const found = await readIdentity(host, home, user);
  return found !== null && found.cluster === cluster && found.node === name ? found : null;
}

/** Changes a node's identity file under the fence; a host that has none yet gets one. @returns what it said before */
export async function updateIdentity(
  context: StepContext,
  name: string,
  change: (old: NodeIdentity) => NodeIdentity,
): Promise<NodeIdentity> {
  const host = await context.session.connect(name, context.signal);
  const fence = context.fence(name);
  const { cluster, token } = fence;
  const base: NodeIdentity = (await ownIdentity(context, name)) ?? {
    ...{ cluster, node: name, token, status: 'member', files: {}, movedData: [] },
  };
  await writeIdentity(host, fence, change({ ...base, token }));
  return base;
}
