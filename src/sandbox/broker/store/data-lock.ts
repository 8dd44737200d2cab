import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** The start time of a process in clock ticks since boot, which tells a reused pid apart; undefined when it is gone. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/**
 * Takes `data.lock`. The vendor holds a file lock; this one holds as long as the process that it names lives.
 * @returns false when another living process has it
 */
export function takeDataLock(data: string): boolean {
  mkdirSync(data, { recursive: true });
  const file = join(data, 'data.lock');
  if (existsSync(file)) {
    const [pid, started] = readFileSync(file, 'utf8').trim().split(' ');
    if (pid && started && pid !== String(process.pid) && startTime(Number(pid)) === started) return false;
  }
  writeFileSync(file, `${process.pid} ${startTime(process.pid) ?? '0'}\n`);
  const meta = join(data, 'meta.id');
  if (!existsSync(meta)) writeFileSync(meta, randomUUID());
  return true;
}
