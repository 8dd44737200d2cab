import { describe, expect, it } from 'vitest';
import { StepNotices } from '../../../src/activities/steps/notices.js';
import type { OperationEvent } from '../../../src/domain/events/index.js';

const start = Date.parse('2026-11-21T14:03:11.000Z');

function listened(attempt = 1, before?: unknown) {
  const clock = { now: start };
  const sent: OperationEvent[] = [];
  const notices = new StepNotices({
    step: { step: 'n1/closeTraffic', title: 'Send no new connections to n1', node: 'n1' },
    send: (event) => Promise.resolve(void sent.push(event)),
    now: () => clock.now,
    attempt,
    before,
  });
  return { clock, sent, notices };
}

describe('what a step tells its operation of a wait', () => {
  it('is nothing of a short one, which its line tells all the same', async () => {
    const { clock, sent, notices } = listened();
    const line = 'check headroom: n2: 81 % CPU (since 14:03:11 UTC)';
    expect(await notices.waiting('headroom', 'n2: 81 % CPU')).toBe(line);
    clock.now += 4_999;
    await notices.waiting('headroom', 'n2: 81 % CPU');
    expect(notices.waits).toEqual({ check: 'headroom', since: start, untouched: false });
    expect(await notices.over()).toBe(false);
    expect([sent, notices.waits]).toEqual([[], null]);
  });

  it('is once that it waits, again for another check, and that it is over', async () => {
    const { clock, sent, notices } = listened();
    for (const [check, percent] of [
      ['headroom', 81],
      ['headroom', 83],
      ['headroom', 85],
      ['synchronized', 0],
      ['synchronized', 0],
    ] as const) {
      await notices.waiting(check, `${percent} %`);
      clock.now += 5_000;
    }
    expect(notices.waits).toMatchObject({ check: 'synchronized', untouched: true });
    expect(await notices.over()).toBe(true);
    expect(sent.map(({ kind, check, since, text }) => [kind, check, since.slice(11, 19), text])).toEqual([
      ['waiting', 'headroom', '14:03:11', 'check headroom: 83 %'],
      ['waiting', 'synchronized', '14:03:26', 'check synchronized: 0 %'],
      ['resumed', 'synchronized', '14:03:26', 'no longer waiting: check synchronized: 0 %'],
    ]);
    expect(sent[0]).toMatchObject({ step: 'n1/closeTraffic', node: 'n1', untouched: true });
    expect(await notices.over()).toBe(false);
  });

  it('goes on where the attempt before was cut off, and still knows that nothing was done', async () => {
    const since = start - 3_600_000;
    const { sent, notices } = listened(2, { waitingFor: 'x', wait: { check: 'headroom', since, untouched: true } });
    expect(await notices.waiting('headroom', 'busy')).toContain('since 13:03:11 UTC');
    expect(sent).toMatchObject([{ kind: 'waiting', since: '2026-11-21T13:03:11.000Z', untouched: true }]);
  });

  it('is that a wait of the attempt before is over', async () => {
    const wait = { check: 'headroom', since: start, untouched: true };
    const { sent, notices } = listened(2, { wait });
    expect(await notices.over()).toBe(true);
    expect(sent).toMatchObject([{ kind: 'resumed', text: 'no longer waiting: check headroom' }]);
  });

  it('does not claim that nothing was done when an attempt before may have acted', async () => {
    const { clock, sent, notices } = listened(2, { waitingFor: 'stopping' });
    await notices.waiting('synchronized', 'n3 joins');
    clock.now += 5_000;
    await notices.waiting('synchronized', 'n3 joins');
    expect(sent).toMatchObject([{ kind: 'waiting', untouched: false }]);
  });
});
