import { describe, expect, it } from 'vitest';
import {
  evaluateCheck,
  type HostCheckContext,
  hostCheckNames,
  hostChecks,
  type HostFacts,
  hostFactsSchema,
  javaMajor,
  type RecoveryHostContext,
  recoveryHostCheck,
} from '../../../src/domain/checks/index.js';

const good: HostFacts = hostFactsSchema.parse({
  host: 'n1',
  reachable: true,
  problem: null,
  privilege: { ok: true, found: 'hivemq' },
  java: 'openjdk version "17.0.9" 2023-10-17',
  openFiles: 65536,
  portsTaken: [],
  unreachablePeers: [],
  clockSkewMs: 3,
  freeBytes: 10e9,
  missingTools: [],
  noexec: false,
  sameFilesystem: true,
  belongsTo: null,
});

const contextOf = (facts: Partial<HostFacts>): HostCheckContext => ({
  facts: { ...good, ...facts },
  cluster: 'prod',
  minimumJava: 11,
  minimumOpenFiles: 1024,
  packageBytes: 1_000,
});

const nothingRead: Partial<HostFacts> = { java: null, openFiles: null, freeBytes: null, sameFilesystem: false };
const unreachable = { ...nothingRead, reachable: false, privilege: null };

type Name = (typeof hostCheckNames)[number];
const failing: Readonly<Record<Name, readonly [Partial<HostFacts>, RegExp][]>> = {
  'host-reachable': [
    [{ ...unreachable, problem: { kind: 'HostUnreachable', message: 'connection refused' } }, /connection refused/],
  ],
  'host-key': [
    [{ ...unreachable, problem: { kind: 'HostKeyMismatch', message: 'presents another key' } }, /another key/],
  ],
  privilege: [
    [{ ...nothingRead, privilege: { ok: false, found: 'sudo -n is refused' } }, /sudo -n is refused/],
    [{ ...nothingRead, privilege: null }, /not tested/],
  ],
  java: [
    [{ java: null }, /no java/],
    [{ java: 'java version "1.8.0_292"' }, /Java 11 or newer/],
    [{ java: 'what is this' }, /Java 11 or newer/],
  ],
  'open-files': [[{ openFiles: 1023 }, /the limit is 1023, 1024/]],
  'ports-free': [[{ portsTaken: [1883, 7800] }, /port 1883, 7800/]],
  'node-to-node': [[{ unreachablePeers: ['n2'] }, /no answer .* n2/]],
  'clock-skew': [
    [{ clockSkewMs: 2001 }, /2001 ms/],
    [{ clockSkewMs: -2001 }, /-2001 ms/],
  ],
  'host-disk': [[{ freeBytes: 3_999 }, /3999 bytes are free, 4000/]],
  tools: [[{ missingTools: ['tar'] }, /missing: tar/]],
  'executable-home': [[{ noexec: true }, /noexec/]],
  'same-filesystem': [[{ sameFilesystem: false }, /different filesystems/]],
  'name-free': [
    [{ belongsTo: { cluster: 'other', node: 'n1' } }, /node n1 of cluster other/],
    [{ belongsTo: { cluster: 'prod', node: 'n7' } }, /node n7 of cluster prod/],
  ],
};

const failuresOf = (facts: Partial<HostFacts>) =>
  hostCheckNames
    .flatMap((name) => evaluateCheck(hostChecks[name], contextOf(facts), []))
    .filter((result) => result.status === 'fails');

describe('the checks of a host', () => {
  it('all hold for a host that is ready, or has been this very node', () => {
    expect(Object.keys(hostChecks)).toEqual([...hostCheckNames]);
    expect(failuresOf({})).toEqual([]);
    expect(failuresOf({ belongsTo: { cluster: 'prod', node: 'n1' }, openFiles: null, clockSkewMs: null })).toEqual([]);
  });

  describe.each(hostCheckNames)('%s', (name) => {
    it.each(failing[name])('fails, alone, for %j', (facts, reason) => {
      const failures = failuresOf(facts);
      expect(failures.map((result) => result.check)).toEqual([name]);
      expect(failures[0]).toMatchObject({ node: 'n1', remedy: hostChecks[name].remedy });
      expect(failures[0]?.reason).toMatch(reason);
    });

    it('is passed over by name', () => {
      const context = contextOf(failing[name][0]?.[0] ?? {});
      const [result] = evaluateCheck(hostChecks[name], context, [{ check: name, reason: 'test bench' }]);
      expect(result?.status).toBe('overridden');
    });
  });

  it.each([
    ['openjdk version "17.0.9" 2023-10-17', 17],
    ['java version "1.8.0_292"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['openjdk 11.0.2', 11],
    ['nothing', null],
  ])('reads the version of Java in %s', (line, major) => {
    expect(javaMajor(line)).toBe(major);
  });
});

describe('a host to which Hivekeeper brings the Java', () => {
  it('needs none of its own', () => {
    for (const java of [null, 'openjdk version "1.8.0_292"']) {
      const [result] = evaluateCheck(hostChecks.java, { ...contextOf({ java }), minimumJava: null }, []);
      expect(result?.status).toBe('holds');
    }
  });
});

describe('the check of the recovery host', () => {
  const large: RecoveryHostContext = {
    host: 'rec1',
    isMember: false,
    cpus: 4,
    memoryBytes: 4_000_000_000,
    freeBytes: 2_500,
    dataBytes: 1_000,
  };

  it.each<[Partial<RecoveryHostContext>, RegExp]>([
    [{ isMember: true }, /^it is a member of the cluster$/],
    [{ cpus: 3 }, /^it has 3 CPUs/],
    [{ memoryBytes: 3_999_999_999 }, /^it has 3999999999 bytes of memory/],
    [{ freeBytes: 2_499 }, /^2499 bytes are free, 2500 are needed$/],
  ])('fails for %j', (change, reason) => {
    expect(evaluateCheck(recoveryHostCheck, large, [])).toMatchObject([{ status: 'holds' }]);
    const [result] = evaluateCheck(recoveryHostCheck, { ...large, ...change }, []);
    expect(result).toMatchObject({ status: 'fails', node: 'rec1' });
    expect(result?.reason).toMatch(reason);
  });
});
