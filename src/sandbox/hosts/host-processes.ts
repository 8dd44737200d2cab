import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, descendantsOf, hasEnvironment, isRunning, type ProcessStat, readAllStats } from './proc.js';

/** A process of a host. */
export interface HostProcess extends ProcessStat {
  readonly cmdline: string;
}

/** Whose processes are meant. */
export interface ProcessOwner {
  /** The first process of the host; it is not one of the host's processes. */
  readonly keeperPid: number;
  /** Whether orphans stay below the keeper. */
  readonly subreaper: boolean;
  /** `NAME=value` entries that the host's processes have in their environment. */
  readonly marks: readonly string[];
}

/**
 * The live processes of one host, zombies left out: those below its keeper, and, where orphans do not stay there, those
 * with the host's marks. Nothing else is ever signalled.
 */
export function listHostProcesses({ keeperPid, subreaper, marks }: ProcessOwner): HostProcess[] {
  const all = readAllStats();
  const below = descendantsOf(keeperPid, all);
  const known = new Set([keeperPid, ...below.map(({ pid }) => pid)]);
  const marked = subreaper ? [] : all.filter(({ pid }) => !known.has(pid) && hasEnvironment(pid, marks));
  return [...below, ...marked]
    .filter(({ state }) => state !== 'Z' && state !== 'X')
    .map((stat) => ({ ...stat, cmdline: commandLine(stat.pid) }));
}

const POLL_MS = 5;

/**
 * Sends a signal to each of the processes that still is the one that was listed.
 *
 * @returns those that were there
 */
export function signalAll(processes: readonly HostProcess[], signal: NodeJS.Signals): HostProcess[] {
  return processes.filter((target) => {
    if (!isRunning(target)) return false;
    try {
      process.kill(target.pid, signal);
      return true;
    } catch {
      return false;
    }
  });
}

/** Returns when all of them are gone; a zombie is. */
export async function untilGone(processes: readonly HostProcess[], withinMs = 10_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (processes.some(isRunning)) {
    if (Date.now() > deadline) {
      const left = processes.filter(isRunning).map(({ pid, cmdline }) => `${pid} ${cmdline}`);
      throw new Error(`Still running after ${withinMs} ms: ${left.join('; ')}`);
    }
    await sleep(POLL_MS);
  }
}
