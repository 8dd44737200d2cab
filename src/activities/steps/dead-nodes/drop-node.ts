import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import { forgetAnnouncement } from '../../hosts/discovery/forget-announcement.js';
import { retireNode } from '../node-bodies.js';
import type { StepBody } from '../run-step.js';
import type { StepContext } from '../step-context.js';

export const dropNode: StepBody<'dropNode'> = async (context, { host, reason }) => {
  const { session } = context;
  const reachable = await isReachable(context, host);
  if (reachable) await refuseRunning(context, host);
  const gate = session.dependencies.gate(session);
  const closed = gate ? `${gate.name}: ${await gate.close(host)}, ` : '';
  if (reachable) return `${closed}${await retireNode(context, { host, cordon: true, reason })}`;
  await context.report({ type: 'left', host, at: new Date().toISOString(), cordon: true, reason });
  const forgotten = await forgetAnnouncement(session, host, context.signal);
  return `${closed}out of the record, nothing was run on its host${forgotten}`;
};

export const removeAnnouncement: StepBody<'removeAnnouncement'> = async (context, { host }) => {
  const done = await forgetAnnouncement(context.session, host, context.signal);
  return done === '' ? 'none was there' : done.replace(/^, /, '');
};

/** A host that answers in any way, be it with another key, is no dead one. */
async function isReachable({ session, signal }: StepContext, host: string): Promise<boolean> {
  try {
    await session.connect(host, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error, 'HostUnreachable')) return false;
    throw error;
  }
}

/** It may have come back since the plan was made. */
async function refuseRunning(context: StepContext, host: string): Promise<void> {
  const { session } = context;
  const supervisor = session.dependencies.supervisor(session.spec);
  if (!(await supervisor.state(await context.supervised(host))).running) return;
  throw new HivekeeperError(
    'PlanRefused',
    `${session.spec.name}: ${host} is alive again: its broker runs; nothing was done to it`,
  );
}
