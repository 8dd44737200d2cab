import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MovedClients } from '../../../../src/domain/products/hivemq/clients-moved.js';
import { createPace } from '../../../../src/domain/products/hivemq/clients-pace.js';
import {
  clientPath,
  connectionPath,
  readClient,
  readClientPage,
} from '../../../../src/domain/products/hivemq/clients.js';

describe('the pace of a drain', () => {
  const rate = fc.integer({ min: 1, max: 1000 });

  it('is exact however late each single call is, within what is made up for', () => {
    fc.assert(
      fc.property(
        rate,
        fc.array(fc.double({ min: 0, max: 240, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (perSecond, late) => {
          const pace = createPace(() => perSecond);
          let now = 1000;
          late.forEach((delay, index) => {
            const due = pace.take(now);
            expect(due).toBeCloseTo(1000 + (index * 1000) / perSecond, 3);
            now = Math.max(now, due) + (index % 2 === 0 ? Math.max(0, delay - Math.max(0, now - due)) : 0);
          });
        },
      ),
    );
  });

  it('never hands out more than the asked number in any second, by more than what is made up for', () => {
    fc.assert(
      fc.property(
        rate,
        fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { maxLength: 100 }),
        (perSecond, pauses) => {
          const pace = createPace(() => perSecond);
          let now = 0;
          const sent: number[] = [];
          for (const pause of pauses) {
            now = Math.max(now + (pause > 2000 ? pause : 0), pace.take(now));
            sent.push(now);
          }
          sent.forEach((at) => {
            const within = sent.filter((other) => other >= at && other < at + 1000).length;
            expect(within).toBeLessThanOrEqual(perSecond * 1.25 + 2);
          });
        },
      ),
    );
  });
});

describe('clients that were moved', () => {
  it('are known by their connection', () => {
    const moved = new MovedClients();
    expect(moved.sight('a', { connectedAt: 5, seenAt: 100 })).toBe('new');
    moved.add('a', 100, 5);
    expect(moved.sight('a', { connectedAt: 5, seenAt: 120 })).toBe('ending');
    expect(moved.sight('a', { connectedAt: 110, seenAt: 20_000 })).toBe('back');
    expect(moved.returnedCount).toBe(1);
  });

  it('may come back later than ten seconds, whenever that is seen', () => {
    const moved = new MovedClients();
    moved.add('a', 100, 5);
    expect(moved.sight('a', { connectedAt: 10_101, seenAt: 10_101 })).toBe('back');
    expect(moved.returnedCount).toBe(0);
  });

  it('are sent back by something when more than a tenth returns soon, never for one alone', () => {
    const sentBack = (returned: number, of: number): boolean => {
      const moved = new MovedClients();
      for (let index = 0; index < of; index++) moved.add(`${index}`, 0, null);
      for (let index = 0; index < returned; index++) moved.sight(`${index}`, { connectedAt: null, seenAt: 1 });
      return moved.sentBack;
    };
    expect([sentBack(0, 0), sentBack(1, 1), sentBack(10, 100), sentBack(11, 100), sentBack(2, 5)]).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('answers about clients', () => {
  it('are stripped of everything that is not needed', () => {
    const connection = { connectedNodeId: 'aaaaa', username: 'u', password: 'cA==', sourceIp: '10.0.0.1' };
    const client = { id: 'x', connected: true, connectedAt: '1970-01-01T00:00:01Z', messageQueueSize: 3, connection };
    expect(readClient(JSON.stringify({ client }))).toEqual({ nodeId: 'aaaaa', connectedAt: 1000, queued: 3 });
    expect(readClient(JSON.stringify({ client: { id: 'x', connected: false } }))).toEqual({
      nodeId: null,
      connectedAt: null,
      queued: 0,
    });
  });

  it('read pages to the last one and do not leave the list', () => {
    const page = (next: string) => readClientPage(JSON.stringify({ items: [{ id: 'a' }], _links: { next } }));
    expect(page('/api/v1/mqtt/clients?cursor=a&limit=5')).toEqual({
      ids: ['a'],
      next: '/api/v1/mqtt/clients?cursor=a&limit=5',
    });
    expect(page('http://elsewhere:1/api/v1/mqtt/clients?cursor=a')?.next).toBe('/api/v1/mqtt/clients?cursor=a');
    expect(page('/api/v1/management/backups')).toBeNull();
    expect(readClientPage('{"items":[]}')).toEqual({ ids: [], next: null });
  });

  it('never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        readClient(text);
        readClientPage(text);
      }),
    );
  });

  it('name any client in one segment of a path', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        const path = clientPath(id);
        expect(path.split('/').length).toBe(6);
        expect(path).toMatch(/^[A-Za-z0-9/._~%-]+$/);
        expect(decodeURIComponent(path.split('/').at(-1) ?? '')).toBe(id);
      }),
    );
    expect(connectionPath('a/b', false)).toBe('/api/v1/mqtt/clients/a%2Fb/connection?preventWillMessage=true');
  });
});
