import { chmod, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readStat } from '../hosts/proc.js';

/** A range of loopback addresses that belongs to one stage until it is released or its process is gone. */
export interface Claim {
  /** The first three parts of the addresses, e.g. `127.0.1`. */
  readonly prefix: string;
  release(): Promise<void>;
}

export interface ClaimOptions {
  /** The range to take when it is free, e.g. `127.0.1`. Default: none is preferred. */
  readonly prefer?: string | undefined;
  /** Folder of the lock files. Default: one for all stages of this machine, in the folder for temporary files. */
  readonly folder?: string | undefined;
}

interface Owner {
  readonly pid: number;
  /** The kernel's start time of the process: tells a later process with the same number apart. */
  readonly startTime: string;
}

const RANGES = 100;
const PROBED_PORT = 2222;
/** Breaking a lock takes milliseconds; a guard older than this was left behind by a process that was killed in between. */
const GUARD_AGE_MS = 5000;

/**
 * Claims a free range 127.a.b.0/24 by a lock file that names this process. A lock whose process is gone is broken.
 *
 * @throws Error when every range is taken
 */
export async function claimRange(options: ClaimOptions = {}): Promise<Claim> {
  const folder = options.folder ?? path.join(tmpdir(), 'hivekeeper-stages');
  await mkdir(folder, { recursive: true });
  // All users of the machine share the folder; only the one who made it may say so, and then it is done already.
  await chmod(folder, 0o1777).catch(() => undefined);
  for (const prefix of candidates(options.prefer)) {
    const file = path.join(folder, `${prefix}.lock`);
    if (!(await take(file))) continue;
    const release = (): Promise<void> => rm(file, { force: true });
    // Somebody with another folder for temporary files may use the addresses.
    if (await isFree(`${prefix}.11`)) return { prefix, release };
    await release();
  }
  throw new Error(`All ${RANGES} address ranges for stages are taken; see the lock files in ${folder}.`);
}

function* candidates(preferred: string | undefined): Generator<string> {
  if (preferred !== undefined) yield preferred;
  // Not in order: stages that start at the same moment should not all try the same lock.
  const offset = Math.floor(Math.random() * RANGES);
  for (let index = 0; index < RANGES; index += 1) yield `127.77.${1 + ((index + offset) % RANGES)}`;
}

/** Makes the lock file with its content in one step, by a hard link, so that nobody ever reads half of it. */
async function take(file: string): Promise<boolean> {
  const startTime = readStat(process.pid)?.startTime ?? '';
  const own = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(own, JSON.stringify({ pid: process.pid, startTime } satisfies Owner));
  try {
    if (await linked(own, file)) return true;
    return (await breakStale(file)) && (await linked(own, file));
  } finally {
    await rm(own, { force: true });
  }
}

/** Removes the lock of a process that is gone. One at a time, or a second breaker would remove the first one's new lock. */
async function breakStale(file: string): Promise<boolean> {
  if (await isHeld(file)) return false;
  const guard = `${file}.breaking`;
  try {
    await writeFile(guard, String(process.pid), { flag: 'wx' });
  } catch {
    const age = Date.now() - (await stat(guard).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > GUARD_AGE_MS) await rm(guard, { force: true }).catch(() => undefined);
    return false;
  }
  try {
    if (await isHeld(file)) return false;
    await rm(file, { force: true });
    return true;
  } catch {
    // Another user's: his to break.
    return false;
  } finally {
    await rm(guard, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch {
    return false;
  }
}

async function isHeld(file: string): Promise<boolean> {
  let owner: unknown;
  try {
    owner = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return false;
  }
  if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('startTime' in owner)) return false;
  const process = readStat(Number(owner.pid));
  return process !== undefined && process.state !== 'Z' && process.startTime === owner.startTime;
}

function isFree(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(PROBED_PORT, address, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
