import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { OperationReport, OperationType } from '../../../src/domain/operations/index.js';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import type { DnsServer } from '../../../src/sandbox/services/index.js';
import {
  clusterOf,
  type Combination,
  type DiscoveryWorld,
  nameOf,
  TRANSPORT_PORT,
  transports,
} from './discovery-world.js';
import { healthOf, serving } from './look.js';
import type { End } from './scenario.js';

export const VERSION = '4.30.0';

/** Everything that a test does to the clusters of a world, and looks at from outside. */
export class DiscoveryClusters {
  /** The workflows that ran. */
  readonly workflows: string[] = [];

  constructor(
    readonly world: DiscoveryWorld,
    private readonly dns: Pick<DnsServer, 'setRecords'>,
  ) {}

  async run(type: OperationType, cluster: string, more: object = {}): Promise<End> {
    const operation = await this.world.scenario.start(type, { cluster, ...more });
    this.workflows.push(operation.workflowId);
    return this.world.scenario.endOf(operation);
  }

  /** @throws Error with the failure's words when the operation does not complete */
  async complete(type: OperationType, one: Combination, more: object = {}): Promise<OperationReport> {
    const { report, failure } = await this.run(type, clusterOf(one), more);
    if (report === undefined) throw new Error(`${clusterOf(one)} ${type}: ${failure.kind}: ${failure.message}`);
    return report;
  }

  /** Gives the names of DNS discovery a record for each of these hosts, and no other. */
  pointTo(hostsOf: (one: Combination) => readonly Host[]): Promise<void> {
    const all = transports.map((transport): Combination => ({ discovery: 'dns', transport }));
    const records = all.map((one) => [nameOf(one), hostsOf(one).map(({ address }) => address)] as const);
    return this.dns.setRecords(Object.fromEntries(records));
  }

  /** Each of the hosts serves, and sees just them. */
  async expectTogether(hosts: readonly Host[]): Promise<void> {
    const all = Object.fromEntries(hosts.map(({ name }) => [name, serving(VERSION, hosts.length)]));
    expect(await healthOf(hosts)).toEqual(all);
  }

  /** The bucket announces these hosts, and nobody else. */
  expectAnnounced(one: Combination, hosts: readonly Host[]): void {
    const places = hosts.map(({ address }) => `${address}:${TRANSPORT_PORT}`);
    expect([...this.world.announced(one).values()].sort()).toEqual(places.sort());
  }
}

/** Those of the hosts that a node's own file names as members. */
export function listedOn(host: Host, hosts: readonly Host[]): string[] {
  const config = readFileSync(path.join(host.home, 'conf/config.xml'), 'utf8');
  const list = /<discovery>.*<\/discovery>/s.exec(config)?.[0] ?? '';
  return hosts.filter(({ address }) => list.includes(`>${address}<`)).map(({ name }) => name);
}
