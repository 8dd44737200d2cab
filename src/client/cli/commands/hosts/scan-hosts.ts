import { SshHostPool } from '../../../../adapters/ssh/index.js';
import { messageOf } from '../../../../domain/errors/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { printJson } from '../../output/json.js';
import { readScanTargets, type ScanTarget } from './scan-file.js';

interface Scanned extends ScanTarget {
  readonly fingerprints: readonly string[];
  /** Whether the host presents a key that the spec names; null where the spec names none. */
  readonly matches: boolean | null;
  readonly error: string | null;
}

/** Prints the fingerprints that the hosts present. @throws CliError when one is unreachable or presents another key */
export async function scanHosts(file: string, json: boolean, io: CliIo): Promise<void> {
  const targets = await readScanTargets(file, io);
  const pool = new SshHostPool();
  const scanned = await Promise.all(targets.map((target) => scan(pool, target))).finally(() => pool.close());
  if (json) printJson(io, { hosts: scanned });
  else printText(scanned, io);
  const bad = scanned.filter((host) => host.error !== null || host.matches === false).map((host) => host.name);
  if (bad.length > 0) throw new CliError(exitCodes.unreachable, `not reachable or with another key: ${bad.join(', ')}`);
}

async function scan(pool: SshHostPool, target: ScanTarget): Promise<Scanned> {
  try {
    const fingerprints = await pool.scan(target.address, target.port);
    const matches = target.known.length === 0 ? null : target.known.some((key) => fingerprints.includes(key));
    return { ...target, fingerprints, matches, error: null };
  } catch (error) {
    return { ...target, fingerprints: [], matches: null, error: messageOf(error) };
  }
}

const list = (keys: readonly string[]): string =>
  keys.length === 1 ? `"${keys[0] ?? ''}"` : `[${keys.map((key) => `"${key}"`).join(', ')}]`;

function printText(scanned: readonly Scanned[], io: CliIo): void {
  for (const { name, address, port, fingerprints, matches, error, known } of scanned) {
    if (error !== null) {
      io.stderr.write(`${name} (${address}:${port}): ${error}\n`);
      continue;
    }
    if (matches === false) {
      io.stderr.write(`${name} (${address}:${port}) presents none of the keys in the spec: ${known.join(', ')}\n`);
    }
    const note = matches === true ? '   # as in the spec' : '';
    io.stdout.write(`- { name: ${name}, address: ${address}, hostKey: ${list(fingerprints)} }${note}\n`);
  }
  if (scanned.some((host) => host.error === null && host.matches !== true)) {
    io.stderr.write('Compare each with the host itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\n');
  }
}
