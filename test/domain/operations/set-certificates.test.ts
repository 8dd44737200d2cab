import { describe, expect, it } from 'vitest';
import { HivekeeperError } from '../../../src/domain/errors/index.js';
import { setCertificates } from '../../../src/domain/operations/set-certificates.js';
import { type PlanStep, runnableSteps } from '../../../src/domain/plan/index.js';
import type { PlanContext } from '../../../src/domain/planning/index.js';
import { asHivemqSpec, type HivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import { z } from 'zod';
import { encodeClusterSpec, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { recordOf } from '../support/nodes.js';
import { contextOf } from '../support/operate.js';
import { SimulatedCluster } from '../support/simulated-cluster.js';
import { specWith } from '../support/specs.js';

const plainSchema = z.record(z.string(), z.unknown());
const members = ['n1', 'n2', 'n3'];
const stored = (digit: string): { stored: string } => ({ stored: digit.repeat(64) });
const listener = (port: number, tls: object = {}) => ({ type: 'tls-tcp', port, bindAddress: 'host', tls });
const transportTls = { type: 'tcp', bindPort: 7800, bindAddress: 'host', tls: { enabled: true } };

interface Setting {
  readonly listeners?: readonly object[];
  readonly tls?: object;
  readonly transport?: object;
}

function specOf({
  listeners = [listener(8883)],
  tls = { issuer: 'internal-ca' },
  transport,
}: Setting = {}): HivemqSpec {
  const spec = asHivemqSpec(specWith({ hosts: members, nodes: 3, gate: false }));
  const cluster = transport ? { replicaCount: 2, discovery: { type: 'static' }, transport } : spec.cluster;
  const read = parseClusterSpec({ ...plainSchema.parse(encodeClusterSpec(spec)), listeners, tls, cluster });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return asHivemqSpec(read.spec);
}

function contextFor(spec: HivemqSpec): PlanContext {
  const cluster = new SimulatedCluster(members).settle(members, spec.broker.version);
  return contextOf({ cluster, record: recordOf(members), spec, recorded: spec });
}

const parse = (json: object) => setCertificates.input.parse({ cluster: 'prod', ...json });
const idsOf = (steps: readonly PlanStep[]): string[] => steps.map(({ id }) => id);
const planned = (context: PlanContext, json: object) => setCertificates.plan(context, parse(json));
const stepIds = (context: PlanContext, json: object): string[] => idsOf(runnableSteps(planned(context, json).root));

const adjusted = (spec: HivemqSpec, json: object): HivemqSpec =>
  asHivemqSpec(setCertificates.adjustSpec?.(spec, parse(json)) ?? spec);
const rotated = members.map((host) => `${host}/rotateCertificates`);

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof HivekeeperError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  throw new Error('it was taken');
}

describe('input of setCertificates', () => {
  const pair = { certificate: stored('a'), privateKey: stored('b') };
  it.each<[string, object, string]>([
    ['nothing to do', {}, 'give key material'],
    ['two things at once', { renew: true, rotateCa: 'begin' }, 'one of them'],
    ['material and a renewal', { ...pair, renew: true }, 'one of them'],
    ['a certificate without its key', { certificate: stored('a') }, 'certificate and privateKey go together'],
    ['a key without its certificate', { privateKey: stored('b') }, 'certificate and privateKey go together'],
    ['a keystore and a pair', { ...pair, keystore: stored('c') }, 'goes without certificate and privateKey'],
    [
      'two forms of trust',
      { truststore: stored('c'), trustedCertificates: stored('d') },
      'goes without trustedCertificates',
    ],
    ['a listener without material', { renew: true, listener: 'x' }, 'goes with given key material only'],
    ['a key within the input', { certificate: stored('a'), privateKey: { text: 'key' } }, 'key material is one of'],
  ])('refuses %s', (_, json, sentence) => {
    const result = setCertificates.input.safeParse({ cluster: 'prod', ...json });
    expect(JSON.stringify(result.error?.issues.map(({ message }) => message))).toContain(sentence);
  });

  it('takes one of them', () => {
    for (const json of [pair, { renew: true }, { rotateCa: 'finish' }, { trustedCertificates: stored('a') }]) {
      expect(setCertificates.input.safeParse({ cluster: 'prod', ...json }).success).toBe(true);
    }
  });
});

describe('given material in the spec', () => {
  const pair = { certificate: stored('a'), privateKey: stored('b') };
  const secret = { env: 'STORE' };
  const keystore = { content: stored('c'), password: secret };

  it('stands at the one listener that was named, by name, type and port, or port', () => {
    const spec = specOf({ listeners: [listener(8883), { ...listener(8884, { keystore }), name: 'inner' }] });
    for (const name of ['inner', 'tls-tcp:8884', '8884']) {
      expect(adjusted(spec, { ...pair, listener: name }).listeners).toMatchObject([
        { port: 8883, tls: { clientAuthenticationMode: 'NONE' } },
        { port: 8884, tls: { keystore: pair } },
      ]);
    }
  });

  it('stands at all listeners that had the same', () => {
    const spec = specOf({ listeners: [listener(8883, { keystore }), listener(8884, { keystore })] });
    const stores = adjusted(spec, { keystore: stored('d') }).listeners.map((one) => 'tls' in one && one.tls.keystore);
    // The password stays what it was, so that running brokers take the new file up.
    expect(stores).toEqual([
      { content: stored('d'), password: secret },
      { content: stored('d'), password: secret },
    ]);
  });

  it('is refused with what to write instead', () => {
    const different = specOf({ listeners: [listener(8883), listener(8884, { keystore })] });
    expect(refusal(() => adjusted(different, pair))).toBe(
      'InvalidInput: prod: its listeners have different key material; name one of them: tls-tcp:8883, tls-tcp:8884',
    );
    const plain = specOf({ listeners: [listener(8883), { type: 'tcp', port: 1883 }] });
    expect(refusal(() => adjusted(plain, { ...pair, listener: '1883' }))).toContain('the listener 1883 has no TLS');
    expect(refusal(() => adjusted(plain, { ...pair, listener: 'x' }))).toContain('no listener is called x');
    expect(refusal(() => adjusted(plain, { keystore: stored('a') }))).toContain('needs its password');
    const without = specOf({ listeners: [{ type: 'tcp', port: 1883 }] });
    expect(refusal(() => adjusted(without, pair))).toContain('no listener has TLS');
  });

  it('is brought to the first node, then to the others one by one; the record keeps the spec of before if the first fails', () => {
    const context = contextFor(specOf());
    const hot = { ...context.items['n1']?.hot, 'conf/tls/listener-8883.p12': 'new' };
    const items = Object.fromEntries(
      members.map((host) => [host, { restart: context.items[host]?.restart ?? {}, hot }]),
    );
    const draft = planned({ ...context, items }, pair);
    const [first, ...others] = runnableSteps(draft.root);
    expect(idsOf([...(first ? [first] : []), ...others])).toEqual(rotated);
    expect(first?.undo).toMatchObject({ kind: 'restoreSpec', until: 'certificates-others' });
    expect(others.every(({ undo }) => undo === undefined)).toBe(true);
    expect(draft.accepts).toMatchObject([{ type: 'specAccepted' }]);
    expect(draft.changes).toContain(`new privateKey: stored ${'b'.repeat(64)}`);
  });

  it('asks for a restart where the broker was started with another password', () => {
    const context = contextFor(specOf());
    const items = Object.fromEntries(
      members.map((host) => [
        host,
        { restart: { 'variable HIVEKEEPER_X': 'new' }, hot: context.items[host]?.hot ?? {} },
      ]),
    );
    const ids = stepIds({ ...context, items }, pair);
    expect(ids.filter((id) => id.endsWith('/stopNode'))).toHaveLength(3);
    expect(ids.indexOf('n1/verifyCertificates')).toBeLessThan(ids.indexOf('n2/stopNode'));
    expect(ids).not.toContain('n1/rotateCertificates');
  });
});

describe('what the issuer makes', () => {
  it('is renewed hot where listeners alone have it', () => {
    expect(stepIds(contextFor(specOf()), { renew: true })).toEqual(rotated);
  });

  it('is renewed hot, then rolled, where cluster transport has it too', () => {
    const ids = stepIds(contextFor(specOf({ transport: transportTls })), { renew: true });
    expect(ids.slice(0, 3)).toEqual(rotated);
    expect(ids.filter((id) => id.endsWith('/startNode'))).toHaveLength(3);
  });

  it.each([
    ['begin', 0],
    ['switch', 3],
    ['finish', 0],
  ])('goes through %s of a change of the CA', (rotateCa, hot) => {
    const plain = stepIds(contextFor(specOf()), { rotateCa });
    expect(plain).toEqual(['cluster/rotateAuthority', ...rotated.slice(0, hot)]);
    const rolled = stepIds(contextFor(specOf({ transport: transportTls })), { rotateCa });
    expect(rolled.filter((id) => id.endsWith('/startNode'))).toHaveLength(3);
  });

  it('is nobody where the spec names its own', () => {
    const keystore = { content: stored('c'), password: { env: 'STORE' } };
    const files = specOf({ listeners: [listener(8883, { keystore })], tls: { issuer: 'files' } });
    expect(refusal(() => planned(contextFor(files), { renew: true }))).toContain(
      'PlanRefused: prod: no certificate of it is issued',
    );
  });

  it('goes on where a run before it stopped, and begins anew after one that completed', () => {
    const context = contextFor(specOf());
    const entry = {
      requestId: 'r1',
      workflowId: 'w',
      runId: 'x',
      operation: 'setCertificates',
      token: 4,
      startedAt: '',
    };
    const observation = {
      ...context.observation,
      nodes: context.observation.nodes.map((node) =>
        node.host === 'n1' && node.identity
          ? { ...node, identity: { ...node.identity, certificates: { token: 4, goal: 'renew', done: true } } }
          : node,
      ),
    };
    const after = (outcome: 'failed' | 'completed'): PlanContext => ({
      ...context,
      observation,
      record: { ...context.record, journal: [{ ...entry, outcome, endedAt: '', summary: '' }] },
    });
    expect(stepIds(after('failed'), { renew: true })).toEqual(rotated.slice(1));
    expect(stepIds(after('completed'), { renew: true })).toEqual(rotated);
    expect(stepIds(after('failed'), { rotateCa: 'switch' })).toEqual(['cluster/rotateAuthority', ...rotated]);
  });

  it('leaves a node alone that does not serve, and says so', () => {
    const context = contextFor(specOf());
    const nodes = context.observation.nodes.map((node) => (node.host === 'n2' ? { ...node, ready: false } : node));
    const draft = planned({ ...context, observation: { ...context.observation, nodes } }, { renew: true });
    expect(idsOf(runnableSteps(draft.root))).toEqual(['n1/rotateCertificates', 'n3/rotateCertificates']);
    expect(draft.warnings).toContain('n2 does not serve; it gets its key material at its next start');
  });
});
