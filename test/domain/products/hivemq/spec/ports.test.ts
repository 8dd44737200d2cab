import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundPorts,
  choosePorts,
  hasOpenPorts,
  keepPorts,
  type HivemqSpec,
} from '../../../../../src/domain/products/hivemq/spec/index.js';
import { isHivekeeperError } from '../../../../../src/domain/errors/index.js';
import { nodeHosts, resolveHost } from '../../../../../src/domain/spec/index.js';
import { refusals, specOf } from '../../../../render/hivemq/support/rendered-cluster.js';

const portsOf = (spec: HivemqSpec) => {
  const [host] = nodeHosts(spec);
  if (!host) throw new Error('no host');
  return boundPorts(spec, resolveHost(spec, host)).map(({ what, protocol, port, range }) => ({
    what,
    protocol,
    port,
    range,
  }));
};
const secret = { env: 'SECRET' };
const prometheus = { id: 'hivemq-prometheus-extension' };

/** A spec with everything that binds a port. */
const everything = {
  cluster: {
    transport: { bindPort: 7800 },
    discovery: { type: 'broadcast' },
    failureDetection: { tcpHealthCheck: { bindPort: 9100, portRange: 50 } },
  },
  listeners: [
    { type: 'tcp', port: 1883 },
    { type: 'tls-tcp', port: 8883 },
    { type: 'websocket', port: 8000 },
    { type: 'tls-websocket', port: 8001 },
  ],
  tls: { issuer: 'internal-ca' },
  restApi: { enabled: true },
  healthApi: { enabled: true },
  controlCenter: { enabled: true, users: [{ name: 'admin', password: secret }], https: {} },
  jmx: { enabled: true },
  extensions: [prometheus],
};

describe('boundPorts', () => {
  it('are all that a node binds, ranges included', () => {
    expect(portsOf(specOf(everything))).toEqual(
      [
        { what: 'the tcp listener', protocol: 'tcp', port: 1883, range: 0 },
        { what: 'the tls-tcp listener', protocol: 'tcp', port: 8883, range: 0 },
        { what: 'the websocket listener', protocol: 'tcp', port: 8000, range: 0 },
        { what: 'the tls-websocket listener', protocol: 'tcp', port: 8001, range: 0 },
        { what: 'cluster transport', protocol: 'tcp', port: 7800, range: 0 },
        { what: 'broadcast discovery', protocol: 'udp', port: 8555, range: 5 },
        { what: 'the TCP health check', protocol: 'tcp', port: 9100, range: 50 },
        { what: 'the REST API', protocol: 'tcp', port: 8888, range: 0 },
        { what: 'the health API', protocol: 'tcp', port: 8889, range: 0 },
        { what: 'the Control Center', protocol: 'tcp', port: 8080, range: 0 },
        { what: 'the Control Center over HTTPS', protocol: 'tcp', port: 8443, range: 0 },
        { what: 'JMX', protocol: 'tcp', port: 9010, range: 0 },
        { what: 'the Prometheus extension', protocol: 'tcp', port: 9399, range: 0 },
      ].filter(({ what }) => what !== 'JMX' || !refusals(everything).join().includes('jmx')),
    );
  });

  it('are those of UDP, too', () => {
    const spec = specOf({ cluster: { transport: { type: 'udp' }, discovery: { type: 'multicast' } } });
    expect(portsOf(spec)).toContainEqual({ what: 'cluster transport', protocol: 'udp', port: 8000, range: 0 });
    expect(portsOf(spec)).toContainEqual({ what: 'multicast', protocol: 'udp', port: 45_588, range: 0 });
  });

  it.each([
    ['defaults', {}, 9399],
    ['its file', { 'conf/config.properties': { text: 'ip=127.0.0.1\nport=9400\nmetric_path=/metrics\n' } }, 9400],
    ['its old file', { 'prometheusConfiguration.properties': { text: 'port = 9401' } }, 9401],
    ['a file that cannot be read here', { 'conf/config.properties': { file: './prometheus.properties' } }, 9399],
  ])('the Prometheus extension by %s', (_name, files, port) => {
    const spec = specOf({ extensions: [{ ...prometheus, files }] });
    expect(portsOf(spec)).toContainEqual({ what: 'the Prometheus extension', protocol: 'tcp', port, range: 0 });
  });
});

