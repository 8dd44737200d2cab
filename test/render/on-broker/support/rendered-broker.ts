import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatIssue, parseClusterSpec, type ClusterSpec } from '../../../../src/domain/spec/index.js';
import { rendererOf } from '../../../../src/render/products/index.js';
import { installExtension } from '../../../conformance/support/community-edition.js';
import { Sim, until } from '../../../conformance/support/sim.js';
import { exampleSpec } from '../../../domain/spec/example.js';
import { realize, type Realization } from './realized-node.js';

/** As systemd and the supervisor `process` do it: both files into the environment, then the program in its folder. */
const program = `
set -a
. "$1/conf/hivekeeper.env"
[ ! -e "$1/conf/hivekeeper-secrets.env" ] || . "$1/conf/hivekeeper-secrets.env"
exec java -Djava.net.preferIPv4Stack=true $JAVA_OPTS -cp "$2/*" com.hivemq.HiveMQServer`;

/** Where a rendered node listens, as the kernel has it. */
export interface Listening {
  readonly address: string;
  readonly port: number;
}

const parsePort = (hex: string): number => Number.parseInt(hex, 16);

/** Addresses of /proc/net/tcp are words in the order of the machine; those of tests are IPv4. */
const parseAddress = (hex: string): string =>
  (hex.match(/../g) ?? [])
    .map((byte) => Number.parseInt(byte, 16))
    .reverse()
    .join('.');

/** A node of a spec, rendered, laid under a folder of its own, and run by HiveMQ Community Edition. */
export class RenderedBroker {
  readonly home = mkdtempSync(path.join(tmpdir(), 'hivekeeper-rendered-'));
  private child: ChildProcess | undefined;

  /** @param addresses of this node's host: the one of its own, and its loopback */
  constructor(readonly addresses: readonly [own: string, loopback: string]) {}

  /** Addresses that nobody else uses, for one broker after the other. */
  static async addresses(): Promise<readonly [string, string]> {
    const network = await Sim.network(2);
    return [`${network}.1`, `${network}.2`];
  }

  get address(): string {
    return this.addresses[0];
  }

  get loopback(): string {
    return this.addresses[1];
  }

  /** The example with a change, on this broker's addresses. */
  spec(change: object): ClusterSpec {
    const example = exampleSpec();
    const [first, ...others] = example.hosts;
    const hosts = [{ ...first, address: this.address, loopback: this.loopback }, ...others];
    // The machine runs for seconds only: it need not become fast.
    const javaOptions = '-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC';
    const broker = { ...example.broker, home: this.home, javaOptions };
    const result = parseClusterSpec({ ...example, broker, hosts, ...change });
    if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
    return result.spec;
  }

  get realization(): Realization {
    return { home: this.home, addresses: [this.address], issuer: path.join(this.home, 'issuer'), secrets: {} };
  }

  async configure(change: object, secrets: Realization['secrets'] = {}): Promise<void> {
    const spec = this.spec(change);
    const manifest = rendererOf(spec).manifest(spec, ['n1', 'n2', 'n3'], 'n1');
    await realize(manifest, { ...this.realization, secrets });
  }

  get log(): string {
    const file = path.join(this.home, 'log', 'hivemq.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  letEverybodyIn(extension: string): void {
    installExtension(extension, this.home);
  }

  /** Starts the real broker. @param extension that lets every client in */
  async start({ jars, extension }: { jars: string; extension: string }): Promise<void> {
    this.letEverybodyIn(extension);
    // Nothing but what the files say and where Java is: a placeholder must not be filled by chance.
    const env = { PATH: process.env['PATH'] ?? '' };
    this.child = spawn('/bin/sh', ['-c', program, 'sh', this.home, jars], { stdio: 'ignore', env });
    const { child } = this;
    await until('the broker starts', () => {
      if (child.exitCode !== null) throw new Error(`the broker ended with ${child.exitCode}:\n${this.log}`);
      return this.log.includes('Started HiveMQ in ');
    });
  }

  /** What the process listens at: of all listening sockets those that it holds open. */
  get listening(): Listening[] {
    const folder = `/proc/${this.child?.pid ?? 0}/fd`;
    const own = new Set(
      readdirSync(folder).flatMap((name) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(path.join(folder, name)))?.[1] ?? [];
        } catch {
          // Closed meanwhile.
          return [];
        }
      }),
    );
    return readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A' && own.has(fields[9] ?? ''))
      .map(([, local = '']) => {
        const [address = '', port = ''] = local.split(':');
        return { address: parseAddress(address), port: parsePort(port) };
      })
      .sort((a, b) => a.port - b.port);
  }

  async remove(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}
