import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { MqttClient } from 'mqtt';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ClusterCheckName } from '../../../src/domain/checks/index.js';
import type { OperationType } from '../../../src/domain/operations/index.js';
import { openClient, untilConnected } from '../../../src/sandbox/fleet/mqtt-client.js';
import { until } from '../../support/until.js';
import { health } from './look.js';
import type { Scenario } from './scenario.js';

interface Operation {
  readonly type: OperationType;
  readonly input: object;
}

/** One way to break a check on a real stage, and what it blocks. */
export interface Breakable {
  /** What `check` is asked: `for` and its companions. */
  readonly asked: object;
  breaks(world: CheckWorld): void | Promise<void>;
  mends(world: CheckWorld): void | Promise<void>;
  /** The operation that must not act meanwhile, and how it does not; or why none is tried. */
  readonly blocks: (Operation & { readonly by: 'waiting' | 'refusing' }) | { readonly none: string };
}

/** A check that no stage can break by itself, and the test that breaks it. */
export interface Elsewhere {
  readonly why: string;
  readonly test: string;
}

/** The cluster of the test: n1 to n3 with two replicas, n4 spare. */
export class CheckWorld {
  private client: MqttClient | undefined;

  constructor(
    readonly scenario: () => Scenario,
    readonly cluster: string,
  ) {}

  /** The spec, its policy with more. */
  spec(policy: object = {}): Record<string, unknown> {
    const usual = { drain: { clientsPerSecond: 100, timeout: '1m' }, upgrade: { soak: '0s' } };
    return this.scenario().spec({
      ...{ name: this.cluster, version: '4.31.0' },
      overrides: {
        policy: { ...usual, ...policy },
        licenses: [{ name: 'prod.lic', content: { text: 'HIVEMQ-SIMULATED-LICENSE\n' }, covers: { nodes: 3 } }],
      },
    });
  }

  async apply(policy: object): Promise<void> {
    await this.scenario().complete('applySpec', { cluster: this.cluster, spec: this.spec(policy) });
  }

  file(host: string, name: string): string {
    return path.join(this.scenario().stage.host(host).home, name);
  }

  /** Changes the replica count that a node's own configuration names. */
  replicaCount(host: string, count: number): void {
    const file = this.file(host, 'conf/config.xml');
    const xml = readFileSync(file, 'utf8');
    writeFileSync(file, xml.replace(/<replica-count>\d+</, `<replica-count>${count}<`));
    if (xml === readFileSync(file, 'utf8')) throw new Error(`${file} names no replica count`);
  }

  logs(host: string, message: string): void {
    const now = new Date().toISOString().replace('T', ' ').replace('Z', '').replace('.', ',');
    appendFileSync(this.file(host, 'log/hivemq.log'), `${now} INFO  - ${message}\n`);
  }

  /** Has a broker begin a backup by its own REST API. */
  async backup(host: string): Promise<void> {
    const url = `http://${this.scenario().stage.host(host).address}:8888/api/v1/management/backups`;
    const answer = await fetch(url, { method: 'POST' });
    if (!answer.ok) throw new Error(`POST ${url}: ${answer.status}`);
  }

  /** One client on a node, past the gate. */
  async connect(host: string): Promise<void> {
    this.client = openClient({ host: this.scenario().stage.host(host).address, port: 1883 }, 'on-the-node');
    await untilConnected(this.client);
  }

  async disconnect(): Promise<void> {
    await this.client?.endAsync();
  }

  /** Opens or closes the way to nodes at the gate itself. */
  async gate(what: 'enable' | 'disable', ...hosts: string[]): Promise<void> {
    const { stage } = this.scenario();
    const program = path.join(stage.host('lb1').root, 'bin', 'gate');
    for (const host of hosts) {
      const target = what === 'enable' ? [`${stage.host(host).address}:1883`] : [];
      await promisify(execFile)(program, [what, host, ...target]);
    }
  }

  /** Until these nodes see a cluster of so many. */
  async settled(members: number, ...hosts: string[]): Promise<void> {
    const { stage } = this.scenario();
    await until(async () => {
      const all = await Promise.all(hosts.map((host) => health(stage.host(host))));
      return all.every((one) => one?.members === members && one.state === 'RUNNING');
    }, 60_000);
  }
}

const restart = { for: 'restart', node: 'n1' };
const restartN1 = { type: 'restartNode', input: { node: 'n1' } } as const;
const never = { maintenanceWindows: [{ cron: farAway(), timeZone: 'UTC', duration: '1m' }] };

/** The first of a month that is half a year away. */
function farAway(): string {
  return `0 0 1 ${((new Date().getUTCMonth() + 6) % 12) + 1} *`;
}

