import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  buildDistribution,
  buildExtension,
  buildRecoveryTool,
  javaStandIn,
} from '../../../src/sandbox/distribution/index.js';
import { unzip } from '../../../src/sandbox/wire/unzip.js';

/** Ports of a node, the same on every address. */
export const ports = { mqtt: 1883, cluster: 7800, rest: 8888, health: 8889 };

function free(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** A network of its own: 127.a.b, of which all addresses that a test uses have free ports. */
async function claimNetwork(nodes: number): Promise<string> {
  for (;;) {
    const pick = (): number => 2 + Math.floor(Math.random() * 249);
    const network = `127.${pick()}.${pick()}`;
    const checks = Array.from({ length: nodes }, (_, index) =>
      Object.values(ports).map((port) => free(`${network}.${index + 1}`, port)),
    );
    if ((await Promise.all(checks.flat())).every(Boolean)) return network;
  }
}

export interface SimOptions {
  nodes: number;
  version?: string;
  replicaCount?: number;
  heartbeat?: { interval: number; timeout: number };
}

/** A node of a simulated cluster: its installation, and its process while it runs. */
export class SimNode {
  readonly home: string;
  readonly data: string;
  process: ChildProcess | undefined;
  exitCode: Promise<number | null> | undefined;
  stderr = '';
  /** How often it was started. */
  starts = 0;

  constructor(
    readonly address: string,
    readonly root: string,
    readonly version: string,
    private readonly env: Record<string, string>,
  ) {
    this.home = path.join(root, `hivemq-${version}`);
    this.data = path.join(this.home, 'data');
  }

  get blockFile(): string {
    return path.join(this.root, 'blocked');
  }

  get journal(): { at: string; event: string; [key: string]: unknown }[] {
    const file = path.join(this.root, 'journal');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as { at: string; event: string });
  }

  get log(): string {
    const file = path.join(this.home, 'log', 'hivemq.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  get url(): string {
    return `mqtt://${this.address}:${ports.mqtt}`;
  }

  /** Starts run.sh or recovery.sh; the script's process becomes the broker. */
  start(script: 'run.sh' | 'recovery.sh' = 'run.sh', env: Record<string, string> = {}): void {
    this.starts += 1;
    const child = spawn(path.join(this.home, 'bin', script), [], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...this.env,
        HIVEMQ_SIM_JOURNAL: path.join(this.root, 'journal'),
        HIVEMQ_SIM_BLOCK: this.blockFile,
        ...env,
      },
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
    this.process = child;
    this.exitCode = new Promise((resolve) => child.once('exit', resolve));
  }

  /** Installs an extension of the stage, with the lines of its conf/config.properties. */
  async install(id: string, properties: readonly string[]): Promise<string> {
    const zip = await buildExtension(id, '4.0.0', path.join(this.root, `${id}.zip`));
    await unzip(zip.file, path.join(this.home, 'extensions'));
    const folder = path.join(this.home, 'extensions', id);
    writeFileSync(path.join(folder, 'conf', 'config.properties'), `${properties.join('\n')}\n`);
    return folder;
  }

  signal(signal: NodeJS.Signals): void {
    this.process?.kill(signal);
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal(signal);
    return (await this.exitCode) ?? null;
  }

  block(...addresses: string[]): void {
    writeFileSync(this.blockFile, addresses.join('\n'));
  }

  async request(
    method: string,
    target: string,
    api: 'rest' | 'health' = 'rest',
  ): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`http://${this.address}:${ports[api]}${target}`, { method });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: json ? (JSON.parse(text) as unknown) : text };
  }

  /** The members as the Health API of this node tells them; empty when it does not answer. */
  async members(): Promise<string[]> {
    try {
      const { body } = await this.request('GET', '/api/v1/health/cluster', 'health');
      return (body as { details: { 'cluster-nodes': string[] } }).details['cluster-nodes'];
    } catch {
      return [];
    }
  }

  countLines(text: string): number {
    return this.log.split('\n').filter((line) => line.includes(text)).length;
  }
}

/** A cluster of simulated brokers on addresses of its own, in a folder of its own. */
export class Sim {
  private constructor(
    readonly root: string,
    readonly nodes: SimNode[],
    readonly env: Record<string, string>,
    private readonly options: SimOptions,
  ) {}