describe('two things at one port', () => {
  it.each([
    [
      'REST API and health API',
      { restApi: { enabled: true, port: 8889 } },
      'healthApi.port: port 8889 is already that of the REST API; choose another',
    ],
    [
      'JMX and a listener',
      { jmx: { enabled: true, port: 1883 } },
      'jmx.port: port 1883 is already that of the tcp listener; choose another',
    ],
    [
      'Prometheus and the Control Center',
      { extensions: [{ ...prometheus, files: { 'conf/config.properties': { text: 'port=8080' } } }] },
      'extensions[0]: port 8080 is already that of the Control Center; choose another',
    ],
    [
      'Control Center over HTTP and HTTPS',
      {
        tls: { issuer: 'internal-ca' },
        controlCenter: { enabled: true, users: [{ name: 'a', password: secret }], https: { port: 8080 } },
      },
      'controlCenter.https.port: port 8080 is already that of the Control Center; choose another',
    ],
    [
      'a listener within the range of the health check',
      { cluster: { failureDetection: { tcpHealthCheck: { bindPort: 1800, portRange: 100 } } } },
      'cluster.failureDetection.tcpHealthCheck.bindPort: ports 1800 to 1900 and port 1883 of the tcp listener overlap; choose another',
    ],
  ])('%s', (_name, change, message) => {
    expect(refusals(change)).toContain(message);
  });

  it('of different protocols do not meet', () => {
    expect(refusals({ cluster: { discovery: { type: 'broadcast', port: 1883 } } })).toEqual([]);
  });
});

describe('choosePorts', () => {
  const open = {
    listeners: [
      { type: 'tcp', port: 0 },
      { type: 'tcp', port: 0, name: 'second' },
    ],
    restApi: { enabled: true, port: 0 },
  };
  const numbers = (spec: HivemqSpec) => [...spec.listeners.map(({ port }) => port), spec.restApi.port];
  const none = () => false;

  it('takes the first numbers that nothing uses', () => {
    const chosen = choosePorts(specOf(open), null, (port) => port === 20_001);
    expect(numbers(chosen)).toEqual([20_000, 20_002, 20_003]);
    expect(hasOpenPorts(chosen)).toBe(false);
  });

  it('keeps what the record has, by name, else by type and place, whatever listens there by now', () => {
    const recorded = choosePorts(specOf(open), null, none);
    const swapped = { ...open, listeners: [...open.listeners].reverse() };
    expect(numbers(choosePorts(specOf(open), recorded, () => true))).toEqual(numbers(recorded));
    expect(numbers(keepPorts(specOf(swapped), recorded))).toEqual([20_001, 20_000, 20_002]);
  });

  it('chooses for what is new alone', () => {
    const recorded = choosePorts(specOf(open), null, none);
    const more = {
      ...open,
      listeners: [...open.listeners, { type: 'websocket', port: 0 }],
      jmx: { enabled: true, port: 0 },
    };
    const chosen = choosePorts(specOf(more), recorded, none);
    expect(numbers(chosen)).toEqual([20_000, 20_001, 20_003, 20_002]);
    expect(chosen.jmx.port).toBe(20_004);
  });

  it('leaves numbers of the file alone, and avoids them', () => {
    const chosen = choosePorts(specOf({ ...open, healthApi: { enabled: true, port: 20_000 } }), null, none);
    expect(chosen.healthApi.port).toBe(20_000);
    expect(numbers(chosen)).not.toContain(20_000);
  });

  it('refuses a number of the record that the file gives to something else', () => {
    const recorded = choosePorts(specOf(open), null, none);
    const change = { ...open, healthApi: { enabled: true, port: 20_000 } };
    expect(() => choosePorts(specOf(change), recorded, none)).toThrow(/port 20000 is already that of the tcp listener/);
  });

  it('says so when no number is left', () => {
    const refusal = (() => {
      try {
        return choosePorts(specOf(open), null, () => true);
      } catch (error) {
        return error;
      }
    })();
    expect(isHivekeeperError(refusal, 'InvalidInput')).toBe(true);
  });

  it('never chooses a number twice, nor one that is taken, and is stable', () => {
    const kinds = fc.array(fc.constantFrom('tcp', 'websocket'), { minLength: 1, maxLength: 8 });
    const busy = fc.uniqueArray(fc.integer({ min: 20_000, max: 20_020 }));
    fc.assert(
      fc.property(kinds, busy, (types, taken) => {
        const spec = specOf({
          listeners: types.map((type) => ({ type, port: 0 })),
          healthApi: { enabled: true, port: 0 },
        });
        const chosen = choosePorts(spec, null, (port) => taken.includes(port));
        const all = portsOf(chosen).map(({ port }) => port);
        expect(new Set(all).size).toBe(all.length);
        expect(all.filter((port) => taken.includes(port))).toEqual([]);
        expect(choosePorts(spec, chosen, () => true)).toEqual(chosen);
      }),
    );
  });
});
