import { HivekeeperError } from '../../domain/errors/index.js';
import type { ClusterObservation } from '../../domain/observation/index.js';
import { nodesWith, type PlanNode } from '../../domain/plan/index.js';
import { adoptedUnitPath } from '../../render/systemd/names.js';
import type { ClusterSession } from '../cluster-session.js';
import { missingRights, seePlace } from './place-facts.js';

/** Steps that end the life of a node as somebody laid it out by hand. */
const ending = ['stopNode', 'configureNode', 'retireNode'];

/**
 * Looks, before anything is stopped, whether the layout of adopted nodes that a plan stops can be brought in order.
 * @param refuse a dry run tells what it finds, as a warning
 * @returns what their stops bring besides, one sentence each
 * @throws HivekeeperError CheckFailed with what to do on which host
 */
export async function judgeAdopted(
  session: ClusterSession,
  root: PlanNode,
  { nodes }: ClusterObservation,
  { refuse, signal }: { readonly refuse: boolean; readonly signal: AbortSignal },
): Promise<string[]> {
  const stopped = nodesWith(root, ending);
  const adopted = nodes.filter(({ host, identity }) => stopped.has(host) && identity?.layout === 'adopted');
  const problems = await Promise.all(adopted.map(({ host }) => problemOf(session, host, signal)));
  const found = problems.flatMap((problem) => problem ?? []);
  if (found.length > 0 && refuse) {
    throw new HivekeeperError('CheckFailed', `${session.spec.name}: nothing was stopped: ${found.join('; ')}`, {
      check: 'privilege',
      problems: found,
    });
  }
  if (adopted.length === 0) return [];
  const names = adopted.map(({ host }) => host).join(', ');
  return [
    ...found,
    `${names}: the layout by hand is brought in order at this stop; config.xml and logback.xml of now are kept in .hivekeeper/adopted`,
  ];
}

async function problemOf(session: ClusterSession, name: string, signal: AbortSignal): Promise<string | null> {
  const { home } = session.resolved(name);
  const { user } = session.spec.broker;
  const host = await session.connect(name, signal);
  const unit = await host.readFile(`${home}/${adoptedUnitPath}`, { asUser: user });
  const [seen, rights] = await Promise.all([
    seePlace(host, { home, user }, signal),
    missingRights(session, name, unit?.trim() ?? null, signal),
  ]);
  if (rights !== null) return `${name}: ${rights}`;
  if (seen.dataProblem !== null) return `${name}: ${seen.dataProblem}`;
  if (seen.notWritable.length === 0) return null;
  return `${name}: ${user} cannot change ${seen.notWritable.join(', ')}; sudo chown -R ${user} on them changes nothing for the running broker`;
}
