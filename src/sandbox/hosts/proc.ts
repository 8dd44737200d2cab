import { readdirSync, readFileSync } from 'node:fs';

/** One line of /proc/<pid>/stat, as far as the stage looks at it. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** The kernel's letter: `Z` for a zombie, which counts as gone, `T` for a stopped process. */
  readonly state: string;
  /** Clock ticks after the boot of the machine; with the pid it names a process for good. */
  readonly startTime: string;
}

/** What the kernel knows of the process, or undefined when there is none. */
export function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses and may hold anything, parentheses and blanks included.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, startTime] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parent === undefined || startTime === undefined) return undefined;
  return { pid, state, parent: Number(parent), startTime };
}

/** All processes of the machine, zombies included. */
export function readAllStats(): ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined);
}

/** Whether this very process still exists and is not merely waiting to be reaped. */
export function isRunning({ pid, startTime }: Pick<ProcessStat, 'pid' | 'startTime'>): boolean {
  const stat = readStat(pid);
  return stat !== undefined && stat.state !== 'Z' && stat.state !== 'X' && stat.startTime === startTime;
}

/** The processes that descend from this one, itself not included. */
export function descendantsOf(pid: number, all: readonly ProcessStat[]): ProcessStat[] {
  const children = new Map<number, ProcessStat[]>();
  for (const stat of all) {
    const siblings = children.get(stat.parent);
    if (siblings === undefined) children.set(stat.parent, [stat]);
    else siblings.push(stat);
  }
  const found: ProcessStat[] = [];
  const open = [pid];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of children.get(next) ?? []) {
      found.push(child);
      open.push(child.pid);
    }
  }
  return found;
}

/** The arguments of the process, joined by blanks; empty for a kernel thread, a zombie or one that is gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Whether the process was started with all these `NAME=value` entries in its environment. */
export function hasEnvironment(pid: number, entries: readonly string[]): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return entries.every((entry) => environment.includes(entry));
  } catch {
    return false;
  }
}
