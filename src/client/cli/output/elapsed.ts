/** Time between two moments as people read it: `0s`, `42s`, `3m 05s`, `2h 10m`. Never negative. */
export function elapsed(from: string | Date, to: string | Date): string {
  const ms = new Date(to).getTime() - new Date(from).getTime();
  const seconds = Math.max(0, Math.floor((Number.isFinite(ms) ? ms : 0) / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

/** `2026-03-01 12:00:05` in UTC, as everywhere in the records. */
export function moment(iso: string): string {
  return iso.slice(0, 19).replace('T', ' ');
}

const two = (value: number): string => String(value).padStart(2, '0');
