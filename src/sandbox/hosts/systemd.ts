import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HostLayout } from './layout.js';
import { programFile } from './program-file.js';
import { quoteAll } from './quote.js';
import type { StandIn } from './stand-ins.js';

/** A call of `systemctl` on a host. */
export interface SystemctlCall {
  readonly at: string;
  /** Number of the user that called. */
  readonly user: number;
  readonly argv: readonly string[];
}

/** What the host sees as /etc/systemd/system. */
export const unitFolder = (layout: HostLayout): string => path.join(layout.systemd, 'system');

/** What the host sees as /usr/bin/systemctl. */
export const systemctlFile = (layout: HostLayout): string => path.join(layout.bin, 'systemctl');

/**
 * `systemctl` on a host where no systemd is the first process: it really starts and stops what the units say, see
 * `programs/systemctl.ts`.
 */
export function systemctlStandIn(layout: HostLayout): StandIn {
  const command = quoteAll([process.execPath, programFile('systemctl'), layout.systemd]);
  return { name: 'systemctl', text: `#!/bin/sh\nexec ${command} "$@"\n` };
}

/** Makes the folders of the stand-in. Anybody may write down a call, since anybody may call `systemctl show`. */
export async function prepareSystemd(layout: HostLayout): Promise<void> {
  await mkdir(unitFolder(layout), { recursive: true, mode: 0o755 });
  const calls = callsFile(layout);
  await writeFile(calls, '', { mode: 0o666 });
  await chmod(calls, 0o666);
}

/** The calls that the stand-in wrote down, oldest first. */
export function systemdCalls(layout: HostLayout): SystemctlCall[] {
  const calls = callsFile(layout);
  if (!existsSync(calls)) return [];
  const lines = readFileSync(calls, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => toCall(JSON.parse(line)));
}

const callsFile = (layout: HostLayout): string => path.join(layout.systemd, 'calls.log');

function toCall(value: unknown): SystemctlCall {
  const call: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const { at, user, argv } = call;
  return { at: String(at), user: Number(user), argv: Array.isArray(argv) ? argv.map(String) : [] };
}
