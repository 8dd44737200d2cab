import { describe, expect, it } from 'vitest';
import { certificateCheck, evaluateCheck, type SeenListener } from '../../../src/domain/checks/index.js';

const at = '2026-06-01T00:00:00.000Z';
const day = 24 * 60 * 60_000;
const inDays = (days: number): string => new Date(Date.parse(at) + days * day).toISOString();

/** A listener whose certificate began and ends so many days from now. */
const seen = (begin: number, end: number): SeenListener => ({
  host: 'n1',
  listener: 'tls-tcp:8883',
  certificate: { notBefore: inDays(begin), notAfter: inDays(end) },
  problem: null,
});
const evaluate = (...listeners: SeenListener[]) => evaluateCheck(certificateCheck, { listeners, at }, []);

describe('certificates', () => {
  it.each([
    ['a year, 31 days left', -334, 31, 'holds'],
    ['a year, 29 days left', -336, 29, 'fails'],
    ['a week, 3 days left', -4, 3, 'holds'],
    ['a week, 2 days left', -5, 2, 'fails'],
    ['over since a day', -90, -1, 'fails'],
  ])('%s', (_, begin, end, status) => {
    expect(evaluate(seen(begin, end))).toMatchObject([{ check: 'certificates', status }]);
  });

  it('names node, listener, end and remedy', () => {
    const [ends, ended] = evaluate(seen(-80, 10), seen(-90, -1));
    expect(ends).toMatchObject({
      node: 'n1',
      reason: `the certificate of the listener tls-tcp:8883 ends on ${inDays(10)}`,
    });
    expect(ended?.reason).toContain('has ended on');
    expect(ends?.remedy).toContain('setCertificates');
  });

  it('tells the first end of several, and that there was no handshake', () => {
    expect(evaluate(seen(0, 90), seen(0, 60))).toMatchObject([{ reason: `the first one ends on ${inDays(60)}` }]);
    const silent: SeenListener = { host: 'n2', listener: 'secure', certificate: null, problem: 'nothing answers' };
    expect(evaluate(silent)).toMatchObject([
      { node: 'n2', status: 'fails', reason: 'the listener secure: nothing answers' },
    ]);
    expect(evaluate()).toMatchObject([{ status: 'holds' }]);
  });
});
