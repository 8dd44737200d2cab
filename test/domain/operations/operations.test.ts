import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkNames, clusterCheckNames } from '../../../src/domain/checks/index.js';
import { isHivekeeperError } from '../../../src/domain/errors/index.js';
import {
  isOperationType,
  operationDefinition,
  operations,
  type OperationType,
  parseOperationInput,
} from '../../../src/domain/operations/index.js';
import { version } from '../../../src/domain/spec/index.js';
import { isStepKind, planStep, stepDefinition, steps } from '../../../src/domain/steps/index.js';

/** The least that each operation takes besides the cluster; a new operation must be added here to pass. */
const least: Readonly<Record<OperationType, object>> = {
  deployCluster: { spec: {} },
  adoptCluster: { spec: {} },
  applySpec: { spec: {} },
  scaleCluster: { nodes: 3 },
  decommissionNode: { node: 'n1' },
  rollingUpgrade: { version: '4.31.0' },
  rollBack: {},
  rollingRestart: { reason: 'new limits' },
  restartNode: { node: 'n1' },
  setCertificates: { renew: true },
  setLogLevel: { level: 'DEBUG' },
  addLicense: { name: 'prod.lic', content: { base64: 'bGljZW5zZQ==' } },
  removeLicense: { name: 'prod.lic' },
  addExtension: { id: 'acme-audit', content: { stored: 'ab'.repeat(32) } },
  configureExtension: { id: 'acme-audit', path: 'conf/config.properties', content: { text: 'greeting=hello' } },
  enableExtension: { id: 'acme-audit' },
  disableExtension: { id: 'acme-audit' },
  removeExtension: { id: 'acme-audit' },
  setUsers: { credentials: { stored: 'ab'.repeat(32) } },
  setControlCenterUsers: { users: [{ name: 'admin', password: { env: 'ADMIN_PASSWORD' } }] },
  recoverCluster: {},
  replaceNode: { node: 'n1' },
  forgetNode: { node: 'n1' },
  checkCluster: {},
  diagnoseCluster: {},
  removeCluster: {},
};
const types = Object.keys(operations).filter(isOperationType);
const changing = types.filter((type) => operationDefinition(type).lease);

function refusal(type: OperationType, json: unknown): string {
  try {
    parseOperationInput(type, json);
  } catch (error) {
    if (isHivekeeperError(error, 'InvalidInput')) return error.message;
    throw error;
  }
  throw new Error('the input was taken');
}

describe.each(types)('%s', (type) => {
  const definition = operationDefinition(type);
  const input = { cluster: 'prod', ...least[type] };

  it('is declared under its own name', () => expect(definition.type).toBe(type));

  it('takes the least input', () => expect(parseOperationInput(type, input)).toMatchObject(input));

  it('refuses a missing input with an example, and what is no object', () => {
    const required = z.toJSONSchema(definition.input, { io: 'input', unrepresentable: 'any' }).required ?? [];
    const others = required.filter((field) => field !== 'cluster');
    const example = ['"cluster":"prod"', ...others.map((field) => `"${field}":…`)].join(',');
    for (const json of [undefined, null]) expect(refusal(type, json)).toContain(`e.g. {${example}}`);
    for (const json of ['prod', 7, [], [input], true]) expect(refusal(type, json)).toMatch(new RegExp(`^${type}: `));
  });

  it('refuses unknown keys and names them', () => {
    expect(refusal(type, { ...input, clutser: 'x' })).toContain('clutser');
  });

  it.each(['', 'Prod', '1prod', 'prod/x', 'a'.repeat(41), 7, undefined])('refuses the cluster name %j', (cluster) => {
    expect(refusal(type, { ...input, cluster })).toMatch(/cluster: /);
  });

  it('has a JSON schema that describes every field', () => {
    const schema = z.object({ required: z.array(z.string()), properties: z.record(z.string(), z.unknown()) });
    const { required, properties } = schema.parse(z.toJSONSchema(definition.input, { io: 'input' }));
    expect(required).toContain('cluster');
    for (const property of Object.values(properties)) expect(property).toHaveProperty('description');
  });

  it('has examples that use its own command, arguments and options', () => {
    const { cli } = definition;
    expect(cli.examples.length).toBeGreaterThan(0);
    const common = ['dry-run', 'wait', 'json', 'approval', 'reason'];
    for (const example of cli.examples) {
      expect(example).toMatch(new RegExp(`^hivekeeper ${cli.command}( |$)`));
      const flags = [...example.matchAll(/ --([a-z0-9-]+)/g)].map((match) => match[1]);
      expect([...cli.options.map((option) => option.flag), ...common]).toEqual(expect.arrayContaining(flags));
      const required = cli.options.filter((option) => option.required).map((option) => option.flag);
      expect(flags).toEqual(expect.arrayContaining(required));
    }
  });

  it('has arguments and options that fill fields of its input', () => {
    const { properties } = z
      .object({ properties: z.record(z.string(), z.unknown()) })
      .parse(z.toJSONSchema(definition.input, { io: 'input' }));
    const fields = [...definition.cli.arguments, ...definition.cli.options].map(({ field }) => field.split('.')[0]);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(fields));
  });
});

