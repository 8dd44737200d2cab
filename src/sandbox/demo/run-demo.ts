import path from 'node:path';
import { messageOf } from '../../domain/errors/index.js';
import { nextSteps } from './next-steps.js';
import { type NodeWatch, watchNodes } from './node-watch.js';
import { VERSIONS } from './packages.js';
import { type DemoReport, writeReport } from './report.js';
import type { Sabotage } from './sabotage.js';
import type { Course } from './course.js';
import { ITEMS, tellStory } from './story.js';
import { CLUSTER, startSurroundings, type Surroundings } from './surroundings.js';
import { reportTable } from './table.js';
import { judgeCourse } from './verdict.js';

export interface DemoOptions {
  /** Ends by itself after the report. Otherwise cluster, clients and UI stay up until Ctrl-C. */
  readonly once: boolean;
  /** Breaks something on purpose; the demo then has to fail. */
  readonly sabotage?: Sabotage | undefined;
  /** Leaves the hosts' folders behind. Default: false */
  readonly keep?: boolean;
  readonly stdout: { write(text: string): unknown };
  /** The demo writes below `.hivekeeper/demo` of this folder. */
  readonly cwd: string;
  /** Ends the demo early; everything it started is ended. Default: Ctrl-C and SIGTERM */
  readonly signal?: AbortSignal;
}

const EXIT = { ok: 0, failed: 1, interrupted: 130 };

/** Shows a cluster's whole life on this machine, and judges it from outside. @returns the exit code */
export async function runDemo(options: DemoOptions): Promise<number> {
  const interrupt = interruption(options.signal);
  try {
    return await play(options, interrupt.signal);
  } finally {
    interrupt.dispose();
  }
}

async function play({ once, sabotage, keep, stdout, cwd }: DemoOptions, signal: AbortSignal): Promise<number> {
  const startedAt = Date.now();
  const folder = path.join(cwd, '.hivekeeper', 'demo');
  const say = (line: string): void => {
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6);
    stdout.write(`${seconds}s    ${line}\n`);
  };
  const chapter = (line: string): void => {
    stdout.write('\n');
    say(line);
  };
  signal.addEventListener('abort', () => say('Ending everything ...'), { once: true });
  let surroundings: Surroundings | undefined;
  let watch: NodeWatch | undefined;
  const course: Course = { operations: [], members: [], exempt: [] };
  try {
    say('Starting six hosts, a Temporal server and a worker');
    surroundings = await startSurroundings({ folder, say, ...(keep !== undefined && { keep }) });
    say(`Temporal UI: ${surroundings.server.uiUrl}`);
    watch = watchNodes(surroundings.stage.nodes);
    const failures: string[] = [];
    const fleetLog = path.join(folder, 'logs', 'fleet.jsonl');
    const failed = (error: unknown): void => {
      if (!signal.aborted) failures.push(messageOf(error));
    };
    await tellStory(course, { surroundings, watch, sabotage, fleetLog, chapter, say, signal }).catch(failed);
    if (signal.aborted) return EXIT.interrupted;
    await course.fleet?.quiesce();
    const report = judgeCourse({
      ...{ course, stage: surroundings.stage, watch, startedAt, failures },
      ...{ sabotage: sabotage ?? null, offline: ITEMS.sessions },
    });
    await conclude(report, folder, stdout);
    const exitCode = report.problems.length === 0 ? EXIT.ok : EXIT.failed;
    if (once) return exitCode;
    course.fleet?.resume();
    stdout.write(`\n${nextSteps(factsOf(surroundings))}`);
    await aborted(signal);
    return exitCode;
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    stdout.write(`\nThe demo failed: ${messageOf(error)}\n`);
    return EXIT.failed;
  } finally {
    watch?.stop();
    await course.fleet?.stop().catch(() => undefined);
    await surroundings?.stop();
  }
}

async function conclude(report: DemoReport, folder: string, stdout: DemoOptions['stdout']): Promise<void> {
  const file = await writeReport(folder, report);
  stdout.write(`\n${reportTable(report)}\n`);
  for (const problem of report.problems) stdout.write(`FAILED: ${problem}\n`);
  stdout.write(`${report.problems.length === 0 ? 'Everything holds. ' : ''}Report: ${file}\n`);
}

function factsOf({ server, specFile, stage }: Surroundings) {
  const gate = `${stage.host('lb1').address}:1883`;
  return { cluster: CLUSTER, address: server.address, uiUrl: server.uiUrl, version: VERSIONS[2], specFile, gate };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ctrl-C and SIGTERM as a signal, so that nothing that was started is left behind. */
function interruption(given: AbortSignal | undefined): { signal: AbortSignal; dispose: () => void } {
  if (given !== undefined) return { signal: given, dispose: () => undefined };
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  process.on('SIGINT', abort).on('SIGTERM', abort);
  return { signal: controller.signal, dispose: () => void process.off('SIGINT', abort).off('SIGTERM', abort) };
}
