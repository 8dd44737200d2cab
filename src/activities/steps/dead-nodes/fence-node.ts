import { setTimeout as sleep } from 'node:timers/promises';
import { HivekeeperError } from '../../../domain/errors/index.js';
import { answeringHosts } from '../../hosts/answering-hosts.js';
import { observeCluster } from '../../hosts/observe-cluster.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';

const lookEvery = 500;
/** How long something of a host may answer after it was powered off. */
const patience = 60_000;

export const fenceNode: StepBody<'fenceNode'> = async (context, { host }) => {
  const { session, signal } = context;
  const fencing = session.dependencies.fencing(session.spec);
  if (fencing === null) {
    throw new HivekeeperError('PlanRefused', `${session.spec.name}: its spec names no fencing hook any more`);
  }
  const { address } = session.resolved(host);
  const done = await fencing.powerOff({ host, address }, signal);
  await untilSilent(context, host, fencing.name);
  return `${fencing.name}: ${done}, and nothing of it answers`;
};

/** What the hook says is not believed as long as anything else says otherwise. @throws HivekeeperError FencingFailed */
async function untilSilent(context: StepContext, host: string, hook: string): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await answerOf(context, host);
    if (answer === null) return;
    if (Date.now() > deadline) {
      throw new HivekeeperError(
        'FencingFailed',
        `the fencing hook "${hook}" ended well and ${host} is not off: ${answer}. Check what the hook powers off.`,
        { hook, host },
      );
    }
    context.progress.report(`waiting for ${host} to be off: ${answer}`);
    await sleep(lookEvery, undefined, { signal: context.signal });
  }
}

async function answerOf({ session, signal }: StepContext, host: string): Promise<string | null> {
  const observation = await observeCluster(session, { withClients: false, signal });
  if (observation.nodes.some((node) => node.host === host && node.reachable)) return 'SSH answers the worker';
  return (await answeringHosts(session, observation, [host], signal))[host] ?? null;
}