describe('the commands', () => {
  it('have different names', () => {
    const commands = types.map((type) => operationDefinition(type).cli.command);
    expect(new Set(commands).size).toBe(commands.length);
  });
});

describe.each(changing)('%s, as every operation that changes something', (type) => {
  const input = { cluster: 'prod', ...least[type] };

  it('has defaults', () => {
    expect(parseOperationInput(type, input)).toMatchObject({
      dryRun: false,
      approval: 'none',
      overrideChecks: [],
      onBusy: 'wait',
    });
  });

  it('takes an override of any check but the lease, with a reason', () => {
    for (const check of checkNames) {
      const json = { ...input, overrideChecks: [{ check, reason: 'tested by hand' }] };
      if (check === 'one-operation') expect(refusal(type, json)).toContain('overrideChecks.0.check');
      else expect(parseOperationInput(type, json).overrideChecks).toEqual(json.overrideChecks);
    }
    expect(refusal(type, { ...input, overrideChecks: [{ check: 'disk' }] })).toContain('overrideChecks.0.reason');
    expect(refusal(type, { ...input, overrideChecks: [{ check: 'disk', reason: '   ' }] })).toContain('reason');
  });
});

describe('the version to upgrade to', () => {
  it.each(['4.30', 'v4.30.0', '04.30.0', '4.030.0', '4.30.0-rc1', 4.3])('is not %j, as in a spec', (wanted) => {
    expect(refusal('rollingUpgrade', { cluster: 'prod', version: wanted })).toMatch(/version: /);
    expect(version.safeParse(wanted).success).toBe(false);
  });
});

describe('the kinds of steps', () => {
  it.each(Object.keys(steps))('%s is declared under its own name, with guards that exist', (kind) => {
    if (!isStepKind(kind)) throw new Error(kind);
    const definition = stepDefinition(kind);
    expect(definition.kind).toBe(kind);
    expect(definition.meaning).toMatch(/\.$/);
    expect(clusterCheckNames).toEqual(expect.arrayContaining([...definition.guards]));
    expect(definition.timeouts.heartbeat).toBeLessThan(definition.timeouts.startToClose);
  });

  it('guards every step that takes a node out of service', () => {
    const needed = [
      ...['synchronized', 'max-unavailable', 'replicas', 'replica-count', 'drained', 'data-kept'],
      ...['backup-not-running', 'clients-can-move', 'headroom'],
    ];
    expect([...stepDefinition('stopNode').guards].sort()).toEqual(needed.sort());
    const before = ['backup-not-running', 'balancer-capacity', 'clients-can-move', 'headroom', 'synchronized'];
    expect(stepDefinition('closeTraffic').guards).toEqual(expect.arrayContaining(before));
    expect(stepDefinition('moveData').guards).toContain('really-gone');
  });

  it('knows no kind by the names that every object has', () => {
    expect(['toString', 'constructor', '__proto__', ''].filter(isStepKind)).toEqual([]);
    expect(['toString', 'constructor', '__proto__', ''].filter(isOperationType)).toEqual([]);
  });

  it('gives a step its id, node and title', () => {
    expect(planStep('verifyCluster', { members: ['n1', 'n2'] })).toEqual({
      type: 'step',
      id: 'cluster/verifyCluster',
      kind: 'verifyCluster',
      title: 'Verify that n1, n2 see each other',
      input: { members: ['n1', 'n2'] },
    });
    expect(planStep('openTraffic', { host: 'n1' }, { as: 'again', skip: 'no gate' })).toMatchObject({
      id: 'n1/again',
      node: 'n1',
      skip: 'no gate',
    });
  });
});
