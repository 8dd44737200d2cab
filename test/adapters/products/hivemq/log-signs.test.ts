import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { logMarks, signsSince } from '../../../../src/adapters/products/hivemq/log-signs.js';
import { LocalHost } from '../../../activities/manifest/support/local-host.js';
import { specWith } from '../../../domain/support/specs.js';

const { signal } = new AbortController();
let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hivekeeper-signs-'));
  mkdirSync(join(home, 'log'));
  return () => rmSync(home, { recursive: true, force: true });
});

const node = () => {
  const spec = specWith({ hosts: ['n1'], nodes: 1 });
  const hosts = spec.hosts.map((host) => (host.name === 'n1' ? { ...host, home } : host));
  return { spec: { ...spec, hosts }, host: new LocalHost([]), name: 'n1', members: ['n1'], peers: [] };
};
const at = '2026-01-31 12:00:00,123';
const log = (...lines: string[]): void =>
  appendFileSync(join(home, 'log/hivemq.log'), lines.map((one) => `${one}\n`).join(''));
const events = (...lines: string[]): void =>
  appendFileSync(join(home, 'log/event.log'), lines.map((one) => `${`${at} `.padEnd(24)}- ${one}\n`).join(''));

describe('what the logs of a broker tell of the time since a mark', () => {
  it('is its errors, a stack trace and a message of lower level left out', async () => {
    log(`${at} ERROR - before`);
    const marks = await logMarks(node(), signal);
    log(
      `${at} INFO  - ERROR - of a client`,
      `${at} ERROR - client a failed`,
      '\tat ERROR - stack',
      `${at} ERROR - the disk is slow`,
    );
    expect(await signsSince(node(), marks, signal)).toMatchObject({
      errors: 2,
      firstError: `${at} ERROR - the disk is slow`,
    });
  });

  it('is the default configuration', async () => {
    log(`${at} ERROR - Could not read the configuration file x. Using default config`);
    const { defaultConfig } = await signsSince(node(), { log: 0, events: null }, signal);
    expect(defaultConfig).toContain('Using default config');
  });

  it('is how many clients were cut off, not those that left, came again or were moved', async () => {
    events('Client ID: a, IP: 10.0.0.1 disconnected ungracefully.');
    const marks = await logMarks(node(), signal);
    const none = await signsSince(node(), marks, signal);
    events(
      'Client ID: a, IP: 10.0.0.1, Clean Start: true, Session Expiry: 0 connected.',
      'Client ID: a, IP: 10.0.0.1 disconnected gracefully.',
      'Client ID: disconnected ungracefully., IP: 10.0.0.1 disconnected gracefully.',
      'Client ID: b, IP: 10.0.0.1 disconnected ungracefully.',
      'Client ID: c, IP: 10.0.0.1 was disconnected. reason: Client was idle for too long.',
      'Client ID: d, IP: 10.0.0.1 was disconnected. reason: Another client connected with the same client id.',
      'Client ID: e, IP: 10.0.0.1 was disconnected. reason: Administrative action.',
    );
    const some = await signsSince(node(), marks, signal);
    expect([none.losses, some.losses]).toEqual([0, 2]);
    expect(JSON.stringify(some)).not.toContain('Client ID');
  });

  it('is not known without a log of events, and read from the beginning after it was rolled over', async () => {
    expect((await signsSince(node(), { log: 0, events: null }, signal)).losses).toBeNull();
    writeFileSync(join(home, 'log/hivemq.log'), `${at} ERROR - new\n`);
    expect((await signsSince(node(), { log: 9_000, events: 9_000 }, signal)).errors).toBe(1);
  });
});
