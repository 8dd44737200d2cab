import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Host } from '../../../src/sandbox/hosts/index.js';

/** Everything of hosts that an operation could have touched: each file's kind, owner, size and times, each process. */
export type Snapshot = Readonly<Record<string, string>>;

/** What the hosts' SSH servers, which are no part of what is asked, write and run for each log-in. */
const OWN_FOLDERS = ['logs'];
const LOG_IN = /^sshd\b|^sshd-session\b/;

/** What running brokers write by themselves, below the home. */
const BROKER_FOLDERS = ['log', 'data'];

/** @param options.brokersRun leaves out what running brokers write by themselves. Default: false */
export async function snapshot(hosts: readonly Host[], options: { brokersRun?: boolean } = {}): Promise<Snapshot> {
  const found: Record<string, string> = {};
  for (const host of hosts) {
    const own = options.brokersRun === true ? BROKER_FOLDERS.map((name) => path.join(host.home, name)) : [];
    const left = new Set([...OWN_FOLDERS.map((name) => path.join(host.root, name)), ...own]);
    await addTree(found, host.root, left);
    for (const { pid, startTime, cmdline } of host.processes()) {
      if (!LOG_IN.test(cmdline)) found[`${host.name} process ${pid}`] = `${startTime} ${cmdline}`;
    }
  }
  return found;
}

async function addTree(found: Record<string, string>, at: string, left: ReadonlySet<string>): Promise<void> {
  const stat = await lstat(at, { bigint: true }).catch(() => null);
  if (stat === null) return;
  const { mode, uid, size, mtimeNs, ino } = stat;
  found[at] = [mode.toString(8), uid, stat.isDirectory() ? '-' : size, mtimeNs, ino].join(' ');
  if (!stat.isDirectory()) return;
  for (const name of await readdir(at)) {
    const below = path.join(at, name);
    if (!left.has(below)) await addTree(found, below, left);
  }
}

/** What a node's own health API says of it. */
export interface Health {
  readonly version: string;
  readonly state: string;
  readonly members: number;
}

/** Asks the health API of a node directly; null when nobody answers. */
export async function health(host: Host, port = 8889): Promise<Health | null> {
  try {
    const answer = await fetch(`http://${host.address}:${port}/api/v1/health`, { signal: AbortSignal.timeout(5000) });
    const body: unknown = await answer.json();
    const at = (...keys: string[]): unknown => dig(body, ['components', ...keys]);
    return {
      version: String(at('info', 'details', 'version')),
      state: String(at('cluster', 'details', 'node-state')),
      members: Number(at('cluster', 'details', 'cluster-size')),
    };
  } catch {
    return null;
  }
}

function dig(value: unknown, keys: readonly string[]): unknown {
  let current = value;
  for (const key of keys)
    current = typeof current === 'object' && current !== null ? Reflect.get(current, key) : undefined;
  return current;
}

/** The health of the named nodes, by name. */
export async function healthOf(hosts: readonly Host[]): Promise<Record<string, Health | null>> {
  return Object.fromEntries(await Promise.all(hosts.map(async (host) => [host.name, await health(host)] as const)));
}

/** A node as every one of `members` nodes shall be. */
export function serving(version: string, members: number): Health {
  return { version, state: 'RUNNING', members };
}

const EFFECTS = ['start', 'recovery-start', 'stop-requested', 'stopped', 'restore'];

/** How often the stand-ins of each host wrote down each effect, by host; hosts without any are left out. */
export function effects(hosts: readonly Host[], since = 0): Record<string, Record<string, number>> {
  const counted: Record<string, Record<string, number>> = {};
  for (const host of hosts) {
    for (const { at, event } of journalOf(host)) {
      if (!EFFECTS.includes(event) || Date.parse(at) < since) continue;
      const counts = (counted[host.name] ??= {});
      counts[event] = (counts[event] ?? 0) + 1;
    }
  }
  return counted;
}

/** The journal of a host; empty while nothing ran there. */
export function journalOf(host: Host): ReturnType<Host['journal']> {
  try {
    return host.journal();
  } catch {
    return [];
  }
}
