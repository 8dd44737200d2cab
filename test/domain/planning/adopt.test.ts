import { describe, expect, it } from 'vitest';
import type { NodeIdentity } from '../../../src/domain/observation/index.js';
import { runnableSteps } from '../../../src/domain/plan/index.js';
import {
  adoptNodes,
  atNextStop,
  type FoundNode,
  type FoundPlace,
  nodeProblems,
  recordProblems,
  unsetSecrets,
} from '../../../src/domain/planning/index.js';
import { applyChange, emptyRecord } from '../../../src/domain/record/index.js';
import { outlineSpec } from '../../../src/domain/spec/index.js';
import { specWith } from '../support/specs.js';

const node = (change: Partial<FoundNode> = {}): FoundNode => ({
  ...{ host: 'n1', version: '4.30.0', unit: null, elsewhere: [], state: 'abc', lines: [] },
  process: { pid: 7, startTime: '99', user: 'hivemq' },
  ...change,
});
const place = (change: Partial<FoundPlace> = {}): FoundPlace => ({
  ...{ host: 'n1', identity: null, notWritable: [], dataProblem: null, linked: [], taken: [], rights: null },
  ...change,
});
const identity = (change: Partial<NodeIdentity>): NodeIdentity => ({
  ...{ cluster: 'prod', node: 'n1', token: 1, status: 'member', files: {}, movedData: [] },
  ...change,
});
const spec = (supervisor: 'systemd' | 'process' = 'process') => {
  const made = specWith({ hosts: ['n1'], nodes: 1 });
  return { name: 'prod', broker: { ...made.broker, user: 'hivemq', version: '4.30.0', supervisor } };
};
const problems = (
  found: Partial<FoundNode>,
  seen: Partial<FoundPlace> = {},
  supervisor: 'systemd' | 'process' = 'process',
): string[] => nodeProblems(spec(supervisor), node(found), place(seen), { home: '/opt/hivemq' });

describe('a node that was made by hand', () => {
  it('is taken as it runs where nothing stands against it', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ unit: 'hivemq.service' }, {}, 'systemd')).toEqual([]);
    expect(problems({}, { identity: identity({ layout: 'adopted' }) })).toEqual([]);
    expect(problems({}, { identity: identity({ cluster: 'other', status: 'retired' }) })).toEqual([]);
  });

  it.each<[string, Partial<FoundNode>, Partial<FoundPlace>]>([
    ['belongs to the cluster other', {}, { identity: identity({ cluster: 'other' }) }],
    ['in the care of prod already', {}, { identity: identity({}) }],
    ['does not run; start it', { process: null }, {}],
    ['runs as root, and broker.user is hivemq', { process: { pid: 7, startTime: '99', user: 'root' } }, {}],
    ['nothing says for certain which version', { version: null }, {}],
    ['it runs 4.29.0, and others 4.30.0', { version: '4.29.0' }, {}],
    ['kept by hivemq.service, which would start it again', { unit: 'hivemq.service' }, {}],
    [
      "rmdir /opt/hivemq/log; ln -s /var/log/hivemq /opt/hivemq/log'",
      { elsewhere: [{ name: 'log', path: '/var/log/hivemq' }] },
      {},
    ],
    ['must be within /opt/hivemq/data', { elsewhere: [{ name: 'data', path: '/srv/data' }] }, {}],
    ['is a link', {}, { dataProblem: 'its data folder is a link' }],
    ['/opt/hivemq/current is there', {}, { taken: ['current'] }],
    ['cannot change /opt/hivemq/conf', {}, { notWritable: ['/opt/hivemq/conf'] }],
  ])('is refused: %s', (words, found, seen) => {
    const all = problems(found, seen);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(/^n1: /);
    expect(all[0]).toContain(words);
  });

  it('may have a folder elsewhere that a link leads to', () => {
    const elsewhere = [{ name: 'log', path: '/var/log/hivemq' }];
    expect(problems({ elsewhere }, { linked: ['log'] })).toEqual([]);
  });
});

describe('the plan of an adoption', () => {
  const nodes = [node(), node({ host: 'n2', unit: 'hivemq.service' })];
  const joined = applyChange(emptyRecord('prod'), { type: 'joined', host: 'n1', version: '4.30.0', at: '2026-01-01' });

  it('has one step for each node, and looks at the cluster afterwards', () => {
    const { root } = adoptNodes(emptyRecord('prod'), { nodes });
    expect(runnableSteps(root).map(({ kind, node: host }) => [kind, host])).toEqual([
      ['adoptNode', 'n1'],
      ['adoptNode', 'n2'],
      ['verifyCluster', undefined],
    ]);
  });

  it('goes on with what is left, and is empty when nothing is', () => {
    expect(adoptNodes(joined, { nodes }).adopted.map(({ host }) => host)).toEqual(['n2']);
    const both = applyChange(joined, { type: 'joined', host: 'n2', version: '4.30.0', at: '2026-01-01' });
    expect(runnableSteps(adoptNodes(both, { nodes }).root)).toEqual([]);
  });

  it('takes members of its own for an adoption that goes on, and no others', () => {
    const adopted = place({ identity: identity({ layout: 'adopted' }) });
    expect(recordProblems(joined, nodes, [adopted])).toEqual([]);
    expect(recordProblems(joined, nodes, [place()])).toEqual(['n1 is a member of it already; use hivekeeper apply']);
    expect(recordProblems(joined, [], [])).toHaveLength(1);
  });

  it('tells what the next stops bring, missing rights included', () => {
    const told = atNextStop({ nodes, places: [place({ host: 'n2', rights: 'sudo refuses' })] });
    expect(told.join('\n')).toMatch(/hivemq\.service is stopped and disabled[^]*n2: sudo refuses/);
  });

  it('names the secrets that are not set, and only those', () => {
    const secret = { reference: 'A', where: ['config.xml: listener'], howToSet: 'set it', set: false };
    expect(unsetSecrets([secret, { ...secret, reference: 'B', set: true }])).toEqual([
      'the worker has no A (config.xml: listener); set it, before the next restart of a node',
    ]);
  });
});

describe('the outline of a spec', () => {
  const { name, ssh, hosts } = specWith({ hosts: ['n1'], nodes: 1 });
  const plain = {
    name,
    ssh: { user: ssh.user, privateKey: ssh.privateKey },
    hosts: hosts.map((host) => ({ ...host })),
  };

  it('needs neither version nor package nor the broker’s own keys', () => {
    expect(outlineSpec({ ...plain, broker: { product: 'hivemq' } })).toMatchObject({ ok: true });
    const sha256 = { '4.30.0': 'a'.repeat(64) };
    const read = outlineSpec({ ...plain, broker: { product: 'hivemq', package: { sha256 } } });
    expect(read).toMatchObject({ ok: true, spec: { broker: { version: '4.30.0' } } });
  });

  it('has the same words for what is wrong as a whole spec', () => {
    const read = outlineSpec({ ...plain, broker: { product: 'hivemq', hoem: '/opt' } });
    expect(read).toMatchObject({ ok: false, issues: [{ path: ['broker', 'hoem'] }] });
    expect(outlineSpec([])).toMatchObject({ ok: false });
  });
});
