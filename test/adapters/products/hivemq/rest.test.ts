import { describe, expect, it } from 'vitest';
import type { BrokerDriver, DrainRequest, Supervisor } from '../../../../src/adapters/ports/index.js';
import { createHivemqDriver } from '../../../../src/adapters/products/hivemq/index.js';
import { containing, matching } from '../../../domain/products/hivemq/support/matchers.js';
import { keptProgress, useCluster } from './support/cluster.js';
import { answerOn, healthAnswers, JumpingClock, type Answers } from './support/rest-double.js';

const backup = (state: string, failReason?: string) => ({
  status: 200,
  body: {
    backup: { id: '20220827-155127', createdAt: '2022-08-27T15:51:27Z', state, ...(failReason && { failReason }) },
  },
});
const client = (nodeId: string | null, connectedAt: string, messageQueueSize = 0) => ({
  status: 200,
  body: {
    client: {
      connected: nodeId !== null,
      connectedAt,
      messageQueueSize,
      ...(nodeId && { connection: { connectedNodeId: nodeId, password: 'c2VjcmV0', username: 'somebody' } }),
    },
  },
});
const listing = (ids: readonly string[], next?: string) => ({
  status: 200,
  body: { items: ids.map((id) => ({ id })), ...(next && { _links: { next } }) },
});

