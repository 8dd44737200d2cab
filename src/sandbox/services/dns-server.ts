import { randomUUID } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { type ServerProcess, startServerProcess } from '../../worker/temporal-server/server-process.js';
import { onFreePort } from './on-free-port.js';
import { ServiceError } from './service-error.js';
import { untilReady } from './until-ready.js';

/** Addresses by name, all of one kind of record each: A for IPv4, AAAA for IPv6. */
export type DnsRecords = Readonly<Record<string, readonly string[]>>;

export interface DnsServerOptions {
  /** The dnsmasq program, see `findDnsmasq`. */
  readonly program: string;
  readonly records?: DnsRecords;
  /** Default: 127.0.0.1 */
  readonly address?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Takes what the server prints, a line for each question. Default: dropped. */
  readonly log?: (line: string) => void;
}

/** A running DNS server that knows exactly its own records: it asks nobody else, and every other name does not exist. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
  readonly pid: number;
  /** Replaces all records while the server runs; returns when it answers with them. */
  setRecords(records: DnsRecords): Promise<void>;
  /** Ends the server, and only it, and removes its folder. */
  stop(): Promise<void>;
}

const GRACE_MS = 3_000;
const READY_WITHIN_MS = 15_000;
/** What the mark resolves to: a record whose name is new with every change, so that it tells when the file has been read. */
const MARK_ADDRESS = '127.0.0.1';

/** Starts the server and returns when it answers with its records. It ends with this process. @throws ServiceError */
export function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { address = '127.0.0.1', port } = options;
  return onFreePort({ address, port }, (free) => startOnce(options, address, free));
}

async function startOnce(options: DnsServerOptions, address: string, port: number): Promise<DnsServer> {
  const { program, records = {}, log = () => undefined } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-dns-'));
  const hostsFile = path.join(folder, 'hosts');
  // Nobody else's: an answer is ours even where another server has the port.
  const newMark = (): string => `${randomUUID()}.hivekeeper.invalid`;
  const firstMark = newMark();
  await writeHosts(hostsFile, records, firstMark);
  const server = startServerProcess(program, serverArguments({ address, port, hostsFile }), log);
  const what = `The DNS server on ${address}:${port}`;
  const knows = (mark: string): Promise<void> =>
    untilReady(what, server, () => answers({ address, port }, mark), READY_WITHIN_MS);
  const end = async (graceMs: number): Promise<void> => {
    await server.stop(graceMs);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await knows(firstMark);
  } catch (error) {
    await end(0);
    throw error;
  }
  const change = async (next: DnsRecords): Promise<void> => {
    const mark = newMark();
    await mustRun(server);
    await writeHosts(hostsFile, next, mark);
    process.kill(server.pid, 'SIGHUP');
    await knows(mark);
  };
  // One change after the other, so that none waits for a mark that the next one has already replaced.
  let last: Promise<void> = Promise.resolve();
  return {
    ...{ address, port, pid: server.pid },
    setRecords(next) {
      last = last.catch(() => undefined).then(() => change(next));
      return last;
    },
    stop: () => end(GRACE_MS),
  };
}

function serverArguments({ address, port, hostsFile }: { address: string; port: number; hostsFile: string }): string[] {
  return [
    '--keep-in-foreground',
    // The machine's own configuration, resolvers and hosts are not ours to read.
    ...['--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--no-poll', '--pid-file='],
    ...[`--port=${port}`, `--listen-address=${address}`, '--bind-interfaces'],
    // Nothing is asked of others; a name that is not in the file does not exist.
    ...['--local=/#/', `--addn-hosts=${hostsFile}`, '--local-ttl=0', '--cache-size=0'],
    // Started by root it would become a user that cannot read the file again.
    `--user=${userInfo().username}`,
    ...['--log-facility=-', '--log-queries'],
  ];
}

/** Replaced by a rename: the server never reads half of it. */
async function writeHosts(file: string, records: DnsRecords, mark: string): Promise<void> {
  const lines = Object.entries(records).flatMap(([name, addresses]) =>
    addresses.map((address) => {
      if (isIP(address) === 0) throw new ServiceError(`${address}, a record of ${name}, is not an IP address.`);
      return `${address} ${name}`;
    }),
  );
  await writeFile(`${file}.new`, `${[...lines, `${MARK_ADDRESS} ${mark}`].join('\n')}\n`);
  await rename(`${file}.new`, file);
}

/** A signal to a process that is gone could meet another one with its number. */
async function mustRun(server: ServerProcess): Promise<void> {
  const lastWords = await Promise.race([server.ended, Promise.resolve(undefined)]);
  if (lastWords !== undefined) throw new ServiceError(`The DNS server has ended: ${lastWords}`);
}

async function answers({ address, port }: { address: string; port: number }, name: string): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`]);
  try {
    return (await resolver.resolve4(name)).includes(MARK_ADDRESS);
  } catch {
    return false;
  }
}
