/** How busy the processors of a host are that was told nothing, in percent. */
export const quietLoad = 5;

/** First line of /proc/stat (proc(5)): ticks in user, nice, system, idle, iowait, irq, softirq and steal since the start. */
export function cpuLine(percent: number): string {
  const ticks = 10_000;
  const busy = Math.round((percent / 100) * ticks);
  return `cpu  ${busy} 0 0 ${ticks - busy} 0 0 0 0 0 0\n`;
}
