import { setTimeout as sleep } from 'node:timers/promises';
import {
  clusterOverviews,
  clusterStatus,
  type TemporalAddress,
  type TemporalSession,
} from '../../../temporal/index.js';
import type { CliIo } from '../../io.js';
import { printJson } from '../../output/json.js';
import type { Line } from '../../output/line.js';
import { createScreen } from '../../output/screen.js';
import { overviewLines, statusLines } from '../../output/status-view.js';
import { untilInterrupted } from '../shared/interrupt.js';
import { withTemporal } from '../shared/with-temporal.js';

export interface StatusRequest {
  readonly cluster: string | undefined;
  readonly watch: boolean;
  readonly json: boolean;
}

/** What is shown, as a document and as lines. */
interface Shown {
  readonly document: object;
  readonly lines: readonly Line[];
}

/** Milliseconds between two looks of `--watch`. A cluster is observed by a workflow each time, so less often. */
const between = { all: 2_000, one: 5_000 };

export async function showStatus(request: StatusRequest, temporal: Partial<TemporalAddress>, io: CliIo): Promise<void> {
  const { signal, stop } = untilInterrupted();
  try {
    await withTemporal(io, temporal, async (session) => {
      if (request.watch) {
        await watchStatus(session, request, io, signal);
        return;
      }
      const { document, lines } = await lookAt(session, request.cluster, signal);
      if (request.json) printJson(io, document);
      else createScreen(io).print(lines);
    });
  } finally {
    stop();
  }
}

async function lookAt(session: TemporalSession, cluster: string | undefined, signal: AbortSignal): Promise<Shown> {
  if (cluster === undefined) {
    const clusters = await clusterOverviews(session);
    return { document: { clusters }, lines: overviewLines(clusters) };
  }
  const status = await clusterStatus(session, cluster, signal);
  return { document: status, lines: statusLines(status) };
}

/** Redraws in place for a person; elsewhere prints again whenever something has changed. */
async function watchStatus(
  session: TemporalSession,
  { cluster, json }: StatusRequest,
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  const screen = createScreen(io);
  let before = '';
  while (!signal.aborted) {
    const { document, lines } = await lookAt(session, cluster, signal);
    if (screen.live && !json) {
      screen.draw(lines.slice(0, screen.height));
    } else {
      const text = JSON.stringify(document);
      if (text !== before) {
        if (json) io.stdout.write(`${text}\n`);
        else screen.print(lines);
      }
      before = text;
    }
    const wait = cluster === undefined ? between.all : between.one;
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}
