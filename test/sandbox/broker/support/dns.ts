import { Resolver } from 'node:dns/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Requirement } from '../../../support/requirements.js';
import { findProgram, freePort, Program } from './program.js';

export function dnsRequirement(): Requirement {
  const missing = findProgram('dnsmasq') === undefined ? 'Discovery through DNS needs dnsmasq.' : undefined;
  return { missing, install: 'apt-get install dnsmasq-base, as root.' };
}

/** A real DNS server that knows one name. */
export class DnsServer {
  static readonly zone = 'stage.test';
  static readonly record = `nodes.${DnsServer.zone}`;

  private constructor(
    private readonly program: Program,
    private readonly folder: string,
    readonly address: string,
  ) {}

  static async start(addresses: readonly string[]): Promise<DnsServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-dns-'));
    const hosts = path.join(folder, 'hosts');
    DnsServer.write(hosts, addresses);
    const host = '127.0.0.1';
    const port = await freePort(host);
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([`${host}:${port}`]);
    const program = await Program.start(
      findProgram('dnsmasq') ?? 'dnsmasq',
      [
        '--no-daemon',
        '--conf-file=/dev/null',
        '--no-resolv',
        '--no-hosts',
        '--bind-interfaces',
        `--listen-address=${host}`,
        `--port=${port}`,
        `--addn-hosts=${hosts}`,
        `--local=/${DnsServer.zone}/`,
        `--host-record=ready.${DnsServer.zone},127.0.0.1`,
        '--local-ttl=0',
        `--pid-file=${path.join(folder, 'pid')}`,
      ],
      {},
      () =>
        resolver.resolve4(`ready.${DnsServer.zone}`).then(
          () => true,
          () => false,
        ),
    );
    return new DnsServer(program, folder, `${host}:${port}`);
  }

  private static write(file: string, addresses: readonly string[]): void {
    writeFileSync(file, addresses.map((address) => `${address} ${DnsServer.record}\n`).join(''));
  }

  /** Changes what the name stands for. */
  set(addresses: readonly string[]): void {
    DnsServer.write(path.join(this.folder, 'hosts'), addresses);
    this.program.signal('SIGHUP');
  }

  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