/** For each check of a cluster in motion how it is broken. */
export const checkCases: Readonly<Record<ClusterCheckName, Breakable | Elsewhere>> = {
  headroom: {
    asked: restart,
    breaks: ({ scenario }) => scenario().stage.host('n2').setLoad(81),
    mends: ({ scenario }) => scenario().stage.host('n2').setLoad(5),
    blocks: { ...restartN1, by: 'waiting' },
  },
  'backup-not-running': {
    asked: restart,
    breaks: async (world) => {
      await world.scenario().stage.host('n2').holdBackups(true);
      await world.backup('n2');
    },
    mends: ({ scenario }) => scenario().stage.host('n2').holdBackups(false),
    blocks: { ...restartN1, by: 'waiting' },
  },
  synchronized: {
    asked: restart,
    breaks: (world) => world.logs('n3', 'Starting cluster merge process'),
    mends: (world) => world.logs('n3', 'Finished cluster merge process successfully'),
    blocks: { ...restartN1, by: 'waiting' },
  },
  'balancer-capacity': {
    asked: restart,
    breaks: ({ scenario }) => scenario().stage.host('lb1').powerOff(),
    mends: async (world) => {
      await world.scenario().stage.host('lb1').powerOn();
      await until(() =>
        world.gate('enable', 'n1', 'n2', 'n3').then(
          () => true,
          () => false,
        ),
      );
    },
    blocks: { none: 'the plan looks at the gate itself first, and fails when that does not answer' },
  },
  'clients-can-move': {
    asked: restart,
    breaks: async (world) => {
      await world.connect('n1');
      await world.gate('disable', 'n2', 'n3');
    },
    mends: async (world) => {
      await world.gate('enable', 'n2', 'n3');
      await world.disconnect();
    },
    blocks: { none: 'an operation opens the way to the members that it does not disturb before it disturbs one' },
  },
  'license-covers': {
    asked: { for: 'scale' },
    breaks: () => undefined,
    mends: () => undefined,
    blocks: { type: 'scaleCluster', input: { nodes: 4 }, by: 'refusing' },
  },
  versions: {
    asked: { for: 'upgrade', version: '4.30.0' },
    breaks: () => undefined,
    mends: () => undefined,
    blocks: { type: 'rollingUpgrade', input: { version: '4.30.0' }, by: 'refusing' },
  },
  disk: {
    asked: restart,
    breaks: ({ scenario }) => scenario().stage.host('n1').fillDisk(1000),
    mends: ({ scenario }) => scenario().stage.host('n1').fillDisk(undefined),
    blocks: { ...restartN1, by: 'refusing' },
  },
  replicas: {
    asked: { for: 'decommission', node: 'n1' },
    breaks: (world) => world.replicaCount('n2', 3),
    mends: (world) => world.replicaCount('n2', 2),
    blocks: { type: 'decommissionNode', input: { node: 'n1' }, by: 'refusing' },
  },
  'replica-count': {
    asked: restart,
    breaks: (world) => world.replicaCount('n2', 1),
    mends: (world) => world.replicaCount('n2', 2),
    blocks: { ...restartN1, by: 'refusing' },
  },
  'maintenance-window': {
    asked: restart,
    breaks: (world) => world.apply(never),
    mends: (world) => world.apply({}),
    blocks: { ...restartN1, by: 'waiting' },
  },
  'really-gone': {
    // Before anything else a node out of sight fails `synchronized` and `max-unavailable` as well, as it should.
    asked: { for: 'recover' },
    breaks: ({ scenario }) => scenario().stage.host('n3').cutOff('refuse'),
    mends: async (world) => {
      await world.scenario().stage.host('n3').restore();
      await world.settled(3, 'n1', 'n2', 'n3');
    },
    blocks: { type: 'recoverCluster', input: {}, by: 'refusing' },
  },
  'max-unavailable': {
    asked: restart,
    breaks: async (world) => {
      await world.scenario().stage.host('n3').kill9('broker');
      await world.settled(2, 'n1', 'n2');
    },
    mends: async (world) => {
      await world.scenario().complete('restartNode', { cluster: world.cluster, node: 'n3' });
    },
    blocks: { ...restartN1, by: 'waiting' },
  },
  drained: {
    why: 'the steps before the stop bring it about themselves, and a client that stays is what a drain of its own is tested with',
    test: 'test/domain/checks/cluster-checks.test.ts',
  },
  'single-recovery-start': {
    why: 'which script starts a node is decided by the driver from what runs, so that no plan can ask for a wrong one',
    test: 'test/domain/checks/cluster-checks.test.ts',
  },
  'data-kept': {
    why: 'it needs nodes without a cluster, or so many dead ones that other checks fail as well',
    test: 'test/scenarios/independent-nodes.test.ts',
  },
  authentication: {
    why: 'it blocks nothing by its declaration: what it finds is set right by operations that must not wait for it',
    test: 'test/domain/checks/cluster-checks.test.ts',
  },
};
