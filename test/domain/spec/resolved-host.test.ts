import { describe, expect, it } from 'vitest';
import {
  asHivemqSpec,
  boundPorts,
  healthEndpoint,
  restEndpoint,
  transportEndpoint,
} from '../../../src/domain/products/hivemq/spec/index.js';
import {
  findHost,
  nodeHosts,
  parseClusterSpec,
  type ClusterSpec,
  type ResolvedHost,
} from '../../../src/domain/spec/index.js';
import { exampleSpec } from './example.js';

function parsed(change: object = {}): ClusterSpec {
  const result = parseClusterSpec({ ...exampleSpec(), ...change });
  if (!result.ok) throw new Error(JSON.stringify(result.issues));
  return result.spec;
}

function host(spec: ClusterSpec, name: string): ResolvedHost {
  const found = findHost(spec, name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

describe('a host', () => {
  const [first, ...others] = exampleSpec().hosts;
  const spec = parsed({
    hosts: [
      {
        ...first,
        clusterAddress: '192.168.0.1',
        home: '/srv/broker',
        loopback: '127.1.2.3',
        ssh: { user: 'root', port: 2222, privateKey: { file: '/k' }, become: 'none' },
      },
      ...others,
    ],
  });

  it('takes over what it does not say itself', () => {
    expect(host(spec, 'n2')).toEqual({
      name: 'n2',
      address: '10.0.0.12',
      clusterAddress: '10.0.0.12',
      external: null,
      hostKeys: spec.hosts[1]?.hostKey,
      roles: ['node'],
      home: '/opt/hivemq',
      loopback: '127.0.0.1',
      ssh: { user: 'ops', port: 22, privateKeyFile: '~/.ssh/id_ed25519', become: 'sudo' },
    });
  });

  it('overrides the rest', () => {
    expect(host(spec, 'n1')).toMatchObject({
      address: '10.0.0.11',
      clusterAddress: '192.168.0.1',
      home: '/srv/broker',
      loopback: '127.1.2.3',
      ssh: { user: 'root', port: 2222, privateKeyFile: '/k', become: 'none' },
    });
  });

  it('may become a member only with the role node', () => {
    expect(nodeHosts(spec).map((one) => one.name)).toEqual(['n1', 'n2', 'n3', 'n4']);
    expect(findHost(spec, 'n9')).toBeUndefined();
  });

  it('has its APIs on its own loopback, and cluster transport on its cluster address', () => {
    const hivemq = asHivemqSpec(spec);
    expect(restEndpoint(hivemq, host(spec, 'n1'))).toEqual({ address: '127.1.2.3', port: 8888 });
    expect(healthEndpoint(hivemq, host(spec, 'n1'))).toEqual({ address: '127.1.2.3', port: 8889 });
    expect(transportEndpoint(hivemq, host(spec, 'n1'))).toEqual({ address: '192.168.0.1', port: 7800 });
  });

  it('reaches an API that listens everywhere by the loopback, and one that is off not at all', () => {
    const open = asHivemqSpec(parsed({ healthApi: { enabled: true, bindAddress: '0.0.0.0' }, restApi: {} }));
    expect(healthEndpoint(open, host(open, 'n1'))).toEqual({ address: '127.0.0.1', port: 8889 });
    expect(restEndpoint(open, host(open, 'n1'))).toBeNull();
  });

  it('knows every port that its broker binds', () => {
    const ports = boundPorts(asHivemqSpec(spec), host(spec, 'n1'));
    expect(ports.map(({ address, port }) => `${address}:${port}`)).toEqual([
      '0.0.0.0:1883',
      '192.168.0.1:7800',
      '127.1.2.3:8888',
      '127.1.2.3:8889',
      '127.1.2.3:8080',
    ]);
  });
});
