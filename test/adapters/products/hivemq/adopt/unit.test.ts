import { describe, expect, it, onTestFinished } from 'vitest';
import { inspectInstallation } from '../../../../../src/adapters/products/hivemq/adopt/index.js';
import { SshHostPool } from '../../../../../src/adapters/ssh/index.js';
import { specOf } from '../../../../../src/render/products/hivemq/adopt.js';
import { installByHand } from '../../../../../src/sandbox/hosts/index.js';
import { mustSkip } from '../../../../support/requirements.js';
import { useStage } from '../../../../support/stage.js';
import { systemdHosts } from '../../../../support/systemd.js';
import { until } from '../../../../support/until.js';

const signal = new AbortController().signal;

describe.skipIf(mustSkip(await systemdHosts()))('a broker that a unit of somebody keeps', () => {
  const stage = useStage({ nodes: ['n1'], gates: [], recovery: [], systemd: true, accounts: 'separate' });

  it('is told with its unit and drop-ins, and said by a spec with references for its passwords', async () => {
    const [host] = stage().nodes;
    if (!host) throw new Error('There is one.');
    const made = await installByHand(host, { members: [host.address], start: 'unit' });
    await until(() => Promise.resolve(host.brokers().length === 1), 30_000);
    const { name, address, sshPort: port, user, privateKeyFile, become, hostKeyFingerprint } = host;
    const pool = new SshHostPool();
    onTestFinished(() => pool.close());
    const remote = await pool.connect({
      name,
      address,
      port,
      user,
      privateKeyFile,
      become,
      hostKeys: [hostKeyFingerprint],
    });
    const look = () => inspectInstallation(remote, { home: made.home, user: host.brokerUser, cluster: 'prod' }, signal);
    await until(async () => (await look()).ports.some((one) => one.port === 8889), 30_000);
    const found = await look();
    expect(found).toMatchObject({
      layout: 'link',
      realPath: made.versionFolder,
      version: made.version,
      supervision: { systemd: true, unit: { name: 'hivemq.service', enabled: true, active: true } },
      process: { pid: host.brokers()[0]?.pid, user: host.brokerUser },
    });
    expect(found.supervision.unit?.dropIns).toHaveLength(1);
    for (const secret of made.secrets) expect(JSON.stringify(found)).not.toContain(secret);
    const hosts = [{ name, address, hostKey: hostKeyFingerprint, loopback: address }];
    const request = {
      name: 'prod',
      broker: { product: 'hivemq' as const },
      ssh: { user, port, privateKey: { file: privateKeyFile }, become },
      hosts,
    };
    const packed = { [made.extension]: { sha256: 'a'.repeat(64), bytes: 1 } };
    const { spec, problems } = specOf(request, { [name]: found }, packed);
    expect(problems).toEqual([]);
    expect(spec).not.toHaveProperty('configOverride');
    expect(spec).toMatchObject({ broker: { supervisor: 'systemd', version: made.version }, nodes: 1 });
  });
});
