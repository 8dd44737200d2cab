import { connectAsync, type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../../support/until.js';
import { keptProgress, useCluster } from './support/cluster.js';

describe('draining a node of real clients', () => {
  const cluster = useCluster(['n1', 'n2']);
  const count = 40;

  /** Clients with sessions that connect to n1 first and to the next node when they are cut off. */
  async function connect(servers: readonly string[], name: string): Promise<MqttClient> {
    const client = await connectAsync({
      servers: servers.map((host) => ({
        host: cluster().resolved(host).address,
        port: 1883,
        protocol: 'mqtt' as const,
      })),
      clientId: name,
      protocolVersion: 5,
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
      reconnectPeriod: 20,
    });
    client.on('error', () => undefined);
    onTestFinished(async () => client.endAsync(true));
    return client;
  }

  it('moves all of them to the other node with their sessions, and only them', async () => {
    const { driver } = cluster();
    const node = (name: string) => cluster().node(name);
    await Promise.all(['n1', 'n2'].map((name) => driver.start(node(name), 'run', keptProgress())));
    const names = Array.from({ length: count }, (_, index) => `drained/${index} ü`);
    await Promise.all([...names.map((name) => connect(['n1', 'n2'], name)), connect(['n2'], 'resident')]);
    expect(await driver.countClients(node('n2'))).toEqual({ n1: count, n2: 1 });
    const request = { clientsPerSecond: 200, timeout: 60_000, onTimeout: 'fail', publishWills: false } as const;
    const progress = keptProgress();
    expect(await driver.drain(node('n1'), request, progress)).toEqual({ moved: count, left: 0 });
    await until(async () => (await driver.countClients(node('n1')))['n2'] === count + 1);
    expect(await driver.countItems(node('n2'), keptProgress())).toMatchObject({ sessions: count + 1 });
    expect(progress.said.join()).not.toContain('drained/');
    expect(await driver.drain(node('n1'), request, progress)).toEqual({ moved: 0, left: 0 });
  });

  it('has nothing to do on a node that does not run', async () => {
    const { driver } = cluster();
    await driver.stop(cluster().node('n1'), keptProgress());
    const request = { clientsPerSecond: 1, timeout: 1, onTimeout: 'fail', publishWills: true } as const;
    expect(await driver.drain(cluster().node('n1'), request, keptProgress())).toEqual({ moved: 0, left: 0 });
  });
});
