import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyChange,
  emptyRecord,
  type Journal,
  type JournalEvent,
  journalReducer,
  type Membership,
  memberNames,
  type RecordChange,
  recordChangeSchema,
  type RecordState,
  recordStateSchema,
} from '../../../src/domain/record/index.js';

const host = fc.constantFrom('n1', 'n2', 'n3', 'n4');
const at = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z');
const version = fc.constantFrom('4.30.0', '4.31.0');

const change: fc.Arbitrary<RecordChange> = fc.oneof(
  fc.record({ type: fc.constant('joined' as const), host, version, at }),
  fc.record({ type: fc.constant('joined' as const), host, version, at }),
  fc.record({ type: fc.constant('left' as const), host, at, cordon: fc.boolean() }),
  fc.record({ type: fc.constant('uncordoned' as const), host }),
  fc.record({ type: fc.constant('replacing' as const), host, by: host, nodes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ type: fc.constant('replaced' as const), host }),
  fc.record({ type: fc.constant('countSet' as const), nodes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    type: fc.constant('packageStored' as const),
    version,
    item: fc.record({ sha256: fc.constantFrom('aa', 'bb'), bytes: fc.nat() }),
  }),
  fc.record({ type: fc.constant('specAccepted' as const), spec: fc.constant({ name: 'prod' }) }),
);

type Apply = (state: RecordState, one: RecordChange) => RecordState;

function expectMembership(before: Membership, one: RecordChange, after: Membership): void {
  const names = after.members.map((member) => member.host);
  expect(new Set(names).size).toBe(names.length);
  const cordoned = after.cordoned.map((entry) => entry.host);
  expect(new Set(cordoned).size).toBe(cordoned.length);
  const known = before.members.find((member) => 'host' in one && member.host === one.host);
  if (one.type === 'joined') {
    expect(after.members.find((member) => member.host === one.host)).toEqual({
      host: one.host,
      version: one.version,
      since: known?.since ?? one.at,
    });
  } else if (one.type === 'left') {
    expect(names).not.toContain(one.host);
    if (known && one.cordon) expect(cordoned).toContain(one.host);
    if (known) expect(after.nodes).toBeLessThanOrEqual(names.length);
    if (!known) expect(after).toEqual(before);
  } else if (one.type === 'uncordoned') {
    expect(cordoned).toEqual(before.cordoned.map((entry) => entry.host).filter((name) => name !== one.host));
  }
  // Nobody else comes, goes or changes place.
  const others = (membership: Membership) =>
    membership.members.filter((member) => !('host' in one) || member.host !== one.host);
  expect(others(after)).toEqual(others(before));
}

const anyRecord = (apply: Apply) =>
  fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
    let state = emptyRecord('prod');
    for (const one of changes) {
      expect(recordChangeSchema.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
      const after = apply(state, one);
      expectMembership(state.membership, one, after.membership);
      expect(apply(after, one)).toEqual(after);
      state = recordStateSchema.parse(JSON.parse(JSON.stringify(after)));
      expect(state).toEqual(after);
      expect(memberNames(state)).toEqual(state.membership.members.map((member) => member.host));
    }
  });

describe('the record', () => {
  it('keeps members by name, each once, whatever is reported twice', () => {
    fc.assert(anyRecord(applyChange), { numRuns: 2_000 });
  });

  it('lowers the count and cordons the host of a decommissioned node', () => {
    let state = emptyRecord('prod');
    const joined = (name: string): RecordChange => ({ type: 'joined', host: name, version: '4.30.0', at: 'now' });
    const changes: RecordChange[] = [{ type: 'countSet', nodes: 3 }, joined('n1'), joined('n2'), joined('n3')];
    for (const one of changes) state = applyChange(state, one);
    state = applyChange(state, { type: 'left', host: 'n2', at: 'later', cordon: true });
    expect(state.membership).toMatchObject({
      nodes: 2,
      cordoned: [{ host: 'n2', reason: 'decommissioned', at: 'later' }],
    });
    expect(memberNames(state)).toEqual(['n1', 'n3']);
    expect(applyChange(state, { type: 'uncordoned', host: 'n2' }).membership).toMatchObject({ nodes: 2, cordoned: [] });
  });

  const wrong: Readonly<Record<string, Apply>> = {
    'lists a node twice': (state, one) => {
      const after = applyChange(state, one);
      const { membership } = after;
      return one.type === 'joined'
        ? { ...after, membership: { ...membership, members: [...membership.members, ...membership.members.slice(-1)] } }
        : after;
    },
    'forgets to cordon': (state, one) => applyChange(state, one.type === 'left' ? { ...one, cordon: false } : one),
    'keeps the count': (state, one) => {
      const after = applyChange(state, one);
      const { nodes } = state.membership;
      return one.type === 'left' ? { ...after, membership: { ...after.membership, nodes } } : after;
    },
  };
  it.each(Object.entries(wrong))('is seen when it %s', (_, apply) => {
    expect(fc.check(anyRecord(apply), { numRuns: 2_000 }).failed).toBe(true);
  });
});

describe('the journal', () => {
  const id = fc.integer({ min: 0, max: 70 }).map((number) => `r${number}`);
  const entry = id.map((requestId) => ({
    requestId,
    workflowId: 'w',
    runId: requestId,
    operation: 'deployCluster',
    startedAt: 'then',
  }));
  const event: fc.Arbitrary<JournalEvent> = fc.oneof(
    fc.record({ type: fc.constant('begun' as const), entry }),
    fc.record({
      type: fc.constant('ended' as const),
      requestId: id,
      at: fc.constant('now'),
      outcome: fc.constantFrom('completed' as const, 'failed' as const, 'interrupted' as const),
      summary: fc.string(),
    }),
  );

  it('keeps the last fifty, each once, and how an operation first ended', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), (events) => {
        let journal: Journal = [];
        for (const one of events) {
          const after = journalReducer(journal, one);
          expect(journalReducer(after, one)).toEqual(after);
          expect(after.length).toBeLessThanOrEqual(50);
          expect(new Set(after.map(({ requestId }) => requestId)).size).toBe(after.length);
          for (const known of journal.filter(({ outcome }) => outcome !== undefined)) {
            const now = after.find(({ requestId }) => requestId === known.requestId);
            if (now) expect(now).toEqual(known);
          }
          journal = after;
        }
      }),
      { numRuns: 200 },
    );
  });

  it('begins anew when a later run asks under the same request, as after a reset', () => {
    const begun = { requestId: 'r', workflowId: 'w', runId: 'run1', operation: 'deployCluster', startedAt: 'then' };
    let journal = journalReducer([], { type: 'begun', entry: begun });
    journal = journalReducer(journal, { type: 'ended', requestId: 'r', at: 'now', outcome: 'failed', summary: 'no' });
    expect(journalReducer(journal, { type: 'begun', entry: { ...begun, runId: 'run2' } })).toEqual([
      { ...begun, runId: 'run2' },
    ]);
  });
});
