import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { logbackXml } from '../../../src/sandbox/distribution/texts.js';
import { installExtension } from './community-edition.js';
import { Sim, until } from './sim.js';

/** One broker without a cluster, real or simulated, in a folder of its own. */
export abstract class Subject {
  private readonly processes: ChildProcess[] = [];
  private seen = 0;

  protected constructor(
    readonly home: string,
    readonly address: string,
  ) {}

  protected abstract launch(): ChildProcess;
  abstract remove(): Promise<void>;
  /** Where the broker listens when it starts with its default configuration. */
  abstract get defaultAddress(): string;

  get log(): string {
    const file = path.join(this.home, 'log', 'hivemq.log');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(this.seen) : '';
  }

  get url(): string {
    return `mqtt://${this.address}:1883`;
  }

  get configFile(): string {
    return path.join(this.home, 'conf', 'config.xml');
  }

  configure(xml: string): void {
    writeFileSync(this.configFile, xml);
  }

  /** One TCP listener on the subject's own address. */
  configureListener(): void {
    this.configure(`<?xml version="1.0"?>
<hivemq><listeners><tcp-listener><port>1883</port><bind-address>${this.address}</bind-address></tcp-listener></listeners></hivemq>
`);
  }

  /** Starts a process and answers its exit code, once it has one. */
  start(): { process: ChildProcess; exit: Promise<number | null> } {
    const child = this.launch();
    this.processes.push(child);
    return { process: child, exit: new Promise((resolve) => child.once('exit', resolve)) };
  }

  async untilStarted(): Promise<void> {
    await until('the broker starts', () => this.log.includes('Started HiveMQ in '));
  }

  /** From here on `log` shows only what is new; a running broker keeps its file. */
  forgetLog(): void {
    this.seen += this.log.length;
  }

  protected async end(): Promise<void> {
    for (const child of this.processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  }
}

/** The simulation, started by its run.sh. */
export class Simulation extends Subject {
  private constructor(private readonly sim: Sim) {
    super(sim.node(0).home, sim.node(0).address);
  }

  static async create(): Promise<Simulation> {
    return new Simulation(await Sim.create({ nodes: 1 }));
  }

  get defaultAddress(): string {
    return this.address.replace(/\d+$/, '250');
  }

  protected launch(): ChildProcess {
    return spawn(path.join(this.home, 'bin', 'run.sh'), [], {
      stdio: 'ignore',
      // The real one looks at its stores every ten seconds.
      env: { ...this.sim.env, HIVEMQ_SIM_SSL_RELOAD: '200' },
    });
  }

  async remove(): Promise<void> {
    await this.end();
    await this.sim.remove();
  }
}

/** HiveMQ Community Edition itself. */
export class CommunityEdition extends Subject {
  private constructor(
    home: string,
    address: string,
    private readonly jars: string,
  ) {
    super(home, address);
  }

  static async create({ jars, extension }: { jars: string; extension: string }): Promise<CommunityEdition> {
    const home = mkdtempSync(path.join(tmpdir(), 'hivekeeper-ce-'));
    for (const folder of ['conf', 'data', 'log', 'extensions']) mkdirSync(path.join(home, folder));
    writeFileSync(path.join(home, 'conf', 'logback.xml'), logbackXml);
    installExtension(extension, home);
    const network = await Sim.network(1);
    return new CommunityEdition(home, `${network}.1`, jars);
  }

  get defaultAddress(): string {
    return '0.0.0.0';
  }

  protected launch(): ChildProcess {
    const options = ['-Xmx256m', '-Djava.net.preferIPv4Stack=true', `-Dhivemq.home=${this.home}`];
    return spawn('java', [...options, '-cp', path.join(this.jars, '*'), 'com.hivemq.HiveMQServer'], {
      stdio: 'ignore',
    });
  }

  async remove(): Promise<void> {
    await this.end();
    rmSync(this.home, { recursive: true, force: true });
  }
}
