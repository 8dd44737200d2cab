import { describe, expect, it } from 'vitest';
import { runnableSteps } from '../../../src/domain/plan/index.js';
import { type ClusterSpec, formatIssue, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { exampleSpec } from '../spec/example.js';
import { recordOf } from '../support/nodes.js';
import { draftOf, type World } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';

const members = ['n1', 'n2', 'n3'];

function worldOf(cluster: object, supervisor: 'process' | 'systemd'): World {
  const { broker, ...rest } = exampleSpec();
  const extensions = ['hivemq-s3-cluster-discovery-extension', 'hivemq-dns-cluster-discovery', 'own'].map((id) => ({
    id,
  }));
  const result = parseClusterSpec({ ...rest, broker: { ...broker, supervisor }, extensions, cluster });
  if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
  const spec: ClusterSpec = result.spec;
  return {
    cluster: new SimulatedCluster([...members, 'n4']).settle(members, '4.30.0'),
    record: recordOf(members),
    spec,
    recorded: spec,
  };
}

const told = (world: World) => ({
  joining: runnableSteps(draftOf(world, 'scaleCluster', { nodes: 4 }).draft.root).filter(
    ({ kind }) => kind === 'updateMembers',
  ).length,
  leaving: runnableSteps(draftOf(world, 'decommissionNode', { node: 'n2' }).draft.root).filter(
    ({ kind }) => kind === 'updateMembers',
  ).length,
});

const dynamic: readonly [string, object][] = [
  ['multicast', { transport: { type: 'udp' }, discovery: { type: 'multicast' } }],
  ['broadcast', { discovery: { type: 'broadcast' } }],
  ['an extension', { discovery: { type: 'extension', extension: 'own' } }],
  ['S3', { discovery: { type: 's3', bucketRegion: 'eu-central-1', bucketName: 'hivemq' } }],
  ['DNS', { discovery: { type: 'dns', discoveryAddress: 'nodes.example.org' } }],
];

describe('who is told when a node joins or leaves', () => {
  it.each(['process', 'systemd'] as const)('with a static list every other node is, under %s', (supervisor) => {
    expect(told(worldOf({ discovery: { type: 'static' } }, supervisor))).toEqual({ joining: 3, leaving: 2 });
  });

  it.each(dynamic)('with %s nobody is', (_name, cluster) => {
    expect(told(worldOf(cluster, 'process'))).toEqual({ joining: 0, leaving: 0 });
  });

  it.each(dynamic)('with %s only the guard of unattended starts under systemd is', (_name, cluster) => {
    expect(told(worldOf(cluster, 'systemd'))).toEqual({ joining: 3, leaving: 2 });
  });

  it('without a cluster nobody is', () => {
    expect(told(worldOf({ enabled: false }, 'systemd'))).toEqual({ joining: 0, leaving: 0 });
  });
});
