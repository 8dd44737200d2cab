import { describe, expect, it } from 'vitest';
import {
  approvalAsked,
  plannedUpgrade,
  refuseExtensions,
  unprovenWarnings,
} from '../../../src/domain/planning/index.js';
import type { OperationType } from '../../../src/domain/operations/index.js';
import { type ClusterSpec, parseClusterSpec, encodeClusterSpec } from '../../../src/domain/spec/index.js';
import { contextOf, draftOf, type World } from '../support/operate.js';
import { recordOf } from '../support/nodes.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';

const hosts = ['n1', 'n2', 'n3', 'n4'];
type Approval = ClusterSpec['policy']['upgrade']['approval'];

/** The spec with other top-level keys, by way of the same reading as a file. */
function changed(spec: ClusterSpec, keys: object): ClusterSpec {
  const read = parseClusterSpec(Object.assign({}, encodeClusterSpec(spec), keys));
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.spec;
}

function worldOf(keys: object = {}): World {
  const spec = changed(specWith({ hosts, nodes: 3 }), keys);
  return {
    cluster: new SimulatedCluster(hosts).settle(['n1', 'n2', 'n3'], '4.30.0'),
    record: recordOf(['n1', 'n2', 'n3']),
    spec,
  };
}

function planned(world: World, type: OperationType, input: object) {
  const { draft, spec } = draftOf(world, type, input);
  const context = contextOf({ ...world, spec });
  return { context, draft, upgrade: plannedUpgrade(context, draft.root) };
}
const upgradeTo = (world: World, version: string) => planned(world, 'rollingUpgrade', { version });

describe('the way of an upgrade', () => {
  it('leads from the oldest version to the new one, over every release between', () => {
    const world = worldOf();
    Object.assign(world.cluster.node('n2'), { version: '4.29.1', current: '4.29.1' });
    const { upgrade } = upgradeTo(world, '4.32.1');
    expect(upgrade).toMatchObject({ from: '4.29.1', to: '4.32.1' });
    expect(upgrade?.crossed.map(({ release }) => release)).toEqual(['4.30', '4.31', '4.32']);
    expect(upgrade?.guidesPage).toMatch(/^https:/);
  });

  it('is told by whatever operation brings the version', () => {
    const world = worldOf();
    const spec = changed(world.spec, { broker: { ...encoded(world.spec), version: '4.31.0' } });
    expect(planned({ ...world, spec }, 'applySpec', { spec: {} }).upgrade).toMatchObject({ to: '4.31.0' });
  });

  it('is none where no node gets a newer version', () => {
    expect(upgradeTo(worldOf(), '4.30.0').upgrade).toBeNull();
    expect(planned(worldOf(), 'rollingRestart', { reason: 'kernel' }).upgrade).toBeNull();
    expect(planned(worldOf(), 'scaleCluster', { nodes: 4 }).upgrade).toBeNull();
  });
});

describe('the approval that a policy asks for', () => {
  const asked = (approval: Approval, version: string): string | null => {
    const { context, upgrade } = upgradeTo(worldOf({ policy: { upgrade: { approval } } }), version);
    return approvalAsked(context.spec, upgrade);
  };

  it.each<[Approval, string, string | null]>([
    ['never', '4.32.1', null],
    ['when-releases-are-crossed', '4.32.1', 'policy.upgrade.approval is when-releases-are-crossed, and 2 are crossed'],
    ['always', '4.31.0', 'policy.upgrade.approval is always'],
    ['always', '4.30.0', null],
  ])('%s, to %s: %s', (approval, version, expected) => {
    expect(asked(approval, version)).toBe(expected);
  });

  it('is none for a patch release where releases alone count', () => {
    const upgrade = { from: '4.30.0', to: '4.30.1', crossed: [], guidesPage: 'https://example.org' };
    const specOf = (approval: Approval) =>
      changed(specWith({ hosts, nodes: 3 }), { policy: { upgrade: { approval } } });
    expect(approvalAsked(specOf('when-releases-are-crossed'), upgrade)).toBeNull();
    expect(approvalAsked(specOf('always'), upgrade)).not.toBeNull();
  });
});

describe('an extension that the spec brings', () => {
  const audit = (more: object) => ({ extensions: [{ id: 'audit', content: { stored: 'ab'.repeat(32) }, ...more }] });
  const refusal = (more: object, version: string): string => {
    const { context, draft } = upgradeTo(worldOf(audit(more)), version);
    try {
      refuseExtensions(context, draft);
      return 'planned';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  it.each([
    [{}, '4.32.1'],
    [{ requires: {} }, '4.32.1'],
    [{ requires: { minimum: '4.30.0', maximum: '4.32.1' } }, '4.32.1'],
    [{ requires: { maximum: '4.31.0' }, enabled: false }, '4.32.1'],
    // It comes with the package, and is replaced with it.
    [{ requires: { maximum: '4.31.0' }, content: undefined }, '4.32.1'],
    // Nothing is upgraded, and a restart makes nothing worse.
    [{ requires: { maximum: '4.29.0' } }, '4.30.0'],
  ])('goes along: %j to %s', (more, version) => {
    expect(refusal(more, version)).toBe('planned');
  });

  it.each([
    [
      { requires: { maximum: '4.31.0' } },
      /^prod: the extension audit goes with versions .* no newer than 4\.31\.0 \(extensions\[0\]\.requires\.maximum\), and 4\.32\.1 is asked for/,
    ],
    [{ requires: { minimum: '4.33.0' } }, /no older than 4\.33\.0 \(extensions\[0\]\.requires\.minimum\)/],
  ])('refuses before anything is touched: %j', (more, message) => {
    expect(refusal(more, '4.32.1')).toMatch(message);
  });

  it('is warned of where nobody says with which versions it goes', () => {
    const warnings = (more: object, version = '4.32.1') => {
      const { context, upgrade } = upgradeTo(worldOf(audit(more)), version);
      return unprovenWarnings(context, upgrade);
    };
    expect(warnings({})).toEqual([expect.stringMatching(/^nobody says with which versions of the broker audit goes/)]);
    expect(warnings({ requires: { maximum: '4.40.0' } })).toEqual([]);
    expect(warnings({ content: undefined })).toEqual([]);
    expect(warnings({}, '4.30.0')).toEqual([]);
  });
});

function encoded(spec: ClusterSpec): object {
  const whole: unknown = encodeClusterSpec(spec);
  const broker: unknown = typeof whole === 'object' && whole !== null ? Reflect.get(whole, 'broker') : {};
  return typeof broker === 'object' && broker !== null ? broker : {};
}
