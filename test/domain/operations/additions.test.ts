import { describe, expect, it } from 'vitest';
import { isHivekeeperError } from '../../../src/domain/errors/index.js';
import type { ObservedExtension } from '../../../src/domain/observation/index.js';
import { operationDefinition, type OperationType, parseOperationInput } from '../../../src/domain/operations/index.js';
import { runnableSteps } from '../../../src/domain/plan/index.js';
import type { PlanContext } from '../../../src/domain/planning/index.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { recordOf } from '../support/nodes.js';
import { contextOf } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { product, specWith } from '../support/specs.js';

const members = ['n1', 'n2', 'n3'];
const content = { stored: 'ab'.repeat(32), name: 'acme-audit.zip' };
const { additions } = product;
const plain = specWith({ hosts: members, nodes: 3, gate: false });
const recorded = additions.withLicense(additions.withExtension(plain, { id: 'acme-audit', content }), {
  name: 'prod.lic',
  content,
});
const own: ObservedExtension = {
  id: 'hivemq-kafka-extension',
  version: '4.30.0',
  enabled: false,
  archive: null,
  said: null,
  line: null,
  bundled: true,
};

interface Setting {
  readonly before?: ClusterSpec;
  readonly previous?: ClusterSpec;
  /** Extensions that each member has; null: they could not be read. */
  readonly observed?: readonly (readonly ObservedExtension[] | null)[];
  /** Items that n2 still has. */
  readonly leftOver?: Readonly<Record<string, string>>;
}

function planned(type: OperationType, json: object, { before = recorded, previous, observed, leftOver }: Setting = {}) {
  const definition = operationDefinition(type);
  const input = parseOperationInput(type, { cluster: 'prod', ...json });
  const spec = definition.adjustSpec?.(before, input) ?? before;
  const cluster = new SimulatedCluster(members).settle(members, '4.30.0');
  const { restart, hot } = cluster.wanted('n2');
  if (leftOver) cluster.node('n2').items = { restart, hot: { ...hot, ...leftOver } };
  const record = { ...recordOf(members), spec: { ...before }, previous: previous ? { ...previous } : null };
  const context = contextOf({ cluster, record, spec, recorded: before });
  const nodes = context.observation.nodes.map((node, index) => ({
    ...node,
    extensions: observed?.[index] === undefined ? null : [...(observed[index] ?? [])],
  }));
  const seen: PlanContext = { ...context, observation: { ...context.observation, nodes } };
  return definition.plan(seen, input);
}

function refusal(...args: Parameters<typeof planned>): string {
  try {
    planned(...args);
  } catch (error) {
    if (isHivekeeperError(error, 'PlanRefused')) return error.message;
    throw error;
  }
  throw new Error('it was planned');
}

const everywhere = [[own], [own], [own]];

describe('what is added', () => {
  it('is in the plan by what tells it apart, and accepted into the record', () => {
    const draft = planned('addExtension', { id: 'acme-new', content });
    expect(draft.changes[0]).toBe(`extension acme-new: acme-audit.zip ${content.stored}`);
    expect(draft.warnings).toEqual([expect.stringContaining('put the same into the spec file too')]);
    const [accepted] = draft.accepts ?? [];
    expect(accepted).toMatchObject({
      type: 'specAccepted',
      spec: { extensions: [{ id: 'acme-audit' }, { id: 'acme-new' }] },
    });
  });

  it('is nothing when the record and all nodes have it', () => {
    const draft = planned('addLicense', { name: 'prod.lic', content });
    expect([draft.changes, draft.warnings, runnableSteps(draft.root)]).toEqual([[], [], []]);
  });
});

describe.each(['enableExtension', 'disableExtension'] as const)('%s', (type) => {
  it('takes one of the spec, whatever lies on the nodes', () => {
    expect(planned(type, { id: 'acme-audit' }, { observed: [[], [], []] })).toBeDefined();
  });

  it("takes one of the package's own that every member has, and puts it into the spec", () => {
    const { accepts } = planned(type, { id: own.id }, { observed: everywhere });
    expect(accepts).toMatchObject([
      { spec: { extensions: [{ id: 'acme-audit' }, { id: own.id, enabled: type === 'enableExtension' }] } },
    ]);
  });

  it('refuses one that no member has, and names what there is', () => {
    const message = refusal(type, { id: 'hivemq-kafka' }, { observed: everywhere });
    expect(message).toContain('the extension hivemq-kafka is on no member');
    expect(message).toContain('The spec has acme-audit; on its members are hivemq-kafka-extension.');
  });

  it('refuses one that some member lacks, and names it', () => {
    expect(refusal(type, { id: own.id }, { observed: [[own], [], [own]] })).toContain('is not on n2');
  });

  it('leaves it to the nodes where their folders could not be read', () => {
    expect(planned(type, { id: own.id })).toBeDefined();
  });
});

describe.each([
  ['removeExtension', { id: 'acme-audit' }, 'extensions/acme-audit'],
  ['removeLicense', { name: 'prod.lic' }, 'license/prod.lic'],
] as const)('%s', (type, json, key) => {
  it('goes on where an earlier run ended before every node was rid of it', () => {
    const draft = planned(type, json, { before: plain, leftOver: { [key]: 'old' } });
    expect(runnableSteps(draft.root).map(({ id }) => id)).toEqual(['n2/applySettings']);
  });

  it('has nothing to do when it was removed last', () => {
    const draft = planned(type, json, { before: plain, previous: recorded });
    expect([draft.changes, runnableSteps(draft.root)]).toEqual([[], []]);
  });

  it('refuses what neither the spec nor a node has, and names what there is', () => {
    const other = { id: 'acme', name: 'acme.lic' };
    const input = 'id' in json ? { id: other.id } : { name: other.name };
    expect(refusal(type, input)).toMatch(
      /its spec has no (extension acme; it has acme-audit|license acme\.lic; it has prod\.lic)$/,
    );
    expect(refusal(type, json, { before: plain })).toMatch(/it has none$/);
  });
});

describe('removeExtension', () => {
  it('refuses one of the package, and says that it can be disabled', () => {
    expect(refusal('removeExtension', { id: own.id }, { observed: everywhere })).toContain(
      'It can only be disabled: use disableExtension',
    );
    const before = additions.withExtensionEnabled(plain, own.id, true);
    expect(refusal('removeExtension', { id: own.id }, { before })).toContain('can only be disabled');
  });
});
