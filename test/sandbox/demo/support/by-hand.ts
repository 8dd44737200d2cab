import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NodeSSH } from 'node-ssh';
import type { DemoOperations } from '../../../../src/sandbox/demo/operations.js';
import { createBrokerView } from '../../../../src/sandbox/fleet/index.js';
import type { Host } from '../../../../src/sandbox/hosts/index.js';
import type { Stage } from '../../../../src/sandbox/stage/index.js';
import { unzip } from '../../../../src/sandbox/wire/unzip.js';
import { until } from '../../../support/until.js';

export interface ByHandOptions {
  readonly stage: Stage;
  /** Path of the packages with `{version}`. */
  readonly packages: string;
  /** Folder with the unpacked recovery tool. */
  readonly tool: string;
  readonly pace: number;
}

const VERSION = '4.30.0';

/**
 * The five operations as a careful person does them with a shell, without the product: what the demo says about them
 * shows whether the demo is right.
 */
export function operationsByHand({ stage, packages, tool, pace }: ByHandOptions): DemoOperations {
  const members = new Set<string>();
  const view = createBrokerView(
    stage.nodes.map(({ name, address }) => ({ name, address, restPort: 8888, healthPort: 8889 })),
  );
  const shell = async (host: Host, command: string): Promise<void> => {
    const ssh = await new NodeSSH().connect({
      ...{ host: host.address, port: host.sshPort, username: host.user, privateKeyPath: host.privateKeyFile },
    });
    const { code, stderr } = await ssh.execCommand(command);
    ssh.dispose();
    if (code !== 0) throw new Error(`${command}: ${stderr}`);
  };
  const gate = (words: string): Promise<void> => shell(stage.host('lb1'), `gate ${words}`);
  const open = (name: string): Promise<void> => gate(`enable ${name} ${stage.host(name).address}:1883`);

  const start = async (name: string, version: string): Promise<void> => {
    const { home, address } = stage.host(name);
    const installed = path.join(home, `hivemq-${version}`);
    await unzip(packages.replace('{version}', version), home);
    await writeFile(path.join(installed, 'conf', 'config.xml'), config(address, stage.nodes));
    const env = `HIVEMQ_DATA_FOLDER=${home}/data HIVEMQ_BACKUP_FOLDER=${home}/backup`;
    await shell(stage.host(name), `${env} setsid ${installed}/bin/run.sh >/dev/null 2>&1 </dev/null &`);
    members.add(name);
  };
  const untilTogether = (): Promise<void> =>
    until(async () => {
      const sizes = await view.clusterSizes();
      return [...members].every((name) => sizes.get(name) === members.size);
    }, 60_000);
  const untilReady = (name: string): Promise<void> =>
    until(
      () =>
        stage
          .host(name)
          .journal()
          .filter(({ event }) => /start|ready/.test(event))
          .at(-1)?.event === 'ready',
      60_000,
    );
  const join = async (name: string, version: string): Promise<void> => {
    await start(name, version);
    await untilReady(name);
    await untilTogether();
    await open(name);
  };
  const drain = async (name: string): Promise<void> => {
    await gate(`disable ${name}`);
    const other = [...members].find((member) => member !== name) ?? name;
    for (const id of await view.clients()) {
      if ((await view.nodeOf(id)) !== name) continue;
      const url = `http://${stage.host(other).address}:8888/api/v1/mqtt/clients/${id}/connection?preventWillMessage=true`;
      await fetch(url, { method: 'DELETE' });
      await new Promise((resolve) => setTimeout(resolve, 1000 / pace));
    }
  };
  const stop = async (name: string): Promise<void> => {
    for (const { pid } of stage.host(name).brokers()) process.kill(pid, 'SIGTERM');
    await until(() => stage.host(name).brokers().length === 0, 60_000);
  };

  const work: Record<string, (input: Readonly<Record<string, unknown>>, cancelAt?: unknown) => Promise<void>> = {
    async deployCluster() {
      const names = ['n1', 'n2', 'n3'];
      for (const name of names) await start(name, VERSION);
      for (const name of names) await untilReady(name);
      await untilTogether();
      for (const name of names) await open(name);
    },
    scaleCluster: () => join('n4', VERSION),
    async decommissionNode({ node }) {
      const name = String(node);
      await drain(name);
      await stop(name);
      members.delete(name);
      await untilTogether();
    },
    async rollingUpgrade({ version }) {
      for (const name of [...members]) {
        await drain(name);
        await stop(name);
        await join(name, String(version));
      }
    },
    async recoverCluster(_input, cancelAt) {
      const dead = [...members].filter((name) => stage.host(name).brokers().length === 0);
      const alive = [...members].find((name) => !dead.includes(name)) ?? '';
      const saved: string[] = [];
      for (const name of dead) {
        const { home } = stage.host(name);
        await rename(path.join(home, 'data'), path.join(home, 'saved'));
        saved.push(path.join(home, 'saved'));
        members.delete(name);
      }
      for (const name of dead) await join(name, '4.31.0');
      if (cancelAt !== undefined) throw new Error('cancelled before the import');
      const { root } = stage.host('rec1');
      const copies = await Promise.all(
        saved.map(async (folder, index) => {
          await cp(folder, path.join(root, `copy-${index}`), { recursive: true });
          return path.join(root, `copy-${index}`);
        }),
      );
      const args = [...copies.map((folder) => `-i ${folder}`), `-e ${root}/export`].join(' ');
      await shell(stage.host('rec1'), `${tool}/hivemq-recovery-tool/bin/hivemq-recovery-tool ${args}`);
      const [file = ''] = await readdir(path.join(root, 'export'));
      const id = file.replace(/\.hivemq.*/, '');
      const target = path.join(stage.host(alive).home, 'backup', id);
      await mkdir(target, { recursive: true });
      await writeFile(path.join(target, file), await readFile(path.join(root, 'export', file)));
      const url = `http://${stage.host(alive).address}:8888/api/v1/management/backups/${id}`;
      await fetch(url, { method: 'POST' });
      await until(async () => (await (await fetch(url)).text()).includes('RESTORE_COMPLETED'), 60_000);
    },
  };
  return {
    async run(type, input, { cancelAt }) {
      const from = Date.now();
      const failure = await (work[type]?.(input, cancelAt) ?? Promise.reject(new Error(type))).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      const to = Date.now();
      const times = { type, seconds: (to - from) / 1000, from, to };
      return failure === undefined ? { ...times, status: 'completed' } : { ...times, status: 'failed', failure };
    },
    close: () => Promise.resolve(),
  };
}

function config(address: string, nodes: readonly Host[]): string {
  const list = nodes.map((node) => `<node><host>${node.address}</host><port>7800</port></node>`).join('');
  const api = (name: string, port: number): string =>
    `<${name}><enabled>true</enabled><listeners><http><port>${port}</port><bind-address>${address}</bind-address></http></listeners></${name}>`;
  return `<?xml version="1.0"?>
<hivemq>
  <listeners><tcp-listener><port>1883</port><bind-address>${address}</bind-address></tcp-listener></listeners>
  <cluster><enabled>true</enabled>
    <transport><tcp><bind-address>${address}</bind-address><bind-port>7800</bind-port></tcp></transport>
    <discovery><static>${list}</static></discovery>
    <replication><replica-count>2</replica-count></replication>
  </cluster>
  ${api('rest-api', 8888)}${api('health-api', 8889)}
</hivemq>
`;
}
