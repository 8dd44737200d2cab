import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandGate, runOnHost, type GateHook } from '../../../src/adapters/gate/index.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';

/** A load balancer whose state is a JSON file. */
const program = `
const { readFileSync, writeFileSync, appendFileSync } = require('node:fs');
const [state, action, ...args] = process.argv.slice(2);
const hosts = JSON.parse(readFileSync(state, 'utf8'));
appendFileSync(state + '.calls', JSON.stringify([action, ...args]) + '\\n');
if (action === 'open') hosts[args[0]] = true;
if (action === 'close') hosts[args[0]] = false;
if (action === 'list') console.log(JSON.stringify(hosts));
else writeFileSync(state, JSON.stringify(hosts));
`;

describe('commandGate', () => {
  let folder: string;
  let hook: GateHook;
  const calls = (): unknown[] =>
    readFileSync(join(folder, 'state.calls'), 'utf8')
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-gate-'));
    writeFileSync(join(folder, 'gate.cjs'), program);
    writeFileSync(join(folder, 'state'), '{"n1":true,"n2":false}');
    const base = [process.execPath, join(folder, 'gate.cjs'), join(folder, 'state')] as const;
    hook = {
      open: [...base, 'open', '{host}', '{backend}'],
      close: [...base, 'close', '{host}'],
      list: [...base, 'list'],
    };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('opens and closes on the difference only', async () => {
    const gate = commandGate({ 'stage-gate': hook }, 'stage-gate');
    expect(gate.name).toBe('command:stage-gate');
    expect(await gate.list()).toEqual({ n1: true, n2: false });
    expect(await gate.open('n1', '10.0.0.1:1883')).toBe('already-open');
    expect(await gate.open('n2', '10.0.0.2:1883')).toBe('opened');
    expect(await gate.close('n1')).toBe('closed');
    expect(await gate.close('n1')).toBe('already-closed');
    expect(await gate.close('never-seen')).toBe('already-closed');
    expect(await gate.list()).toEqual({ n1: false, n2: true });
    expect(calls()).toContainEqual(['open', 'n2', '10.0.0.2:1883']);
  });

  it('puts no shell between, and lets no value become an option', async () => {
    const gate = commandGate({ g: hook }, 'g');
    const host = '$(touch x); "a b"';
    expect(await gate.open(host, '*')).toBe('opened');
    expect(calls()).toContainEqual(['open', host, '*']);
    await expect(gate.open('--force', 'x')).rejects.toMatchObject({ kind: 'GateFailed' });
  });

  it('refuses unknown hooks and placeholders within an argument', () => {
    expect(() => commandGate({ g: hook }, 'other')).toThrow(/names the hook "other".*defined: g/);
    expect(() => commandGate({}, 'toString')).toThrow(/does not define/);
    expect(() => commandGate({ g: { ...hook, open: ['x', '--host={host}'] } }, 'g')).toThrow(/whole arguments/);
    expect(() => commandGate({ g: { ...hook, open: ['{host}'] } }, 'g')).toThrow(/whole arguments/);
  });

  it.each<[string, Partial<GateHook>]>([
    ['a command that fails', { open: ['sh', '-c', 'echo why >&2; exit 3'] }],
    ['a command that does nothing', { open: ['true'] }],
    ['a program that is not there', { open: ['/nowhere/gate'] }],
    ['a list that is no JSON', { list: ['echo', 'n1 up'] }],
    ['a list of another shape', { list: ['echo', '{"n1":"up"}'] }],
    ['a command that hangs', { list: ['sleep', '5'], timeout: 100 }],
  ])('fails on %s', async (_what, change) => {
    const gate = commandGate({ g: { ...hook, ...change } }, 'g');
    await expect(gate.open('n2', 'b')).rejects.toMatchObject({ kind: 'GateFailed' });
  });

  it("keeps the worker's environment to itself", async () => {
    process.env['HIVEKEEPER_TEST_SECRET'] = 'x';
    const list = [
      'sh',
      '-c',
      'echo "{\\"leaked\\": ${HIVEKEEPER_TEST_SECRET:+true}${HIVEKEEPER_TEST_SECRET:-false}}"',
    ] as const;
    expect(await commandGate({ g: { ...hook, list } }, 'g').list()).toEqual({ leaked: false });
    delete process.env['HIVEKEEPER_TEST_SECRET'];
  });

  describe.skipIf(opensshMissing !== null)('on a host', () => {
    const ssh = useSshHost();

    it('runs there', async () => {
      const gate = commandGate(
        { g: hook },
        'g',
        runOnHost(() => Promise.resolve(ssh.host)),
      );
      expect(await gate.open('n 2', 'b')).toBe('opened');
      expect(await gate.list()).toEqual({ n1: true, n2: false, 'n 2': true });
    });
  });
});
