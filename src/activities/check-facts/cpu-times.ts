/**
 * Reads the line of all processors twice. `HOST_PROC` is where monitoring tools look for a host's /proc too, when it lies
 * elsewhere, as in a container.
 */
export const cpuProgram = `
file="\${HOST_PROC:-/proc}/stat"
read -r first <"$file" || exit 1
sleep "$1" 2>/dev/null || sleep 1
read -r second <"$file" || exit 1
printf '%s\\n%s\\n' "$first" "$second"
`;

/** Ticks of one line `cpu user nice system idle iowait irq softirq steal …` (proc(5)); null for anything else. */
function ticksOf(line: string): { total: number; idle: number } | null {
  const [name, ...fields] = line.trim().split(/\s+/);
  // Guest time is contained in user time already.
  const ticks = fields.slice(0, 8).map(Number);
  if (name !== 'cpu' || ticks.length < 4 || !ticks.every((value) => Number.isFinite(value))) return null;
  const [, , , idle = 0, iowait = 0] = ticks;
  return { total: ticks.reduce((sum, value) => sum + value, 0), idle: idle + iowait };
}

/**
 * What the processors did between two readings, in percent of all of them; null where the text does not tell. Counters that
 * stand still are those of a file that somebody keeps: what they say of the time since the start is all there is.
 */
export function busyPercent(text: string): number | null {
  const [before, after] = text.split('\n').map(ticksOf);
  if (!before || !after) return null;
  const moved = after.total > before.total;
  const total = moved ? after.total - before.total : after.total;
  const idle = moved ? after.idle - before.idle : after.idle;
  if (total <= 0) return null;
  return Math.min(100, Math.max(0, (100 * (total - idle)) / total));
}
