import { type PlanNode, runnableSteps } from '../plan/index.js';
import type { SpecChange } from '../changes/index.js';
import { nodeOf, type PlanContext, refuseAll } from './context.js';

/**
 * Refuses a plan that would run an extension with a version of the broker that it does not go with, before any node is
 * touched. A plan that changes neither versions nor extensions is none of those: it makes nothing worse.
 * @throws HivekeeperError PlanRefused that names each extension and the key of the spec
 */
export function refuseExtensions(
  context: PlanContext,
  { root, difference = [] }: { readonly root: PlanNode; readonly difference?: readonly SpecChange[] },
): void {
  const changed = difference.some(({ path }) => path.startsWith('extensions'));
  if (changed || bringsVersion(context, root)) refuseAll(context, context.product.extensionProblems(context.spec));
}

function bringsVersion(context: PlanContext, root: PlanNode): boolean {
  const to = context.spec.broker.version;
  return runnableSteps(root).some(({ kind, input }) => {
    const { host, version } = input;
    if (kind !== 'configureNode' || version !== to || typeof host !== 'string') return false;
    const { runningVersion, identity, current } = nodeOf(context, host);
    return (runningVersion ?? identity?.version ?? current) !== to;
  });
}
