import type { CheckFacts } from '../../domain/checks/index.js';
import { isHivekeeperError } from '../../domain/errors/index.js';
import { busyPercent, cpuProgram } from './cpu-times.js';
import type { FactRequest } from './index.js';

/** Seconds between the two readings of each host. */
const interval = '0.3';
const timeout = 10_000;

/** Reads what the processors of the members do, one command a host, side by side; hosts that cannot be asked tell nothing. */
export async function readCpu(request: FactRequest): Promise<CheckFacts['cpu']> {
  const { session, observation } = request;
  const members = observation.nodes.filter(({ host, reachable }) => reachable && session.members.includes(host));
  if (members.length === 0) return undefined;
  const read = await Promise.all(members.map(async ({ host }) => [host, await percentOf(request, host)] as const));
  return Object.fromEntries(read);
}

async function percentOf({ session, signal }: FactRequest, name: string): Promise<number | null> {
  try {
    const host = await session.connect(name, signal);
    const { stdout } = await host.script(cpuProgram, [interval], { timeout, ...(signal && { signal }) });
    return busyPercent(stdout);
  } catch (error) {
    signal?.throwIfAborted();
    if (isHivekeeperError(error)) return null;
    throw error;
  }
}
