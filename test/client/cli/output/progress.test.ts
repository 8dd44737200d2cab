import { describe, expect, it } from 'vitest';
import { progressChanges } from '../../../../src/client/cli/output/progress-changes.js';
import { progressLines } from '../../../../src/client/cli/output/progress-view.js';
import { elapsed } from '../../../../src/client/cli/output/elapsed.js';
import { line, paint } from '../../../../src/client/cli/output/line.js';
import { table } from '../../../../src/client/cli/output/table.js';
import type { OperationView } from '../../../../src/client/temporal/index.js';
import type { OperationProgress } from '../../../../src/domain/operations/index.js';

const id = 'prod/rollingUpgrade/20260101-100000-abc';
const now = new Date('2026-01-01T10:02:00.000Z');
type Step = OperationProgress['steps'][number];

const step = (host: string, more: Partial<Step> = {}): Step => ({
  id: `${host}/stopNode`,
  title: `Stop ${host}`,
  node: host,
  status: 'pending',
  ...more,
});

const done = (host: string): Step =>
  step(host, {
    status: 'done',
    startedAt: '2026-01-01T10:00:00.000Z',
    endedAt: '2026-01-01T10:01:05.000Z',
    note: 'stopped',
  });
const running = (host: string): Step => step(host, { status: 'running', startedAt: '2026-01-01T10:01:48.000Z' });

function view(steps: Step[], more: Partial<OperationProgress> = {}, waits: Record<string, string> = {}): OperationView {
  const progress: OperationProgress = {
    operation: 'rollingUpgrade',
    cluster: 'prod',
    phase: 'running',
    waitingFor: null,
    planHash: 'abc',
    startedAt: '2026-01-01T10:00:00.000Z',
    steps,
    ...more,
  };
  return { progress, plan: null, waits, notice: null };
}

const texts = (shown: OperationView, height?: number): string[] =>
  progressLines(shown, { workflowId: id, now, ...(height !== undefined && { height }) }).map(({ text }) => text);

describe('progress as it is drawn', () => {
  it('has a headline, and a line for each step with what it waits for', () => {
    const waits = { 'n2/stopNode': '12 clients to leave' };
    expect(texts(view([done('n1'), running('n2'), step('n10')], {}, waits))).toEqual([
      'rollingUpgrade prod: running · 1 of 3 steps · 2m 00s',
      '✔ n1   Stop n1    1m 05s  stopped',
      '▶ n2   Stop n2       12s  waits for 12 clients to leave',
      '· n10  Stop n10',
    ]);
  });

  it('says how to answer a plan that waits', () => {
    const shown = texts(view([step('n1')], { phase: 'awaiting-approval', waitingFor: 'an approval of plan abc' }));
    expect(shown).toContain('  waits for an approval of plan abc');
    expect(shown).toContain(`  approve: hivekeeper approve ${id} --plan abc`);
  });

  it('keeps what runs when there are more steps than lines', () => {
    const steps = Array.from({ length: 50 }, (_, index) => `h${index}`).map((host, index) =>
      index < 30 ? done(host) : index === 30 ? running(host) : step(host),
    );
    const shown = texts(view(steps), 10);
    expect(shown).toHaveLength(10);
    expect(shown.some((text) => text.startsWith('▶ h30'))).toBe(true);
    expect(shown[1]).toMatch(/… \d+ steps before/);
    expect(shown.at(-1)).toMatch(/… \d+ steps to come/);
  });

  it.each([0, 1, 29, 30, 48, 49])('never draws more than the screen holds, with step %i running', (at) => {
    const steps = Array.from({ length: 50 }, (_, index) =>
      index < at ? done(`h${index}`) : index === at ? running(`h${index}`) : step(`h${index}`),
    );
    const shown = texts(view(steps), 8);
    expect(shown.length).toBeLessThanOrEqual(8);
    expect(shown.some((text) => text.startsWith(`▶ h${at} `))).toBe(true);
  });

  it('says what is known before there is any progress', () => {
    expect(texts({ progress: null, plan: null, waits: {}, notice: 'no worker answers' })).toEqual([
      `${id}: no worker answers`,
    ]);
  });
});

describe('progress as a log', () => {
  it('has a line for each change, and none without', () => {
    const first = view([running('n1'), step('n2')]);
    const second = view([done('n1'), running('n2')]);
    expect(progressChanges(null, first, id, now)).toEqual([`${id}: running`, 'n1: Stop n1: running']);
    expect(progressChanges(first, second, id, now)).toEqual([
      'n1: Stop n1: done (1m 05s), stopped',
      'n2: Stop n2: running',
    ]);
    expect(progressChanges(second, second, id, now)).toEqual([]);
  });

  it('says what a step waits for once, not with each count', () => {
    const wait = (text: string): OperationView => view([running('n1')], {}, { 'n1/stopNode': text });
    expect(progressChanges(wait('12 clients'), wait('11 clients'), id, now)).toEqual([]);
    expect(progressChanges(wait('12 clients'), wait('the process to end'), id, now)).toEqual([
      'n1: Stop n1: running, waits for the process to end',
    ]);
  });

  it('says why a step failed', () => {
    const failed = step('n1', { status: 'failed', error: 'the disk is full', endedAt: now.toISOString() });
    expect(progressChanges(view([running('n1')]), view([failed]), id, now)).toEqual([
      'n1: Stop n1: failed (0s), the disk is full',
    ]);
  });
});

describe('text', () => {
  it('never lets what a host says move the cursor', () => {
    expect(paint(line('a\u001b[2Jb\nc'), { colour: false })).toBe('a [2Jb c');
  });

  it('is cut to the width of the terminal, colours not counted', () => {
    expect(paint(line('abcdef', 'bad'), { colour: true, width: 4 })).toBe('\u001b[31mabc…\u001b[0m');
  });

  it('stands in columns, without those that are empty', () => {
    expect(
      table(
        ['A', 'LONGER', 'C'],
        [
          ['x', '', 'y'],
          ['xyz', '', ''],
        ],
      ),
    ).toEqual(['A    C', 'x    y', 'xyz']);
  });

  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [60_000, '1m 00s'],
    [3_600_000, '1h 00m'],
    [-5, '0s'],
  ])('%i ms are %s', (ms, text) => {
    expect(elapsed(new Date(0), new Date(ms))).toBe(text);
  });
});
