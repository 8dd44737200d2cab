import {
  cancel,
  noWorker,
  type OperationEnd,
  type OperationView,
  type TemporalSession,
  watchOperation,
} from '../../../temporal/index.js';
import { CliError } from '../../cli-error.js';
import { exitCodes } from '../../exit-codes.js';
import type { CliIo } from '../../io.js';
import { progressChanges } from '../../output/progress-changes.js';
import { progressLines } from '../../output/progress-view.js';
import { createScreen } from '../../output/screen.js';
import { untilInterrupted } from '../shared/interrupt.js';
import { showEnd } from './show-end.js';

export interface FollowOptions {
  /** Only the end is printed on stdout, as one document. */
  readonly json: boolean;
  /** The way to the end is not of interest, only what stands in it: for operations that change nothing. */
  readonly brief: boolean;
}

/** How an operation ended, and what was seen of it last. */
export interface FollowedOperation {
  readonly end: OperationEnd;
  readonly last: OperationView;
}

/** Looks without a worker after which an operation that changes nothing is given up. */
const patience = 3;

/** Shows an operation until it has ended, then how it ended; its outcome is the exit code. */
export async function followOperation(
  session: TemporalSession,
  workflowId: string,
  { json, brief }: FollowOptions,
  io: CliIo,
): Promise<FollowedOperation> {
  const { signal, stop } = untilInterrupted();
  const giveUp = new AbortController();
  let silent = 0;
  const show = json || !io.isTTY ? asLog(io, workflowId, brief) : onScreen(io, workflowId);
  const onView = (view: OperationView): void => {
    silent = view.notice === noWorker ? silent + 1 : 0;
    if (brief && silent >= patience) giveUp.abort();
    else show.view(view);
  };
  try {
    const seen = await watchOperation(session, workflowId, {
      onView,
      signal: AbortSignal.any([signal, giveUp.signal]),
    });
    show.done();
    if (seen) {
      showEnd(io, workflowId, seen, json);
      return seen;
    }
  } finally {
    stop();
  }
  if (!signal.aborted) {
    await cancel(session, workflowId);
    throw new CliError(exitCodes.unreachable, noWorker);
  }
  throw new CliError(
    exitCodes.interrupted,
    `no longer watching; ${workflowId} goes on\n  watch it again: hivekeeper wait ${workflowId}\n  cancel it:      hivekeeper cancel ${workflowId}`,
  );
}

interface Show {
  view(view: OperationView): void;
  done(): void;
}

function onScreen(io: CliIo, workflowId: string): Show {
  const screen = createScreen(io);
  return {
    view: (view) => screen.draw(progressLines(view, { workflowId, now: new Date(), height: screen.height })),
    done: () => screen.clear(),
  };
}

/** Progress goes to stderr, so that stdout holds the result alone. */
function asLog(io: CliIo, workflowId: string, brief: boolean): Show {
  let before: OperationView | null = null;
  return {
    view: (view) => {
      const after = brief ? { ...view, progress: null } : view;
      for (const text of progressChanges(before, after, workflowId, new Date())) io.stderr.write(`${text}\n`);
      before = after;
    },
    done: () => undefined,
  };
}
