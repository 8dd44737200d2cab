import { setTimeout as sleep } from 'node:timers/promises';
import type { KillTarget } from './host.js';
import { type HostProcess, signalAll, untilGone } from './host-processes.js';

/** What can be done to the processes of one host. */
export interface Faults {
  select(what: KillTarget): HostProcess[];
  kill9(what: KillTarget): Promise<HostProcess[]>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  freezeSsh(): Promise<void>;
  thawSsh(): void;
  killSsh(): Promise<void>;
}

/** HiveMQ's start script ends in `java … -jar …/hivemq.jar`; Mosquitto's service is the program with its file. */
const BROKER = /^\S*(java|node)\b.*hivemq\.jar|^\S*mosquitto /;
const POLL_MS = 5;

/**
 * @param processes lists the live processes of the host
 * @param sshPid tells the first process of its SSH server
 */
export function createFaults(processes: () => HostProcess[], sshPid: () => number): Faults {
  const select = (what: KillTarget): HostProcess[] =>
    processes().filter(({ pid, cmdline }) => {
      if (what === 'all') return true;
      if (typeof what === 'number') return pid === what;
      return (what === 'broker' ? BROKER : what).test(cmdline);
    });
  // A session of OpenSSH renames itself to `sshd: <user>`; what it runs for the user keeps its own name.
  const ssh = (): HostProcess[] =>
    processes().filter(({ pid, cmdline }) => pid === sshPid() || cmdline.startsWith('sshd:'));

  /** Goes on until nothing is left: what was listed may have had children in the meantime. */
  const killUntilGone = async (list: () => HostProcess[]): Promise<HostProcess[]> => {
    const ended: HostProcess[] = [];
    for (let left = list(); left.length > 0; left = list()) {
      ended.push(...signalAll(left, 'SIGKILL'));
      await untilGone(left);
    }
    return ended;
  };
  const stopUntilStill = async (list: () => HostProcess[]): Promise<void> => {
    const moving = (): HostProcess[] => list().filter(({ state }) => state !== 'T' && state !== 't');
    for (let left = moving(); left.length > 0; left = moving()) {
      signalAll(left, 'SIGSTOP');
      await sleep(POLL_MS);
    }
  };
  return {
    select,
    kill9: async (what) => {
      if (what === 'all') return killUntilGone(processes);
      const ended = signalAll(select(what), 'SIGKILL');
      await untilGone(ended);
      return ended;
    },
    freeze: () => stopUntilStill(processes),
    thaw: async () => {
      signalAll(processes(), 'SIGCONT');
      while (processes().some(({ state }) => state === 'T')) await sleep(POLL_MS);
    },
    freezeSsh: () => stopUntilStill(ssh),
    thawSsh: () => {
      signalAll(ssh(), 'SIGCONT');
    },
    killSsh: async () => {
      await killUntilGone(ssh);
    },
  };
}
