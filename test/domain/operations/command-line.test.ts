import { describe, expect, it } from 'vitest';
import {
  commandLine,
  operationDefinition,
  type OperationType,
  parseOperationInput,
} from '../../../src/domain/operations/index.js';

const lineOf = (type: OperationType, json: object): string =>
  commandLine(operationDefinition(type), parseOperationInput(type, { cluster: 'prod', ...json }));
const stored = { stored: 'ab'.repeat(32) };

describe('the command that starts an operation again', () => {
  it.each<[OperationType, object, string]>([
    ['rollingUpgrade', { version: '4.31.0' }, 'hivekeeper upgrade prod --to 4.31.0'],
    ['scaleCluster', { nodes: 4, approval: 'required' }, 'hivekeeper scale prod --nodes 4 --approval required'],
    ['decommissionNode', { node: 'n2', reason: "it's old" }, "hivekeeper decommission prod n2 --reason 'it'\\''s old'"],
    ['applySpec', { spec: {} }, 'hivekeeper apply FILE'],
    ['recoverCluster', { gone: ['n1', 'n2'] }, 'hivekeeper recover prod --gone n1 --gone n2'],
    ['addExtension', { id: 'acme', content: stored }, 'hivekeeper add-extension prod acme --file ZIP'],
    [
      'restartNode',
      { node: 'n2', overrideChecks: [{ check: 'disk', reason: 'small data' }] },
      "hivekeeper restart-node prod n2 --override 'disk=small data'",
    ],
  ])('of %s', (type, json, line) => {
    expect(lineOf(type, json)).toBe(line);
  });

  it('says no reference of a secret, only where it goes', () => {
    const users = [{ name: 'admin', password: { env: 'ADMIN_PASSWORD' } }];
    expect(lineOf('setControlCenterUsers', { users })).toBe('hivekeeper set-control-center-users prod --user NAME=REF');
  });
});
