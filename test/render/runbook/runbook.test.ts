import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { OperationType } from '../../../src/domain/operations/index.js';
import { sequence, type Plan, type PlanNode } from '../../../src/domain/plan/index.js';
import { type StepKind, steps } from '../../../src/domain/steps/index.js';
import { manuals, renderRunbook } from '../../../src/render/runbook/index.js';
import { recordOf } from '../../domain/support/nodes.js';
import { draftOf } from '../../domain/support/operate.js';
import { SimulatedCluster } from '../../domain/support/simulated-cluster.js';
import { specWith } from '../../domain/support/specs.js';

const hosts = ['n1', 'n2', 'n3', 'n4'];
const members = ['n1', 'n2', 'n3'];
const spec = specWith({ hosts, nodes: 3 });

function planOf(type: OperationType, json: object): Plan {
  const cluster = new SimulatedCluster(hosts).settle(members, '4.30.0');
  const { draft } = draftOf({ cluster, record: recordOf(members), spec }, type, json);
  return planWith(draft.root, draft.title, [...draft.members]);
}

function planWith(root: PlanNode, title = 'A plan', after = members): Plan {
  const nothing = { changes: [], warnings: [], checks: [] };
  return { operation: 'any', cluster: spec.name, title, ...nothing, members: after, root };
}

/** What a shell says of a script without running it; empty where all is well. */
function complaints(script: string): string {
  try {
    execFileSync('sh', ['-n'], { input: script, stdio: ['pipe', 'pipe', 'pipe'] });
    return '';
  } catch (error) {
    return String(error);
  }
}

/** One step of each kind, with the least that each takes. */
const label = 'recovery-1';
const least: Readonly<Partial<Record<StepKind, object>>> = {
  adoptNode: { host: 'n1', version: '4.30.0', unit: null, process: { pid: 1, startTime: '1' }, state: 'x' },
  collectNode: { host: 'n1', logBytes: 1000 },
  copyData: { host: 'n1', recoveryHost: 'rec1', label },
  dropNode: { host: 'n1', reason: 'forgotten' },
  importBackup: { host: 'n1', recoveryHost: 'rec1', label },
  moveData: { host: 'n1', label },
  noteVersion: { version: '4.31.0', spec: {} },
  packDiagnostics: { hosts: ['n1'], stamp: '1' },
  placeBackup: { host: 'n1', recoveryHost: 'rec1', label },
  removeArchives: { hosts: ['n1'] },
  requestArchives: { hosts: ['n1'] },
  restoreSpec: { spec: {} },
  rotateAuthority: { phase: 'begin', members },
  rotateCertificates: { host: 'n1', members, goal: 'renew' },
  runRecoveryTool: { recoveryHost: 'rec1', hosts: ['n1'], label },
  settleVersion: { version: '4.31.0', before: '4.30.0' },
  soakNode: { host: 'n1', version: '4.31.0', soak: 30_000, members },
  verifyCluster: { members },
  verifyRecovery: { host: 'n1', recoveryHost: 'rec1', label, members },
};
const common = {
  host: 'n1',
  version: '4.31.0',
  members,
  joins: false,
  purpose: 'restart',
  clientsMayStay: false,
  cordon: true,
};

describe('a runbook', () => {
  const kinds = Object.keys(steps).sort();

  it('knows every kind of step', () => {
    expect(Object.keys(manuals).sort()).toEqual(kinds);
  });

  it.each(kinds)('says how to do %s, in lines that a shell takes', (kind) => {
    const [, input] = Object.entries(least).find(([name]) => name === kind) ?? [kind, common];
    const step = { type: 'step' as const, id: `n1/${kind}`, kind, title: `Do ${kind}`, input: { ...input } };
    const script = renderRunbook(planWith(sequence('all', 'All', [step])), spec);
    expect(script).toContain(`# -- Do ${kind}`);
    expect(script).not.toContain('does not know how');
    expect(complaints(script)).toBe('');
    const said = script.slice(script.indexOf(`# -- Do ${kind}`));
    expect(said).toMatch(/^# (Do|Wait):$/m);
  });

  it.each<[OperationType, object]>([
    ['rollingUpgrade', { version: '4.31.0' }],
    ['decommissionNode', { node: 'n2' }],
    ['scaleCluster', { nodes: 4 }],
    ['rollingRestart', { reason: 'new limits' }],
  ])('of %s has its checks, its waits and the way back, and passes sh -n', (type, json) => {
    const script = renderRunbook(planOf(type, json), spec);
    expect(complaints(script)).toBe('');
    if (type !== 'scaleCluster')
      expect(script).toContain('# check synchronized: No member joins, merges or replicates');
    expect(script).toContain('To take it back:');
    expect(script).toMatch(/^until_serving n1 \d$/m);
  });

  it('says no secret and cannot be broken out of by a title', () => {
    const title = 'Restart\n rm -rf /';
    const step = { type: 'step' as const, id: 'x', kind: 'verifyCluster', title, input: { members } };
    const script = renderRunbook(planWith(step, title), spec);
    expect(script.split('\n').filter((line) => line.includes('rm -rf'))).toEqual(['#  rm -rf /', '#  rm -rf /']);
    expect(script).not.toContain('CONTROL_CENTER_PASSWORD=');
  });

  it('that no shell takes is seen', () => {
    expect(complaints('if true; then')).not.toBe('');
  });
});
