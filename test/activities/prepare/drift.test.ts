import { describe, expect, it } from 'vitest';
import { type Difference, type GivenNode } from '../../../src/activities/prepare/drift/difference.js';
import { extensionDifferences } from '../../../src/activities/prepare/drift/extensions.js';
import {
  contentDifferences,
  linkDifferences,
  storeDifferences,
  textDifferences,
} from '../../../src/activities/prepare/drift/files.js';
import { driftWarnings, withDrift } from '../../../src/activities/prepare/drift/index.js';
import { sha256, wantedItems } from '../../../src/activities/steps/manifest/wanted-items.js';
import { nodeIdentitySchema, type NodeObservation, unknownNode } from '../../../src/domain/observation/index.js';
import { sequence } from '../../../src/domain/plan/index.js';
import { planStep } from '../../../src/domain/steps/index.js';
import type { NodeManifest } from '../../../src/render/node-manifest.js';

const archive = 'ab'.repeat(32);
const own = { mode: 0o640, effect: 'hot' as const };
const manifest: NodeManifest = {
  secretFiles: [],
  variables: [],
  files: [{ path: 'conf/config.xml', content: '<hivemq/>', mode: 0o640, effect: 'restart' }],
  contents: [
    { path: 'license/prod.lic', content: { text: 'licensed' }, ...own },
    { path: 'extensions/on/conf/a.properties', content: { text: 'a=1' }, ...own },
  ],
  stores: [{ path: 'conf/tls/own.p12', source: { from: 'issued-key' }, effect: 'hot' }],
  extensions: [
    { id: 'on', content: { stored: archive }, enabled: true, effect: 'hot' },
    { id: 'off', content: null, enabled: false, effect: 'restart' },
    { id: 'perhaps', content: null, enabled: false, ifThere: true, effect: 'hot' },
  ],
  links: [{ path: 'extensions/on/conf/b.xml', target: 'conf/b.xml', effect: 'hot' }],
};
const wanted = wantedItems(manifest);
const identity = nodeIdentitySchema.parse({
  ...{ cluster: 'c', node: 'n1', token: 1, status: 'member' },
  files: { 'conf/config.xml': sha256('<hivemq/>') },
  items: wanted.restart,
  hot: wanted.hot,
  placed: ['extensions/on', 'extensions/before'],
});
const extension = { version: '1.0.0', enabled: true, archive: null, said: null, line: null, bundled: false };
const on = { ...extension, id: 'on', archive };
const off = { ...extension, id: 'off', enabled: false, bundled: true };
const asGiven: NodeObservation = {
  ...unknownNode('n1', ''),
  reachable: true,
  identity,
  files: {
    'conf/config.xml': sha256('<hivemq/>'),
    'license/prod.lic': sha256('licensed'),
    'extensions/on/conf/a.properties': sha256('a=1'),
    'conf/tls/own.p12': 'any',
  },
  links: { 'extensions/on/conf/b.xml': '../../../conf/b.xml' },
  extensions: [on, off],
};
const versions = new Map([['on', '1.0.0']]);

function differences(change: Partial<NodeObservation>, more: Partial<GivenNode> = {}): Difference[] {
  const given: GivenNode = { node: { ...asGiven, ...change }, identity, manifest, wanted, ...more };
  return [
    ...textDifferences(given, () => manifest.files),
    ...contentDifferences(given),
    ...storeDifferences(given),
    ...linkDifferences(given),
    ...extensionDifferences(given, versions),
  ];
}
const clauses = (change: Partial<NodeObservation>): string[] => differences(change).map(({ clause }) => clause);
const files = (change: Record<string, string | undefined>): Pick<NodeObservation, 'files'> => ({
  files: Object.fromEntries(
    Object.entries({ ...asGiven.files, ...change }).flatMap(([path, hash]) =>
      hash === undefined ? [] : [[path, hash] as const],
    ),
  ),
});

