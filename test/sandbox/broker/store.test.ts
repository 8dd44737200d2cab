import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeDataLock } from '../../../src/sandbox/broker/store/data-lock.js';
import { DataStore } from '../../../src/sandbox/broker/store/data-store.js';
import { listDataFolder, readDataFolder } from '../../../src/sandbox/wire/folder.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), 'hivekeeper-store-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function fill(): void {
  const store = new DataStore(data);
  for (const clientId of ['a', 'b/ü']) {
    const session = {
      clientId,
      expiry: 1,
      createdAt: 1,
      version: 1,
      subscriptions: [],
      connectedTo: undefined,
      connection: undefined,
      disconnectedAt: undefined,
      deleted: false,
    };
    store.apply({ kind: 'session', session });
    for (const id of ['m1', 'm2']) {
      const message = {
        id,
        topic: 't',
        payload: 'eA==',
        qos: 1,
        retain: false,
        seq: Number(id.slice(1)),
        fingerprint: id,
        subscriptionIds: [],
        expiresAt: undefined,
        properties: undefined,
        release: undefined,
      };
      store.apply({ kind: 'enqueue', clientId, message });
    }
  }
  store.apply({ kind: 'remove', clientId: 'a', ids: ['m1'] });
  store.apply({
    kind: 'retained',
    retained: {
      topic: 'x',
      id: 'r',
      payload: '',
      qos: 0,
      version: 1,
      deleted: false,
      expiresAt: undefined,
      properties: undefined,
    },
  });
}

describe('a data folder', () => {
  it('has every change as soon as it is made, and takes no message twice', () => {
    fill();
    const listing = { sessions: ['a', 'b/ü'], retained: ['x'], queued: ['a/m2', 'b/ü/m1', 'b/ü/m2'] };
    expect(listDataFolder(data)).toEqual(listing);
    const again = new DataStore(data);
    const entry = again.sessions.get('b/ü')!;
    again.apply({ kind: 'enqueue', clientId: 'a', message: { ...entry.ordered()[0]!, id: 'm1' } });
    expect(listDataFolder(data)).toEqual(listing);
    expect(again.size()).toMatchObject({ items: 6 });
  });

  it('with a damaged item gives the rest and names the file', () => {
    fill();
    const broken = path.join(data, 'persistence', 'client_session_store', 'broken.json');
    writeFileSync(broken, '{"clientId":');
    const content = readDataFolder(data);
    expect(content.unreadable).toEqual([broken]);
    expect(content.units).toHaveLength(2);
  });

  it('is refused when it is none', () => {
    expect(() => readDataFolder(path.join(data, 'nothing'))).toThrow('is not a data folder');
  });
});

describe('data.lock', () => {
  it('holds while its process lives, and not for a process that only has the same number', () => {
    mkdirSync(data, { recursive: true });
    expect(takeDataLock(data)).toBe(true);
    const file = path.join(data, 'data.lock');
    expect(readFileSync(file, 'utf8')).toContain(String(process.pid));
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeFileSync(file, `${process.ppid} ${started}\n`);
    expect(takeDataLock(data)).toBe(false);
    writeFileSync(file, `${process.ppid} 1\n`);
    expect(takeDataLock(data)).toBe(true);
  });
});
