import { describe, expect, it, onTestFinished } from 'vitest';
import { probeDiscovery } from '../../../src/adapters/products/hivemq/probe-discovery.js';
import { type ProbeHost, probeTcp, readNetworks } from '../../../src/adapters/probe/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { clusterSchema } from '../../../src/domain/products/hivemq/spec/cluster/index.js';
import { useStage } from '../../support/stage.js';

const never = new AbortController().signal;

/** All hosts of a stage are addresses of one loopback interface, which delivers multicast and broadcast to itself. */
describe('probes between hosts of the stage', () => {
  const stage = useStage({ nodes: ['n1', 'n2', 'n3'], gates: [], recovery: [] });

  async function probed(): Promise<ProbeHost[]> {
    const pool = new SshHostPool();
    onTestFinished(() => pool.close());
    return Promise.all(
      stage().nodes.map(async (host) => {
        const { name, address, sshPort: port, user, privateKeyFile, become } = host;
        const target = { name, address, port, user, privateKeyFile, become, hostKeys: [host.hostKeyFingerprint] };
        return { name, address, host: await pool.connect(target) };
      }),
    );
  }

  /** What a probe has started on the hosts and has not ended. */
  const left = (): string[] =>
    stage().nodes.flatMap((host) =>
      host
        .processes()
        .map(({ cmdline }) => cmdline)
        .filter((line) => /python3|perl/.test(line)),
    );

  it('prove that all are in one network, with its ports open', async () => {
    const hosts = await probed();
    for (const { network, reason } of await readNetworks(hosts, never)) {
      expect([network, reason]).toEqual(['127.0.0.0/8', null]);
    }
    const results = await probeTcp(
      hosts.map((host) => ({ ...host, port: 7800 })),
      never,
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(Array<string>(6).fill('open'));
    expect(left()).toEqual([]);
  });

  it.each([{ transport: { type: 'udp' }, discovery: { type: 'multicast' } }, { discovery: { type: 'broadcast' } }])(
    'prove the packets of $discovery.type discovery',
    async (part) => {
      const results = await probeDiscovery(await probed(), clusterSchema.parse(part), never);
      expect(results).toHaveLength(6);
      for (const result of results) expect(result).toMatchObject({ arrived: true, reason: null });
      expect(left()).toEqual([]);
    },
  );

  it('send nothing where nodes find each other over TCP alone', async () => {
    const cluster = clusterSchema.parse({});
    expect(await probeDiscovery(await probed(), cluster, never)).toEqual([]);
  });
});