describe('a node', () => {
  it('that is as it was left differs in nothing', () => {
    expect(differences({})).toEqual([]);
    expect(differences({ extensions: null })).toEqual([]);
  });

  it.each<[string, Partial<NodeObservation>, string[]]>([
    ['a text changed', files({ 'conf/config.xml': 'x' }), ['conf/config.xml: changed by hand']],
    ['a text removed', files({ 'conf/config.xml': undefined }), ['conf/config.xml: removed by hand']],
    ['a license changed', files({ 'license/prod.lic': 'x' }), ['license/prod.lic: changed by hand']],
    ['a license removed', files({ 'license/prod.lic': undefined }), ['license/prod.lic: removed by hand']],
    ['a store removed', files({ 'conf/tls/own.p12': undefined }), ['conf/tls/own.p12: removed by hand']],
    ['a link removed', { links: {} }, ['extensions/on/conf/b.xml: is no link to conf/b.xml any more']],
    [
      'a link led elsewhere',
      { links: { 'extensions/on/conf/b.xml': '/tmp/b' } },
      ['extensions/on/conf/b.xml: leads to /tmp/b instead of conf/b.xml'],
    ],
    ['an extension missing', { extensions: [off] }, ['extensions/on: missing']],
    [
      'another archive',
      { extensions: [{ ...on, archive: null, version: '2.0.0' }, off] },
      ['extensions/on: version 2.0.0 lies there, and not from the archive of 1.0.0 in the spec'],
    ],
    [
      'another version laid over it',
      { extensions: [{ ...on, version: '2.0.0' }, off] },
      ["extensions/on: version 2.0.0 lies there instead of the spec's 1.0.0"],
    ],
    [
      'disabled by hand',
      { extensions: [{ ...on, enabled: false, said: 'stopped' }, off] },
      ['extensions/on: disabled on the node, by hand'],
    ],
    [
      'disabled by the broker',
      { extensions: [{ ...on, enabled: false, said: 'failed', line: 'Startup of "on"' }, off] },
      ['extensions/on: disabled on the node, by the broker: Startup of "on"'],
    ],
    [
      'given up by the broker',
      { extensions: [{ ...on, said: 'failed', line: 'ignoring on' }, off] },
      ['extensions/on: the broker gave up on it: ignoring on'],
    ],
    [
      'enabled by hand',
      { extensions: [on, { ...off, enabled: true }] },
      ['extensions/off: enabled on the node, and disabled in the spec'],
    ],
    [
      'one of somebody else',
      { extensions: [on, off, { ...extension, id: 'own' }, { ...extension, id: 'a b', enabled: false }] },
      ['extension own is there and not in the spec', 'extension "a b" is there, disabled, and not in the spec'],
    ],
    [
      "the package's own, one that the spec had, and no extension at all",
      {
        extensions: [
          ...[on, off, { ...extension, id: 'allow-all', bundled: true }, { ...extension, id: 'before' }],
          { ...extension, id: 'lost+found', version: null },
        ],
      },
      [],
    ],
  ])('%s', (_, change, told) => {
    expect(clauses(change)).toEqual(told);
  });

  it('that was adopted has extensions from wherever somebody took them', () => {
    const adopted = { ...identity, layout: 'adopted' as const };
    const change = { extensions: [{ ...on, archive: null, version: '2.0.0' }, off] };
    expect(differences(change, { identity: adopted })).toEqual([]);
    expect(differences({ extensions: [off] }, { identity: adopted })).toHaveLength(1);
  });

  it('says nothing of what its spec changes anyhow', () => {
    const changed = { ...wanted, hot: { ...wanted.hot, 'license/prod.lic': 'another', 'extensions/on': 'another' } };
    const change = { ...files({ 'license/prod.lic': 'x' }), extensions: [off] };
    expect(differences(change, { wanted: changed })).toEqual([]);
  });
});

describe('drift', () => {
  const observation = { cluster: 'c', at: '', nodes: [asGiven, { ...asGiven, host: 'n2' }] };
  const drift = new Map([
    [
      'n1',
      [
        { key: 'license/prod.lic', clause: 'license/prod.lic: removed by hand' },
        { key: 'conf/config.xml', clause: 'conf/config.xml: changed by hand' },
        { key: null, clause: 'extension own is there and not in the spec' },
      ],
    ],
  ]);

  it('marks exactly the items that bring it back, on that node alone', () => {
    const [first, second] = withDrift(observation, drift).nodes;
    expect(first?.drift).toHaveLength(3);
    const differing = (one: Readonly<Record<string, string>> = {}, other: Readonly<Record<string, string>> = {}) =>
      Object.keys(other).filter((key) => one[key] !== other[key]);
    expect(differing(first?.identity?.hot, wanted.hot)).toEqual(['license/prod.lic']);
    expect(differing(first?.identity?.items, wanted.restart)).toEqual(['conf/config.xml']);
    expect(second).toEqual(observation.nodes[1]);
  });

  it.each([
    [
      'nothing is done there',
      sequence('p', 'p', [planStep('applySettings', { host: 'n2', members: ['n1', 'n2'] })]),
      [
        'n1 differs otherwise: license/prod.lic: removed by hand; conf/config.xml: changed by hand; `hivekeeper apply` brings it back',
      ],
    ],
    [
      'the running node is given what is hot',
      sequence('p', 'p', [planStep('applySettings', { host: 'n1', members: ['n1', 'n2'] })]),
      [
        'n1 differs, and this brings it back: license/prod.lic: removed by hand',
        'n1 differs otherwise: conf/config.xml: changed by hand; `hivekeeper apply` brings it back',
      ],
    ],
    [
      'the node is configured anew',
      sequence('p', 'p', [planStep('configureNode', { host: 'n1', members: ['n1', 'n2'], version: '4.30.0' })]),
      ['n1 differs, and this brings it back: license/prod.lic: removed by hand; conf/config.xml: changed by hand'],
    ],
  ])('is told by a plan: %s', (_, root, told) => {
    expect(driftWarnings(drift, observation, root)).toEqual([
      ...told,
      'n1: extension own is there and not in the spec',
    ]);
  });
});