describe('the REST API at its edges', () => {
  const cluster = useCluster(['n1']);
  const id = '20220827-155127';
  const path = `/api/v1/management/backups/${id}`;

  /** A broker process that runs, whatever is really there. */
  const alive: Supervisor = {
    state: () => Promise.resolve({ running: true, pid: 1, startTime: '1' }),
    start: () => Promise.resolve('already-running'),
    requestStop: () => Promise.resolve('not-running'),
    disable: () => Promise.resolve(),
    enable: () => Promise.resolve(),
    takeOver: () => Promise.resolve(),
  };
  const driver = (): BrokerDriver => createHivemqDriver({ supervisor: () => alive, clock: new JumpingClock() });
  const address = () => cluster().resolved('n1').loopback;
  const serve = async (answers: Answers) => {
    await answerOn(address(), 8889, healthAnswers('aaaaa'));
    return answerOn(address(), 8888, answers);
  };

  describe('asking for a diagnostic archive', () => {
    const archive = (state: string, failReason?: string, archiveId = id) => ({
      status: 200,
      body: { diagnosticArchive: { id: archiveId, createdAt: '2022-08-27T15:51:27Z', state, failReason } },
    });
    const busy = archive('FAILED', 'Another diagnostic archive is already in progress.');
    const ask = () => driver().requestDiagnostics(cluster().node('n1'), keptProgress());

    it('tells its id and does not wait for it; another one that is being made is waited for', async () => {
      const answers = [busy, busy, archive('IN_PROGRESS')];
      const calls = await serve(() => answers.shift());
      expect(await ask()).toBe(id);
      expect(calls).toEqual(Array.from({ length: 3 }, () => 'POST /api/v1/management/diagnostic-archives'));
    });

    it("tells the broker's reason when it makes none", async () => {
      await serve(() => busy);
      await expect(ask()).rejects.toMatchObject({
        kind: 'ApiRefused',
        message: containing('Another diagnostic archive is already in progress.'),
      });
    });

    it('takes no id that could lead somewhere else', async () => {
      await serve(() => archive('IN_PROGRESS', undefined, '../../x'));
      await expect(ask()).rejects.toMatchObject({ kind: 'ApiRefused' });
    });
  });

  describe('importing a backup', () => {
    const restore = () => driver().importBackup(cluster().node('n1'), id, keptProgress());

    /** GET answers come in turn, the last one again and again. */
    const inTurn = (
      gets: readonly ReturnType<typeof backup>[],
      post: ReturnType<typeof backup> = backup('IN_PROGRESS'),
    ): Answers => {
      let turn = 0;
      return (call) => {
        if (call === `POST ${path}`) return post;
        return gets[Math.min(turn++, gets.length - 1)];
      };
    };
    const posts = (calls: readonly string[]) => calls.filter((call) => call.startsWith('POST')).length;

    it('starts it once and waits through both states that mean that it runs, and through unknown ones', async () => {
      const states = ['COMPLETED', 'IN_PROGRESS', 'RESTORE_IN_PROGRESS', 'RESTORE_SORTING', 'RESTORE_COMPLETED'];
      const calls = await serve(inTurn(states.map((state) => backup(state))));
      expect(await restore()).toMatchObject({ id, state: 'RESTORE_COMPLETED' });
      expect(posts(calls)).toBe(1);
    });

    it.each(['RESTORE_IN_PROGRESS', 'RESTORE_COMPLETED', 'IN_PROGRESS'])(
      'follows one that is %s already',
      async (state) => {
        const calls = await serve(inTurn([backup(state), backup('RESTORE_COMPLETED')]));
        expect(await restore()).toMatchObject({ state: 'RESTORE_COMPLETED' });
        expect(posts(calls)).toBe(0);
      },
    );

    it("tells the broker's reason when it is refused with 200", async () => {
      await serve(inTurn([backup('COMPLETED')], backup('FAILED', 'Another backup is already in progress.')));
      await expect(restore()).rejects.toMatchObject({
        kind: 'RestoreFailed',
        message: containing('Another backup is already in progress.'),
      });
    });

    it('tells when it failed on the way, and tries one that failed before anew', async () => {
      const calls = await serve(inTurn([backup('RESTORE_FAILED'), backup('RESTORE_FAILED', 'topology changed')]));
      await expect(restore()).rejects.toMatchObject({ details: { reason: 'topology changed' } });
      expect(posts(calls)).toBe(1);
    });

    it('does not start it again when the answer was 503 and it runs after all', async () => {
      let started = 0;
      await serve((call) => {
        if (call.startsWith('POST')) {
          started += 1;
          return { status: 503 };
        }
        return backup(started === 0 ? 'COMPLETED' : 'RESTORE_COMPLETED');
      });
      await restore();
      expect(started).toBe(1);
    });

    it('gives up on a state that stays unknown', async () => {
      await serve(inTurn([backup('COMPLETED'), backup('CANCELLED')]));
      await expect(restore()).rejects.toMatchObject({
        kind: 'RestoreFailed',
        message: containing('CANCELLED'),
      });
    });

    it('names the folder when the broker knows no such backup', async () => {
      await serve(() => undefined);
      await expect(restore()).rejects.toMatchObject({ message: containing(`backup/${id}/`) });
    });
  });

  describe('listing clients', () => {
    it('begins again when the cursor became invalid, and counts nobody twice', async () => {
      let broken = false;
      await serve((call) => {
        if (call === 'GET /api/v1/mqtt/clients?limit=2500')
          return listing(['a', 'b'], '/api/v1/mqtt/clients?cursor=x&limit=2500');
        if (call.includes('cursor=x')) {
          if (broken) return listing(['c']);
          broken = true;
          return { status: 410 };
        }
        return client(call.endsWith('/c') ? null : 'aaaaa', '2026-01-01T00:00:00Z', 2);
      });
      expect(await driver().countItems(cluster().node('n1'), keptProgress())).toEqual({ sessions: 3, queued: 6 });
    });

    it('waits out 503, and fails as retryable when it stays', async () => {
      let refusals = 3;
      await serve((call) => {
        if (refusals-- > 0) return { status: 503 };
        return call.includes('?') ? listing(['a']) : client('aaaaa', '2026-01-01T00:00:00Z');
      });
      expect(await driver().countClients(cluster().node('n1'))).toEqual({ n1: 1 });
    });

    it('counts clients of brokers that no host is known for under their own id', async () => {
      await serve((call) => (call.includes('?') ? listing(['a']) : client('zzzzz', '2026-01-01T00:00:00Z')));
      expect(await driver().countClients(cluster().node('n1'))).toEqual({ n1: 0, zzzzz: 1 });
    });

    it('never goes where a page leads off the list', async () => {
      await serve(() => listing(['a'], '/api/v1/management/backups'));
      await expect(driver().countClients(cluster().node('n1'))).rejects.toMatchObject({ kind: 'ApiRefused' });
    });
  });

  describe('draining', () => {
    const request: DrainRequest = { clientsPerSecond: 100, timeout: 60_000, onTimeout: 'fail', publishWills: false };
    const ids = Array.from({ length: 30 }, (_, index) => `client ${index}/+`);
    const drain = (change: Partial<DrainRequest> = {}, progress = keptProgress()) =>
      driver().drain(cluster().node('n1'), { ...request, ...change }, progress);
    const nameIn = (call: string) => decodeURIComponent(/clients\/([^/?]+)/.exec(call)?.[1] ?? '');

    it('disconnects each client of this node once and ends when a fresh list has none', async () => {
      const gone = new Set<string>();
      const calls = await serve((call) => {
        if (call.includes('?limit')) return listing(ids);
        const name = nameIn(call);
        if (!call.startsWith('DELETE')) return client(gone.has(name) ? 'bbbbb' : 'aaaaa', '2026-01-01T00:00:00Z');
        gone.add(name);
        return { status: 204 };
      });
      expect(await drain()).toEqual({ moved: 30, left: 0 });
      const deletes = calls.filter((call) => call.startsWith('DELETE'));
      expect(deletes.length).toBe(30);
      expect(deletes.every((call) => call.endsWith('/connection?preventWillMessage=true'))).toBe(true);
    });

    it('does not disconnect a client twice whose connection only takes a while to end', async () => {
      const asked = new Map<string, number>();
      const calls = await serve((call) => {
        if (call.includes('?limit')) return listing(['slow']);
        if (call.startsWith('DELETE')) return { status: 204 };
        const looks = (asked.get('slow') ?? 0) + 1;
        asked.set('slow', looks);
        return client(looks > 4 ? null : 'aaaaa', '2026-01-01T00:00:00Z');
      });
      expect(await drain()).toEqual({ moved: 1, left: 0 });
      expect(calls.filter((call) => call.startsWith('DELETE')).length).toBe(1);
    });

    it('stalls when clients come back, and names none', async () => {
      const connected = new Map<string, string>();
      await serve((call) => {
        if (call.includes('?limit')) return listing(ids);
        const name = nameIn(call);
        if (!call.startsWith('DELETE')) return client('aaaaa', connected.get(name) ?? '2026-01-01T00:00:00Z');
        connected.set(name, new Date().toISOString());
        return { status: 204 };
      });
      const progress = keptProgress();
      const error: unknown = await drain({}, progress).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ kind: 'DrainStalled', message: matching(/came back|are back/) });
      expect(JSON.stringify([error, progress.said])).not.toContain('client 1');
    });

    it.each([
      ['fail', { kind: 'DrainStalled' }],
      ['stop-anyway', { left: 30 }],
    ] as const)('keeps to the deadline policy %s', async (onTimeout, expected) => {
      await serve((call) => {
        if (call.includes('?limit')) return listing(ids);
        return call.startsWith('DELETE') ? { status: 204 } : client('aaaaa', '2026-01-01T00:00:00Z');
      });
      const outcome: unknown = await drain({ onTimeout, timeout: 2000 }).catch((reason: unknown) => reason);
      expect(outcome).toMatchObject(expected);
    });

    it('hears of cancellation', async () => {
      await serve((call) => {
        if (call.includes('?limit')) return listing(ids);
        return call.startsWith('DELETE') ? { status: 204 } : client('aaaaa', '2026-01-01T00:00:00Z');
      });
      const stop = new AbortController();
      const progress = { signal: stop.signal, report: () => stop.abort(new Error('cancelled')) };
      await expect(driver().drain(cluster().node('n1'), request, progress)).rejects.toThrow('cancelled');
    });
  });
});
