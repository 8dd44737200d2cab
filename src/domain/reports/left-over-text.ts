import type { LeftOver } from './left-over.js';

/** Above this many hosts a line counts the rest. */
const mostHosts = 12;

/** Hosts in the same state stand together: one line each, in the order of the plan. */
export function leftOverLines(left: LeftOver): string[] {
  const together = new Map<string, string[]>();
  for (const { host, untouched, state } of left.nodes) {
    const said =
      host === null ? `cluster: ${state}` : untouched ? `untouched${state === '' ? '' : `, ${state}`}` : state;
    together.set(said, [...(together.get(said) ?? []), ...(host === null ? [] : [host])]);
  }
  return [...together].map(([said, hosts]) => {
    if (hosts.length === 0) return said;
    const named = hosts.slice(0, mostHosts).join(', ');
    const more = hosts.length > mostHosts ? ` and ${hosts.length - mostHosts} more` : '';
    return said.startsWith('untouched') ? `${named}${more} ${said}` : `${named}${more}: ${said}`;
  });
}

/** What somebody types to go on, and to go back where that can be tried. */
export interface WayOn {
  readonly again: string;
  readonly back: string | null;
}

/** In one line for failures, journal and log: where everything stands, what was put back, and what to type next. */
export function leftOverText(left: LeftOver, { again, back }: WayOn): string {
  const { undone, notUndone, notBegun } = left;
  const parts = [
    leftOverLines(left).join('; '),
    undone.length > 0 ? `put back: ${undone.join(', ')}` : '',
    notUndone.length > 0 ? `NOT put back: ${notUndone.join(', ')}` : '',
    `${notBegun} steps were not begun; finish it with: ${again}`,
    back === null ? '' : `take it back with: ${back}`,
  ];
  return parts.filter((part) => part !== '').join('. ');
}
