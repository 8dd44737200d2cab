import { type CheckFacts, isServing } from '../../domain/checks/index.js';
import { isHivekeeperError } from '../../domain/errors/index.js';
import type { FactRequest } from './index.js';

/** Asks one broker of a cluster for the backups of all, and each of independent ones for its own. */
export async function readBackup(request: FactRequest): Promise<CheckFacts['backup']> {
  const { session, observation } = request;
  const serving = observation.nodes.filter((node) => session.members.includes(node.host) && isServing(node));
  // Checks that look at no node come without an observation of any: whoever answers will do.
  const asked = observation.nodes.length > 0 ? serving.map(({ host }) => host) : session.members;
  if (!session.product.clustered(session.spec)) {
    const answers = await Promise.all(asked.map((host) => backupOf(request, host)));
    return answers.find((one) => one !== undefined && one !== null) ?? answers.find((one) => one !== undefined);
  }
  for (const host of asked) {
    const answer = await backupOf(request, host);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

async function backupOf({ session, signal }: FactRequest, host: string): Promise<CheckFacts['backup']> {
  try {
    return await session.driver.runningBackup(await session.driven(host, [host], signal), signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (isHivekeeperError(error)) return undefined;
    throw error;
  }
}
