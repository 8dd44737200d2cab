import type { NodeIdentity } from '../../../domain/observation/index.js';
import type { StepContext } from '../step-context.js';
import { ownIdentity, updateIdentity } from '../update-identity.js';
import { layoutProgram } from './layout-program.js';

/**
 * Brings the layout of an adopted node in order at its first planned stop; whoever kept its broker before is told to leave
 * it alone first. A node that was never adopted, or is in order, is left as it is.
 * @returns what was done, for the note of the step
 */
export async function bringInOrder(context: StepContext, name: string): Promise<string[]> {
  const identity = await ownIdentity(context, name);
  if (identity?.layout !== 'adopted') return [];
  const { session, signal } = context;
  await session.dependencies.supervisor(session.spec).takeOver(await context.supervised(name));
  const host = await context.host(name);
  const { home, user } = context.fence(name);
  const version = identity.version ?? session.spec.broker.version;
  context.progress.report(`bringing the folders of ${name} in order`);
  await host.script(layoutProgram, [home, session.product.packageName(version)], { asUser: user, signal });
  await updateIdentity(context, name, withoutLayout);
  return ['the layout of its folders'];
}

function withoutLayout({ layout: _, ...identity }: NodeIdentity): NodeIdentity {
  return identity;
}
