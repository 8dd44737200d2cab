import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { recoveryCounts } from '../../../src/sandbox/demo/inventory.js';
import { machineOverrides } from '../../../src/sandbox/demo/machine.js';
import { nextSteps } from '../../../src/sandbox/demo/next-steps.js';
import { type DemoReport, findProblems, writeReport } from '../../../src/sandbox/demo/report.js';
import { reportTable } from '../../../src/sandbox/demo/table.js';

const course = ['deployCluster', 'scaleCluster', 'decommissionNode', 'rollingUpgrade', 'recoverCluster'];
const items = { sessions: 30, retained: 30, queued: 120 };

const good: DemoReport = {
  operations: course.map((type) => ({ type, status: 'completed', seconds: 3.2 })),
  messages: {
    ...{ published: 5000, delivered: 5000, lost: 0, duplicated: 0, longestOutageMs: 700 },
    ...{ redelivered: 2, lostInDisaster: 0 },
  },
  recovery: recoveryCounts(items, { sessions: 20, retained: 21, queued: 80 }, items),
  safetyViolations: [],
  drains: [{ node: 'n2', clients: 8, seconds: 2 }],
  overriddenChecks: [],
  clients: { online: 24, offline: 30 },
  watch: { looksPerSecond: 24.8 },
  sabotage: null,
  problems: [],
  seconds: 120,
};

it('finds no problem in a demo that went well', () => {
  expect(findProblems(good)).toEqual([]);
});

it.each<[string, Partial<DemoReport>, RegExp]>([
  ['an operation failed', { operations: good.operations.slice(1) }, /deployCluster was not run/],
  [
    'an operation did not complete',
    { operations: good.operations.map((one) => ({ ...one, status: 'failed', failure: 'CheckFailed: disk' })) },
    /rollingUpgrade failed: CheckFailed: disk/,
  ],
  ['a message was lost', { messages: { ...good.messages, lost: 1 } }, /1 acknowledged messages were lost/],
  ['a message came twice', { messages: { ...good.messages, duplicated: 1 } }, /delivered again/],
  ['nothing was published', { messages: { ...good.messages, published: 0 } }, /no message/],
  ['there was no disaster', { recovery: null }, /no disaster/],
  ['the disaster took nothing', { recovery: recoveryCounts(items, items, items) }, /took nothing/],
  [
    'an item is missing after the recovery',
    { recovery: recoveryCounts(items, { ...items, queued: 80 }, { ...items, queued: 119 }) },
    /queued: 120 before the disaster, 119 after/,
  ],
  [
    'a rule was broken',
    {
      safetyViolations: [
        { rule: 'max-unavailable', at: '2026-01-31T12:00:00.000Z', nodes: ['n1', 'n2'], detail: 'two' },
      ],
    },
    /max-unavailable: two/,
  ],
])('finds it when %s', (_, change, problem) => {
  expect(findProblems({ ...good, ...change }).join('\n')).toMatch(problem);
});

it('is a table for people and a file for programs', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = await writeReport(path.join(folder, 'demo'), good);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(good);
  const table = reportTable({ ...good, overriddenChecks: [{ check: 'recovery-host', reason: 'two CPUs' }] });
  expect(table).toContain('published  delivered  lost  duplicated  longest outage');
  expect(table).toMatch(/sessions +30 +10 +30\n/);
  expect(table).toContain('recovery-host: two CPUs');
  expect(table).toContain('n2: 8 clients in 2.0 s');
});

it('names the check that a small machine cannot meet, with the reason', () => {
  expect(machineOverrides({ cpus: 4, memoryBytes: 8e9 })).toEqual([]);
  expect(machineOverrides({ cpus: 2, memoryBytes: 8e9 })).toMatchObject([{ check: 'recovery-host' }]);
  expect(machineOverrides({ cpus: 8, memoryBytes: 2e9 })).toMatchObject([{ check: 'recovery-host' }]);
});

it('tells what to try next, with the address only where it is needed', () => {
  const facts = {
    ...{ cluster: 'demo', uiUrl: 'http://127.0.0.1:8233', version: '4.32.0' },
    ...{ specFile: '.hivekeeper/demo/cluster.yaml', gate: '127.0.1.15:1883' },
  };
  const text = nextSteps({ ...facts, address: '127.0.0.1:7233' });
  expect(text).toContain('hivekeeper upgrade demo --to 4.32.0 --wait\n');
  expect(text).toContain(
    `temporal workflow start --type rollingUpgrade --task-queue hivekeeper --input '{"cluster":"demo","version":"4.32.0"}'`,
  );
  expect(nextSteps({ ...facts, address: '127.0.0.1:4711' })).toContain(
    'hivekeeper status demo --address 127.0.0.1:4711',
  );
});