  /** A free network 127.a.b for brokers of one's own. */
  static network(nodes: number): Promise<string> {
    return claimNetwork(nodes);
  }

  static async create(options: SimOptions): Promise<Sim> {
    const root = mkdtempSync(path.join(tmpdir(), 'hivekeeper-sim-'));
    const version = options.version ?? '4.30.0';
    const bin = path.join(root, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'java'), javaStandIn(process.execPath), { mode: 0o755 });
    const zip = await buildDistribution({ version, outFile: path.join(root, 'hivemq.zip') });
    const network = await claimNetwork(options.nodes);
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HIVEMQ_SIM_DEFAULT_BIND: `${network}.250` };
    const nodes: SimNode[] = [];
    for (let index = 1; index <= options.nodes; index += 1) {
      const home = path.join(root, `n${index}`);
      await unzip(zip.file, home);
      nodes.push(new SimNode(`${network}.${index}`, home, version, env));
    }
    const sim = new Sim(root, nodes, env, options);
    for (const node of nodes) sim.configure(node, nodes);
    return sim;
  }

  /** @param parts what replaces the inside of `<discovery>` and the `<listeners>`, and what is added to `<tcp>` */
  configure(
    node: SimNode,
    listed: readonly SimNode[],
    extra = '',
    parts: { discovery?: string; tls?: string; listeners?: string } = {},
  ): void {
    const { replicaCount = 2, heartbeat = { interval: 500, timeout: 2000 } } = this.options;
    const list = listed.map((one) => `<node><host>${one.address}</host><port>${ports.cluster}</port></node>`).join('');
    const api = (name: string, port: number): string =>
      `<${name}><enabled>true</enabled><listeners><http><port>${port}</port><bind-address>${node.address}</bind-address></http></listeners></${name}>`;
    const xml = `<?xml version="1.0"?>
<hivemq>
  ${parts.listeners ?? `<listeners><tcp-listener><port>${ports.mqtt}</port><bind-address>${node.address}</bind-address></tcp-listener></listeners>`}
  <cluster><enabled>true</enabled>
    <transport><tcp><bind-address>${node.address}</bind-address><bind-port>${ports.cluster}</bind-port>${parts.tls ?? ''}</tcp></transport>
    <discovery>${parts.discovery ?? `<static>${list}</static>`}</discovery>
    <replication><replica-count>${replicaCount}</replica-count></replication>
    <failure-detection><heartbeat><interval>${heartbeat.interval}</interval><timeout>${heartbeat.timeout}</timeout></heartbeat></failure-detection>
  </cluster>
  ${api('rest-api', ports.rest)}${api('health-api', ports.health)}${extra}
</hivemq>
`;
    writeFileSync(path.join(node.home, 'conf', 'config.xml'), xml);
  }

  node(index: number): SimNode {
    const node = this.nodes[index];
    if (!node) throw new Error(`There is no node ${index}.`);
    return node;
  }

  /** Starts nodes side by side and waits until each has `Started HiveMQ` and all see each other. */
  async startAll(nodes: readonly SimNode[] = this.nodes): Promise<void> {
    for (const node of nodes) node.start();
    await this.untilStarted(nodes);
    await this.untilMembers(nodes, nodes.length);
  }

  async untilStarted(nodes: readonly SimNode[]): Promise<void> {
    for (const node of nodes) {
      await until(`${node.address} starts`, () => node.countLines('Started HiveMQ in') >= node.starts, node);
    }
  }

  async untilMembers(nodes: readonly SimNode[], count: number): Promise<void> {
    for (const node of nodes)
      await until(`${node.address} has ${count} members`, async () => (await node.members()).length === count, node);
  }

  async recoveryTool(): Promise<string> {
    const zip = await buildRecoveryTool({ outFile: path.join(this.root, 'tool.zip') });
    await unzip(zip.file, this.root);
    return path.join(this.root, 'hivemq-recovery-tool', 'bin', 'hivemq-recovery-tool');
  }

  async remove(): Promise<void> {
    for (const node of this.nodes) {
      node.signal('SIGCONT');
      node.signal('SIGKILL');
      await node.exitCode;
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Waits until something holds; the deadline only ends a test that can no longer succeed. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, node?: SimNode): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!(await holds())) {
    if (Date.now() > deadline)
      throw new Error(`Waited in vain until ${what}.\n${node ? `${node.log}\n${node.stderr}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
