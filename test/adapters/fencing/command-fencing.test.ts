import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandFencing, type FencingHook } from '../../../src/adapters/fencing/index.js';

/** A switch whose state is a folder: a file `off-<host>` for each host that is off. */
const program = `
const { appendFileSync, existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const [folder, verb, ...args] = process.argv.slice(2);
appendFileSync(join(folder, 'calls'), JSON.stringify([verb, ...args]) + '\\n');
const file = join(folder, 'off-' + args[0]);
if (verb === 'verify') process.exit(existsSync(file) ? 0 : 1);
if (verb === 'fail') { console.error('no such outlet'); process.exit(7); }
if (verb === 'hang') setInterval(() => {}, 1000);
if (verb === 'fence') writeFileSync(file, '');
`;
const n1 = { host: 'n1', address: '10.0.0.1' };

describe('commandFencing', () => {
  let folder: string;
  let command: (verb: string) => readonly [string, ...string[]];
  let hook: FencingHook;
  const { signal } = new AbortController();
  const fencing = (changes: Partial<FencingHook> = {}) => commandFencing({ power: { ...hook, ...changes } }, 'power');
  const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-fencing-'));
    writeFileSync(join(folder, 'switch.cjs'), program);
    command = (verb) => [process.execPath, join(folder, 'switch.cjs'), folder, verb, '{host}', '{address}'];
    hook = { fence: command('fence'), verify: command('verify') };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('powers a host off once, and leaves one alone that is off', async () => {
    expect(await fencing().powerOff(n1, signal)).toBe('powered off');
    expect(await fencing().powerOff(n1, signal)).toBe('was off already');
    expect(calls().filter((call) => call === '["fence","n1","10.0.0.1"]')).toHaveLength(1);
    expect(existsSync(join(folder, 'off-n1'))).toBe(true);
  });

  it('asks again where nothing verifies', async () => {
    const blind = fencing({ verify: undefined });
    for (let turn = 0; turn < 2; turn++) expect(await blind.powerOff(n1, signal)).toBe('powered off');
    expect(calls()).toHaveLength(2);
  });

  it.each<[string, () => Partial<FencingHook>, RegExp]>([
    ['fails', () => ({ fence: command('fail') }), /ended with code 7: no such outlet/],
    [
      'does nothing',
      () => ({ fence: command('nothing'), timeout: 1000 }),
      /still says that the host is on after 1000 ms/,
    ],
    ['hangs', () => ({ fence: command('hang'), timeout: 1000 }), /did not end within 1000 ms/],
    ['is not there', () => ({ fence: ['/no/such/program', '{host}'] }), /no\/such\/program/],
  ])('says so when the command %s', async (_, changes, reason) => {
    const end = fencing(changes()).powerOff(n1, signal);
    await expect(end).rejects.toMatchObject({ kind: 'FencingFailed', details: { hook: 'power', host: 'n1' } });
    await expect(fencing(changes()).powerOff(n1, signal)).rejects.toThrow(reason);
    expect(existsSync(join(folder, 'off-n1'))).toBe(false);
  });

  it('puts no shell between, and lets no value become an option', async () => {
    const host = '$(touch x); "a b"';
    expect(await fencing({ verify: undefined }).powerOff({ host, address: '::1' }, signal)).toBe('powered off');
    expect(calls()).toEqual([JSON.stringify(['fence', host, '::1'])]);
    await expect(fencing().powerOff({ host: '--all', address: '::1' }, signal)).rejects.toMatchObject({
      kind: 'FencingFailed',
    });
  });

  it('refuses unknown hooks and placeholders within an argument', () => {
    expect(() => commandFencing({ power: hook }, 'other')).toThrow(/names the fencing hook "other".*defined: power/);
    expect(() => commandFencing({}, 'toString')).toThrow(/does not define/);
    expect(() => fencing({ verify: ['x', '--host={host}'] })).toThrow(/whole arguments/);
    expect(() => fencing({ fence: ['{host}'] })).toThrow(/whole arguments/);
  });
});
