import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isServing, missingListeners, readHealth } from '../../../../src/domain/products/hivemq/health.js';
import { readLiveConfig } from '../../../../src/domain/products/hivemq/live-config.js';

/** In the form of an answer of HiveMQ 4.36. */
function body(change: { status?: string; state?: string; running?: boolean } = {}): string {
  const { status = 'UP', state = 'RUNNING', running = true } = change;
  return JSON.stringify({
    status,
    components: {
      cluster: {
        status: 'UP',
        details: {
          'cluster-id': '2FVes',
          'cluster-nodes': ['fuD1n', 'dZIGZ'],
          'cluster-size': 2,
          'is-leave-replication-in-progress': false,
          'node-id': 'fuD1n',
          'node-state': state,
        },
      },
      info: { status: 'UP', details: { 'started-at': 1750147095405, version: '4.36.0' } },
      mqtt: {
        status: 'UP',
        components: {
          'mqtts-0': { status: 'UP', details: { 'bind-address': '0.0.0.0', 'is-running': running, port: 8883 } },
        },
      },
    },
    groups: ['liveness', 'readiness'],
  });
}
const serves = (text: string, readiness = 200, ports: readonly number[] = [8883]): boolean => {
  const health = readHealth(text, readiness);
  return health !== null && isServing(health, ports);
};

describe('the health of a node', () => {
  it('tells version, members and listeners', () => {
    expect(readHealth(body(), 200)).toMatchObject({
      version: '4.36.0',
      startedAt: 1750147095405,
      view: { nodeId: 'fuD1n', nodeState: 'RUNNING', members: ['dZIGZ', 'fuD1n'], leaveReplicationInProgress: false },
      listeners: [{ name: 'mqtts-0', address: '0.0.0.0', port: 8883, running: true }],
    });
  });

  it('is good enough to serve while only something else, such as an extension, is down', () => {
    expect(serves(body())).toBe(true);
    expect(serves(body({ status: 'DOWN' }))).toBe(true);
    expect(serves(body({ status: 'DEGRADED' }))).toBe(true);
  });

  it('is not while readiness, a listener or the cluster state is not', () => {
    expect(serves(body(), 503)).toBe(false);
    expect(serves(body({ running: false }))).toBe(false);
    expect(serves(body({ state: 'JOINING' }))).toBe(false);
    expect(serves(body(), 200, [8883, 1883])).toBe(false);
  });

  it('names the ports that nobody listens on', () => {
    const health = readHealth(body(), 200);
    expect(health && missingListeners(health, [1883, 8883])).toEqual([1883]);
  });

  it('never throws, whatever answers', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readHealth(text, 200)));
    expect(readHealth('<html>', 200)).toBeNull();
  });
});

describe("a node's own config.xml", () => {
  it('tells replica count and listeners', () => {
    const xml = `<?xml version="1.0"?><hivemq><listeners>
      <tcp-listener><port>1883</port></tcp-listener><tcp-listener><port>1884</port></tcp-listener>
      <websocket-listener><port>8000</port></websocket-listener></listeners>
      <cluster><replication><replica-count>3</replica-count></replication></cluster></hivemq>`;
    expect(readLiveConfig(xml)).toEqual({ replicaCount: 3, listenerPorts: [1883, 1884, 8000] });
  });

  it("knows the vendor's default and does not guess at a placeholder", () => {
    const cluster = (inner: string) => readLiveConfig(`<hivemq><cluster>${inner}</cluster></hivemq>`)?.replicaCount;
    expect(cluster('<enabled>true</enabled>')).toBe(2);
    expect(cluster('<replication><replica-count>${ENV:REPLICAS}</replica-count></replication>')).toBeNull();
  });

  it('is null for what is none', () => {
    expect(readLiveConfig('')).toBeNull();
    expect(readLiveConfig('<other/>')).toBeNull();
  });
});
