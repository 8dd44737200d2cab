import { posix } from 'node:path';
import path from 'node:path';
import { targetOf } from '../../../../../src/activities/cluster-session.js';
import { unpackOnHost } from '../../../../../src/adapters/archive/index.js';
import type {
  BrokerDriver,
  DrivenNode,
  HostPool,
  Progress,
  RemoteHost,
} from '../../../../../src/adapters/ports/index.js';
import { createHivemqDriver } from '../../../../../src/adapters/products/hivemq/index.js';
import { SshHostPool } from '../../../../../src/adapters/ssh/index.js';
import { ProcessSupervisor } from '../../../../../src/adapters/supervisor/index.js';
import {
  findHost,
  formatIssue,
  parseClusterSpec,
  type ClusterSpec,
  type ResolvedHost,
} from '../../../../../src/domain/spec/index.js';
import { rendererOf } from '../../../../../src/render/products/index.js';
import { createStage, makePackages, type Stage } from '../../../../../src/sandbox/stage/index.js';

const version = '4.30.0';

/** Progress that is kept. */
export function keptProgress(
  signal: AbortSignal = new AbortController().signal,
): Progress & { readonly said: string[] } {
  const said: string[] = [];
  return { signal, said, report: (what) => void said.push(what) };
}

/** Brokers on hosts of a stage, driven by the real driver over SSH; installed, not started. */
export class DrivenCluster {
  readonly driver: BrokerDriver;
  readonly supervisor = new ProcessSupervisor();

  private constructor(
    readonly stage: Stage,
    readonly spec: ClusterSpec,
    private readonly pool: HostPool,
    private readonly hosts: ReadonlyMap<string, RemoteHost>,
  ) {
    this.driver = createHivemqDriver({ supervisor: () => this.supervisor });
  }

  static async create(names: readonly string[]): Promise<DrivenCluster> {
    const stage = await createStage({ nodes: names, gates: [], recovery: ['rec1'] });
    const packages = await makePackages(path.join(stage.root, 'packages'), [version]);
    const listeners = [{ type: 'tcp', port: 1883, bindAddress: 'host' }];
    const parsed = parseClusterSpec(
      JSON.parse(JSON.stringify(stage.spec({ version, ...packages, overrides: { listeners } }))),
    );
    if (!parsed.ok) throw new Error(parsed.issues.map(formatIssue).join('\n'));
    const pool = new SshHostPool();
    const hosts = new Map<string, RemoteHost>();
    const cluster = new DrivenCluster(stage, parsed.spec, pool, hosts);
    const archive = packages.distribution.file.replace('{version}', version);
    const sha256 = packages.distribution.sha256[version] ?? '';
    await Promise.all(
      names.map(async (name) => {
        const host = await pool.connect(targetOf(cluster.resolved(name)));
        hosts.set(name, host);
        await cluster.install(name, host, archive, sha256, names);
      }),
    );
    return cluster;
  }

  private async install(
    name: string,
    host: RemoteHost,
    archive: string,
    sha256: string,
    members: readonly string[],
  ): Promise<void> {
    const { home } = this.resolved(name);
    const asUser = this.spec.broker.user;
    const folder = posix.join(home, `packages/hivemq-${version}`);
    await host.script('cd "$1" && mkdir -p packages conf data log license extensions backup .hivekeeper', [home], {
      asUser,
    });
    await unpackOnHost(host, archive, folder, { asUser, sha256 });
    const activate = 'cd "$1" && ln -s "packages/hivemq-$2" current && cp -R current/extensions/. extensions/';
    await host.script(activate, [home, version], { asUser });
    await this.configure(name, members);
  }

  async configure(name: string, members: readonly string[]): Promise<void> {
    for (const { path: file, content, mode } of rendererOf(this.spec).manifest(this.spec, members, name).files) {
      await this.host(name).writeFile(posix.join(this.resolved(name).home, file), content, {
        mode,
        asUser: this.spec.broker.user,
      });
    }
  }

  resolved(name: string): ResolvedHost {
    const host = findHost(this.spec, name);
    if (!host) throw new Error(`no host ${name}`);
    return host;
  }

  host(name: string): RemoteHost {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`no connection to ${name}`);
    return host;
  }

  /** A node as the driver takes it; all installed hosts are members unless named. */
  node(name: string, members: readonly string[] = [...this.hosts.keys()]): DrivenNode {
    const peers = members.filter((one) => one !== name).map((one) => ({ name: one, host: this.host(one) }));
    return { spec: this.spec, host: this.host(name), name, members, peers };
  }

  /** Runs a program as the broker's user in the node's home. */
  async inHome(name: string, program: string): Promise<string> {
    const { home } = this.resolved(name);
    const { stdout } = await this.host(name).script(`cd "$1" || exit 1\n${program}`, [home], {
      asUser: this.spec.broker.user,
    });
    return stdout;
  }

  async stop(): Promise<void> {
    await this.pool.close();
    await this.stage.stop();
  }
}
