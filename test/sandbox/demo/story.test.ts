import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { watchNodes } from '../../../src/sandbox/demo/node-watch.js';
import { servePackages } from '../../../src/sandbox/demo/packages.js';
import type { DemoReport } from '../../../src/sandbox/demo/report.js';
import type { Sabotage } from '../../../src/sandbox/demo/sabotage.js';
import type { Course } from '../../../src/sandbox/demo/course.js';
import { tellStory } from '../../../src/sandbox/demo/story.js';
import { DRAIN_PACE } from '../../../src/sandbox/demo/surroundings.js';
import { judgeCourse } from '../../../src/sandbox/demo/verdict.js';
import { javaStandIn } from '../../../src/sandbox/distribution/index.js';
import { stageForTest } from '../../support/stage.js';
import { unzip } from '../../../src/sandbox/wire/unzip.js';
import { operationsByHand } from './support/by-hand.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-story-'));
  // The packages as files are enough here.
  await (await servePackages(folder, '127.0.0.1')).stop();
  await unzip(path.join(folder, 'hivemq-recovery-tool.zip'), folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The demo with its operations done by hand, and what it says about them. */
async function play(sabotage?: Sabotage): Promise<DemoReport> {
  const startedAt = Date.now();
  const stage = await stageForTest({
    standIns: [{ name: 'java', text: javaStandIn(process.execPath) }],
    sshServer: 'built-in',
  });
  const watch = watchNodes(stage.nodes);
  const course: Course = { operations: [], members: [], exempt: [] };
  onTestFinished(async () => {
    watch.stop();
    await course.fleet?.stop();
  });
  const packages = path.join(folder, 'hivemq-{version}.zip');
  const operations = operationsByHand({ stage, packages, tool: folder, pace: DRAIN_PACE });
  const failures: string[] = [];
  await tellStory(course, {
    surroundings: { stage, spec: {}, operations, worker: { ended: new Promise<string>(() => undefined) } },
    ...{ watch, sabotage, fleetLog: path.join(stage.root, 'fleet.jsonl') },
    ...{ chapter: () => undefined, say: () => undefined, signal: new AbortController().signal },
  }).catch((error: unknown) => failures.push(String(error)));
  await course.fleet?.quiesce();
  return judgeCourse({ course, stage, watch, sabotage: sabotage ?? null, startedAt, failures, offline: 30 });
}

it('is content with a life in which everything was done right', { timeout: 180_000 }, async () => {
  const report = await play();
  expect(report.problems).toEqual([]);
  expect(report.operations.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'completed'));
  expect(report.messages).toMatchObject({ lost: 0, duplicated: 0 });
  expect(report.drains).toHaveLength(4);
  for (const { before, missingAfterDisaster, after } of Object.values(report.recovery ?? {})) {
    expect(missingAfterDisaster).toBeGreaterThan(0);
    expect(after).toBe(before);
  }
});

it('misses the message that was dropped', { timeout: 180_000 }, async () => {
  const report = await play('drop-message');
  expect(report.messages.lost).toBeGreaterThanOrEqual(1);
  expect(report.problems.join('\n')).toMatch(/acknowledged messages were lost/);
});

it('misses the items that were not imported', { timeout: 180_000 }, async () => {
  const report = await play('skip-import');
  expect(report.problems.join('\n')).toMatch(/queued: 120 before the disaster, \d+ after the recovery/);
});

it('names the rule when two nodes are stopped by hand', { timeout: 180_000 }, async () => {
  const report = await play('stop-two');
  expect(report.safetyViolations.map(({ rule }) => rule)).toContain('max-unavailable');
  expect(report.problems).not.toEqual([]);
});
