import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse } from '../../../../src/adapters/ports/index.js';
import { Drain } from '../../../../src/adapters/products/hivemq/drain.js';
import type { RestApi } from '../../../../src/adapters/products/hivemq/rest-api.js';
import { HivekeeperError } from '../../../../src/domain/errors/index.js';
import { JumpingClock } from './support/rest-double.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const page = 2500;
const secret = 'c2VjcmV0LXBhc3N3b3Jk';

/** A REST API of a cluster of that many clients, half of them on n1. Names clients as devices are, and tells passwords. */
class ManyClients implements RestApi {
  readonly moved: Uint8Array;
  disconnects = 0;
  brokenCursors = 0;
  /** Once: the cursor is invalid in the middle of the list. */
  breaks = true;

  constructor(readonly size: number) {
    this.moved = new Uint8Array(size);
  }

  call(method: HttpRequest['method'], path: string): Promise<HttpResponse> {
    if (path.includes('clients?')) return Promise.resolve(this.list(Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0)));
    const index = Number(/device-(\d+)-/.exec(path)?.[1]);
    if (method !== 'DELETE') return Promise.resolve(this.details(index));
    this.disconnects += 1;
    this.moved[index] = 1;
    return Promise.resolve({ status: 204, body: '' });
  }

  callOnce = this.call.bind(this);

  refusal(what: string, { status }: HttpResponse): HivekeeperError {
    return new HivekeeperError('ApiRefused', `${what}: ${status}`);
  }

  private list(from: number): HttpResponse {
    if (from >= this.size / 2 && this.breaks && this.disconnects > this.size / 8) {
      this.breaks = false;
      this.brokenCursors += 1;
      return { status: 410, body: '' };
    }
    const ids = Array.from({ length: Math.min(page, this.size - from) }, (_, index) => ({ id: nameOf(from + index) }));
    const next = from + page < this.size ? { _links: { next: `/api/v1/mqtt/clients?cursor=${from + page}` } } : {};
    return { status: 200, body: JSON.stringify({ items: ids, ...next }) };
  }

  private details(index: number): HttpResponse {
    const connectedNodeId = index % 2 === 0 && this.moved[index] === 0 ? 'aaaaa' : 'bbbbb';
    const connection = { connectedNodeId, username: `user-of-${index}`, password: secret };
    const client = { id: nameOf(index), connected: true, connectedAt: '2026-01-01T00:00:00Z', connection };
    return { status: 200, body: JSON.stringify({ client }) };
  }
}

const nameOf = (index: number): string => `device-${index}-${'serial'.repeat(8)}`;

/** Drains them all. @returns what was said, and the most bytes of heap that were in use after a collection */
async function drained(api: ManyClients): Promise<{ said: Set<string>; peak: number; moved: number }> {
  collect();
  const before = process.memoryUsage().heapUsed;
  let peak = 0;
  let reports = 0;
  const said = new Set<string>();
  const progress = {
    signal: new AbortController().signal,
    report: (line: string): void => {
      reports += 1;
      if (reports % 5000 !== 0) return;
      said.add(line);
      collect();
      peak = Math.max(peak, process.memoryUsage().heapUsed - before);
    },
  };
  const request = { clientsPerSecond: 50_000, timeout: 3_600_000, onTimeout: 'fail', publishWills: false } as const;
  const { moved } = await new Drain(api, new JumpingClock(), 'n1', 'aaaaa', 0, request, progress).run();
  return { said, peak, moved };
}

describe('a drain of very many clients', () => {
  it('moves each once, whatever becomes of the cursor, in memory that does not grow with them', {
    timeout: 120_000,
  }, async () => {
    const few = await drained(new ManyClients(50_000));
    const api = new ManyClients(100_000);
    const many = await drained(api);
    expect({ moved: many.moved, disconnects: api.disconnects, broken: api.brokenCursors }).toEqual({
      ...{ moved: 50_000, disconnects: 50_000, broken: 1 },
    });
    // What twice as many would take if they were kept is about as much again.
    expect(many.peak).toBeLessThan(few.peak * 1.25 + 2_000_000);
    const lines = [...many.said].join('\n');
    expect(lines).toMatch(/n1: \d+ of about \d+ clients moved, \d+ left, 50000 a second, about \d+ s left/);
    expect(lines).not.toMatch(/device-|user-of-|c2VjcmV0/);
  });
});
