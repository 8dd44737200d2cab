import { describe, expect, it } from 'vitest';
import {
  type DiscoveryCheckName,
  discoveryCheckNames,
  discoveryChecks,
  type DiscoveryFacts,
  evaluateCheck,
  relevantDiscoveryChecks,
} from '../../../src/domain/checks/index.js';

const network = { interface: 'eth0', network: '10.0.0.0/24', broadcast: '10.0.0.255', multicast: true };

/** A cluster whose discovery works in every way at once. */
const sound: DiscoveryFacts = {
  reach: [{ from: 'n1', to: 'n2', outcome: 'open', reason: null }],
  datagrams: {
    type: 'multicast',
    group: '228.8.8.8',
    networks: [
      { name: 'n1', ...network },
      { name: 'n2', ...network },
    ],
    delivered: [{ from: 'n1', to: 'n2', arrived: true, reason: null }],
  },
  bucket: { askedBy: 'the worker', problem: null, untested: null, expires: null },
  announcements: { found: 2, missing: [], stale: [] },
  name: { name: 'nodes.example.org', addresses: ['10.0.0.1'], missing: [], problem: null },
  overruling: [],
  at: '2026-06-01T12:00:00.000Z',
};
const datagrams = (change: object) => ({ datagrams: { ...sound.datagrams, ...change } }) as Partial<DiscoveryFacts>;
const bucket = (change: object) => ({ bucket: { ...sound.bucket, ...change } }) as Partial<DiscoveryFacts>;

const failing: Readonly<Record<DiscoveryCheckName, readonly [string, Partial<DiscoveryFacts>, RegExp, string?][]>> = {
  'discovery-reach': [
    [
      'a firewall drops',
      { reach: [{ from: 'n1', to: 'n2', outcome: 'filtered', reason: 'n1 gets no answer' }] },
      /^n1 gets no answer/,
      'n1',
    ],
    [
      'a firewall rejects',
      { reach: [{ from: 'n2', to: 'n1', outcome: 'refused', reason: 'rejected' }] },
      /^rejected/,
      'n2',
    ],
    ['no way there', { reach: [{ from: 'n2', to: 'n1', outcome: 'no-route', reason: 'no route' }] }, /^no route/, 'n2'],
  ],
  'same-network': [
    [
      'another network',
      datagrams({
        networks: [
          { name: 'n1', ...network },
          { name: 'n2', ...network, network: '10.0.1.0/24' },
        ],
      }),
      /^is in network 10\.0\.1\.0\/24, n1 in 10\.0\.0\.0\/24/,
      'n2',
    ],
    [
      'an interface without multicast',
      datagrams({ networks: [{ name: 'n1', ...network, multicast: false }] }),
      /eth0 does not do multicast/,
      'n1',
    ],
    [
      'the broadcast address of another network',
      datagrams({ type: 'broadcast', group: '10.0.9.255', networks: [{ name: 'n1', ...network }] }),
      /^its network has the broadcast address 10\.0\.0\.255, not 10\.0\.9\.255/,
      'n1',
    ],
  ],
  datagrams: [
    [
      'packets are lost',
      datagrams({ delivered: [{ from: 'n1', to: 'n2', arrived: false, reason: 'does not arrive' }] }),
      /^does not arrive/,
      'n2',
    ],
  ],
  bucket: [
    ['a bucket that is none', bucket({ problem: 'Bucket b does not exist.' }), /^Bucket b does not exist/],
    [
      'a session that has ended',
      bucket({ expires: '2026-06-01T11:59:59Z' }),
      /^the temporary session ended at 2026-06-01T11:59:59Z/,
    ],
  ],
  announcements: [
    [
      'nobody at an announced address',
      { announcements: { found: 3, missing: [], stale: ['10.0.0.9:7800'] } },
      /10\.0\.0\.9:7800, where no member runs/,
    ],
    [
      'a member that is not announced',
      { announcements: { found: 1, missing: ['n2'], stale: [] } },
      /runs and is not announced/,
      'n2',
    ],
  ],
  'discovery-name': [
    [
      'a name that does not exist',
      { name: { name: 'x', addresses: [], missing: ['n1'], problem: null } },
      /^x has no address/,
    ],
    [
      'a server that is silent',
      { name: { name: 'x', addresses: [], missing: [], problem: 'did not answer' } },
      /^did not answer/,
    ],
  ],
  'discovery-settings': [
    [
      'a file that would win',
      { overruling: [{ host: 'n1', path: '/opt/x.properties' }] },
      /^\/opt\/x\.properties would win/,
      'n1',
    ],
  ],
};

describe.each(discoveryCheckNames)('%s', (name) => {
  it('holds where everything works', () => {
    expect(evaluateCheck(discoveryChecks[name], sound, []).map(({ status }) => status)).toEqual(['holds']);
  });

  it.each(failing[name])('fails for %s, with a remedy', (_case, change, reason, node) => {
    const [result] = evaluateCheck(discoveryChecks[name], { ...sound, ...change }, []);
    expect(result).toMatchObject({ status: 'fails', remedy: discoveryChecks[name].remedy, ...(node && { node }) });
    expect(result?.reason).toMatch(reason);
  });

  it('can be overridden with a reason', () => {
    const [, change] = failing[name][0] ?? ['', {}];
    const [result] = evaluateCheck(discoveryChecks[name], { ...sound, ...change }, [{ check: name, reason: 'a test' }]);
    expect(result).toMatchObject({ status: 'overridden' });
  });
});

describe('what could not be tried', () => {
  it('is no failure, and is said', () => {
    const facts: DiscoveryFacts = {
      ...sound,
      ...datagrams({ delivered: [{ from: 'n1', to: 'n2', arrived: null, reason: 'no interpreter' }] }),
      ...bucket({ untested: 'not tried: why' }),
      reach: [{ from: 'n1', to: 'n2', outcome: 'unknown', reason: 'not proven' }],
    };
    const found = (['discovery-reach', 'datagrams', 'bucket'] as const).map(
      (name) => evaluateCheck(discoveryChecks[name], facts, [])[0],
    );
    expect(found.map((result) => result?.status)).toEqual(['holds', 'holds', 'holds']);
    expect(found.map((result) => result?.reason)).toEqual([
      '0 connections tried, 1 not proven',
      '0 ways tried, 1 not proven',
      'not tried: why',
    ]);
  });

  it('of a static list nothing but the connections is asked', () => {
    const facts: DiscoveryFacts = { ...sound, datagrams: null, bucket: null, announcements: null, name: null };
    expect(relevantDiscoveryChecks(facts).map(({ name }) => name)).toEqual(['discovery-reach']);
    expect(relevantDiscoveryChecks({ ...facts, reach: [] })).toEqual([]);
  });
});
