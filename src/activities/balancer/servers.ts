import type { ServerState } from '../../adapters/gate/haproxy/index.js';
import type { BalancerServer } from '../../render/haproxy/index.js';

const nameOf = ({ backend, server }: Pick<ServerState, 'backend' | 'server'>): string => `${backend}/${server}`;

/** What has to come and to go for HAProxy to have these servers. */
export function serverChanges(
  present: readonly ServerState[],
  wanted: readonly BalancerServer[],
): { readonly added: BalancerServer[]; readonly removed: ServerState[] } {
  const there = new Set(present.map(nameOf));
  const asked = new Set(wanted.map(nameOf));
  return {
    added: wanted.filter((server) => !there.has(nameOf(server))),
    removed: present.filter((server) => !asked.has(nameOf(server))),
  };
}

/** Whether HAProxy has exactly these servers. */
export function sameServers(present: readonly ServerState[], wanted: readonly BalancerServer[]): boolean {
  const { added, removed } = serverChanges(present, wanted);
  return added.length === 0 && removed.length === 0;
}

const isServer = (line: string): boolean => /^\s*server\s/.test(line);

/** A configuration without its servers: what only a reload changes. */
export const frameLines = (config: string): string[] => config.split('\n').filter((line) => !isServer(line));

/** Whether from one configuration to the other servers only come or go, so that no reload is needed. */
export function onlyMembershipDiffers(before: string, after: string): boolean {
  if (frameLines(before).join('\n') !== frameLines(after).join('\n')) return false;
  const known = serverLines(before);
  return [...serverLines(after)].every(([name, line]) => !known.has(name) || known.get(name) === line);
}

/** `section server` -> its line. */
function serverLines(config: string): Map<string, string> {
  const found = new Map<string, string>();
  let section = '';
  for (const line of config.split('\n')) {
    if (/^\S/.test(line)) section = line;
    else if (isServer(line)) found.set(`${section} ${line.trim().split(/\s+/)[1] ?? ''}`, line);
  }
  return found;
}
