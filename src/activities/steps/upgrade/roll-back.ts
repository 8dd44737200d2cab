import { HivekeeperError, isHivekeeperError, messageOf } from '../../../domain/errors/index.js';
import { isServing } from '../../../domain/checks/index.js';
import type { ClusterObservation } from '../../../domain/observation/index.js';
import { isOlder } from '../../../domain/planning/index.js';
import { type ClusterSpec, reviveClusterSpec } from '../../../domain/spec/index.js';
import { ClusterSession } from '../../cluster-session.js';
import { observeCluster } from '../../hosts/observe-cluster.js';
import { noteRefusal, type Refusal } from '../before/change-note.js';
import { restoreState } from '../before/kept-state.js';
import { failed } from '../before/put-back.js';
import { reopened } from '../before/reopened.js';
import type { StartBodies } from '../before/start-as-before.js';
import { targetOf } from '../manifest/target.js';
import type { StepContext } from '../step-context.js';
import { updateIdentity } from '../update-identity.js';
import { stopFailed, type StopBodies } from './stop-failed.js';

export type BackBodies = StartBodies & StopBodies;

/** A node that did not take its version, and the one that it goes back to. */
export interface WayBack {
  readonly host: string;
  readonly version: string;
  readonly back: string;
  readonly members: readonly string[];
}

/**
 * Brings a node back to the version that it had: stopped, what it wrote with the new one moved aside, package and settings
 * as before, started so that it is filled from the cluster. Noted in node.json before it begins: an attempt that was cut off
 * goes on with it.
 * @throws HivekeeperError NotTakenUp with the reason, what was done, and what every member runs
 */
export async function rollBack(
  context: StepContext,
  way: WayBack,
  { kind, why, after }: Omit<Refusal, 'token'>,
  bodies: BackBodies,
): Promise<never> {
  const { host, back } = way;
  if (after !== undefined) throw failed({ kind, why, after }, host);
  await noteRefusal(context, host, { kind, why });
  const problem = await refusalToGoBack(context, way);
  if (problem !== null) {
    const said = `${host} was left as it is: ${problem}`;
    throw failed({ kind, why, after: said }, host, { putBack: false });
  }
  let kept: string;
  try {
    kept = await broughtBack(context, way, bodies);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isHivekeeperError(error) || error.retryable || error.kind === 'FencedOut') throw error;
    const said = `It could not be brought back to ${back}: ${messageOf(error)} Its data lies in data and data-kept of its home; nothing was deleted.`;
    throw failed({ kind, why, after: said }, host, { putBack: false });
  }
  const said = `${host} runs ${back} again and was filled from the cluster${kept}. ${await states(context, way.members)}`;
  const refusal = { kind, why, after: said };
  await noteRefusal(context, host, refusal);
  throw failed(refusal, host);
}

/** Why it cannot: there is nobody to fill it again, or nobody with an old version left. */
async function refusalToGoBack(context: StepContext, { host, back, members }: WayBack): Promise<string | null> {
  const { nodes } = await observe(context);
  const node = nodes.find((one) => one.host === host);
  // Already past the point where its data was moved: now only going on helps.
  if (node?.current === back) return null;
  const others = nodes.filter((one) => one.host !== host && members.includes(one.host));
  const holders = others.filter((one) => isServing(one) && one.synchronizing === null);
  if (!context.session.product.clustered(context.session.spec) || holders.length === 0) {
    return `no other synchronized member holds its data (${others.map(({ host: name }) => name).join(', ') || 'there is none'}). Bring one into service and run the operation again, or start it by hand with what lies in data-kept of its home.`;
  }
  const old = others.some(({ runningVersion }) => runningVersion === back || isOlder(runningVersion ?? '', back));
  const member = others.some(({ runningVersion }) => runningVersion !== null && !isOlder(back, runningVersion));
  return old || member ? null : `no member runs ${back} any more, and an older version cannot read newer data.`;
}

async function broughtBack(context: StepContext, way: WayBack, bodies: BackBodies): Promise<string> {
  const { host, version, back, members } = way;
  const { driver } = context.session;
  const before = context.on(
    new ClusterSession(context.session.dependencies, specBefore(context, back), context.session.record),
  );
  const { current } = await driver.observe(await context.driven(host, members));
  let kept = '';
  if (current !== back) {
    await stopFailed(context, host, members, bodies);
    const moved = await driver.moveDataAside(await context.driven(host, members), `upgrade-${version}`);
    if (moved !== null) {
      const entry = { path: moved, at: new Date().toISOString(), reason: `upgrade-${version}` };
      await updateIdentity(context, host, (old) => ({ ...old, movedData: [...old.movedData, entry] }));
      kept = `; what it wrote with ${version} lies in ${moved}`;
    }
    const left = await restoreState(await targetOf(before, host));
    if (left.length > 0)
      throw new HivekeeperError('CheckFailed', `${host}: could not be put back: ${left.join(', ')}.`);
  }
  await bodies.configure(before, { host, version: back, members: [...members] });
  context.progress.report(`${host}: starting with ${back} again`);
  await bodies.start(before, { host, version: back, members: [...members], joins: false });
  return kept + (await reopened(before, host, bodies));
}

/** The record's spec of before where that is of the old version, else today's with that version. */
function specBefore({ session }: StepContext, back: string): ClusterSpec {
  const { previous } = session.record;
  const recorded = previous === null ? null : reviveClusterSpec(previous);
  if (recorded?.broker.version === back) return recorded;
  return { ...session.spec, broker: { ...session.spec.broker, version: back } };
}

const observe = (context: StepContext): Promise<ClusterObservation> =>
  observeCluster(context.session, { withClients: false, signal: context.signal });

/** What every member runs now. */
async function states(context: StepContext, members: readonly string[]): Promise<string> {
  const { nodes } = await observe(context);
  return `Now ${nodes
    .filter(({ host }) => members.includes(host))
    .map(
      (node) =>
        `${node.host} ${isServing(node) ? `serves with ${node.runningVersion ?? 'a version that it does not tell'}` : 'does not serve'}`,
    )
    .join(', ')}.`;
}
