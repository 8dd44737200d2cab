import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderBalancer, type RenderedBalancer, withSecret } from '../../../src/render/haproxy/index.js';
import { createNetwork, type Network, type NetworkHost, networkRequirement } from '../../support/network.js';
import { mustSkip } from '../../support/requirements.js';
import { programRequirement } from '../../support/service-requirements.js';
import { until } from '../../support/until.js';
import { balanced, hosts } from './specs.js';

const address = '10.98.0.100';
const skip = [
  networkRequirement(),
  ...['haproxy', 'keepalived'].map((name) => programRequirement(name, name)),
  programRequirement('setpriv', 'util-linux'),
];

const asUser = { ssh: { user: 'nobody', privateKey: { file: '/key' } } };
/** An account without rights, with what the unit gives it. */
const capabilities = '+net_admin,+net_raw,+setgid';
const asNobody = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'] as const;
const asUnit = [...asNobody, '--inh-caps', capabilities, '--ambient-caps', capabilities] as const;
/** A daemon that kept the pipes would never seem to end. */
const silent = ['sh', '-c', 'exec "$@" </dev/null >/dev/null 2>&1', 'sh'] as const;

interface Balancer {
  readonly machine: NetworkHost;
  readonly rendered: RenderedBalancer;
}

describe.skipIf(skip.map(mustSkip).includes(true))('the address of two balancers', () => {
  let folder = '';
  let network: Network;
  const balancers: Balancer[] = [];

  const has = async ({ machine }: Balancer): Promise<boolean> =>
    (await machine.run('ip', '-br', 'addr')).includes(`${address}/`);
  const startHaproxy = ({ machine, rendered }: Balancer): Promise<string> =>
    machine.run(...silent, ...asNobody, ...rendered.start);
  const endBy = (file: string): boolean => process.kill(Number(readFileSync(file, 'utf8')), 'SIGTERM');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-vip-'));
    chmodSync(folder, 0o755);
    const at = (name: 'lb1' | 'lb2', ip: string) => ({ ...hosts[name], address: ip, home: join(folder, name) });
    const carriers = [at('lb1', '10.98.0.1'), at('lb2', '10.98.0.2')];
    const vip = { address: `${address}/24`, interface: 'e0', authentication: { env: 'VRRP' } };
    const spec = balanced(
      { vip, maxConnections: 100 },
      { ...asUser, hosts: [hosts.n1, hosts.n2, hosts.n3, ...carriers] },
    );
    network = await createNetwork();
    for (const { name } of carriers) {
      const machine = await network.add(name);
      balancers.push({ machine, rendered: renderBalancer(spec, ['n1', 'n2', 'n3'], name) });
    }
    const ends = balancers.map(({ machine }, index) => ({
      host: machine,
      device: 'e0',
      address: `10.98.0.${index + 1}/24`,
    }));
    const [one, other] = ends;
    if (one && other) await network.cable([one, other]);
    for (const { machine, rendered } of balancers) {
      mkdirSync(rendered.home);
      const texts = rendered.secretFiles.map(({ path, template }) => ({
        path,
        content: withSecret(template, 'VRRP_PASSWORD', 'a#} $b'),
        mode: 0o600,
      }));
      for (const { path, content, mode } of [...rendered.files, ...texts])
        writeFileSync(join(rendered.home, path), content, { mode });
      execFileSync('chown', ['-R', 'nobody:nogroup', rendered.home]);
      await startHaproxy({ machine, rendered });
      const start = rendered.units[1]?.content.match(/^ExecStart=(.*)$/m)?.[1]?.split(' ') ?? [];
      void machine.run(...silent, ...asUnit, ...start).catch(() => undefined);
    }
  }, 60_000);

  afterAll(async () => {
    for (const { rendered } of balancers) {
      for (const file of ['keepalived.pid', 'haproxy.pid']) {
        try {
          endBy(join(rendered.home, file));
        } catch {
          // It has ended before.
        }
      }
    }
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is at one of them, moves when its HAProxy ends, and stays where it is when that is back', async () => {
    const [first, second] = balancers;
    if (!first || !second) throw new Error('two balancers are there');
    const holders = async (): Promise<boolean[]> => [await has(first), await has(second)];
    await until(async () => (await holders()).join() === 'true,false', 20_000);
    endBy(first.rendered.pidFile);
    await until(async () => (await holders()).join() === 'false,true', 20_000);
    await startHaproxy(first);
    expect(await holders()).toEqual([false, true]);
  }, 50_000);
});

describe('the password of the group', () => {
  it.each(['', 'a"b', 'a\nb', 'a\u007f'])('is refused where it would end its line: %j', (value) => {
    expect(() => withSecret('auth_pass "@{P}"', 'P', value)).toThrow(/choose another/);
  });
  it('is written as it is', () => {
    expect(withSecret('auth_pass "@{P}"', 'P', '$& #')).toBe('auth_pass "$& #"');
  });
});
