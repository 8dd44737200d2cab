import { setTimeout as sleep } from 'node:timers/promises';
import {
  cancel,
  connect,
  type OperationView,
  startOperation,
  type TemporalAddress,
  watchOperation,
} from '../../client/temporal/index.js';
import type { OperationType } from '../../domain/operations/index.js';

/** How an operation of the demo ended. */
export interface OperationOutcome {
  readonly type: string;
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly seconds: number;
  /** When it was started and when it had ended, in milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Why it did not complete. */
  readonly failure?: string;
}

interface RunOptions {
  /** Told about each step that ended, and each failure of a try. */
  readonly say: (line: string) => void;
  /** Ends the watch; the operation is cancelled. */
  readonly signal: AbortSignal;
  /** Cancels the operation as soon as this holds for the ids of the steps that have begun: sabotage. */
  readonly cancelAt?: ((begun: readonly string[]) => boolean) | undefined;
}

/** The way of the demo to the product: started, watched and cancelled like by anybody else. */
export interface DemoOperations {
  /** Runs an operation to its end. Never throws for one that failed. */
  run(type: OperationType, input: Readonly<Record<string, unknown>>, options: RunOptions): Promise<OperationOutcome>;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 250;

export async function connectOperations(address: TemporalAddress): Promise<DemoOperations> {
  const session = await connect(address);
  return {
    async run(type, input, { say, signal, cancelAt }) {
      const from = Date.now();
      const { workflowId } = await startOperation(session.client, type, input);
      let last: OperationView | undefined;
      let cancelled = false;
      const onView = (view: OperationView): void => {
        for (const line of news(last, view)) say(line);
        last = view;
        if (cancelled || cancelAt?.(begunSteps(view)) !== true) return;
        cancelled = true;
        void cancel(session, workflowId);
      };
      const seen = await watchOperation(session, workflowId, { onView, signal, every: LOOK_EVERY_MS });
      const to = Date.now();
      const times = { type, seconds: Math.round((to - from) / 100) / 10, from, to };
      if (seen === null) {
        await Promise.race([cancel(session, workflowId).catch(() => undefined), sleep(2_000)]);
        return { ...times, status: 'cancelled', failure: 'interrupted' };
      }
      for (const line of news(last, seen.last)) say(line);
      if (seen.end.outcome === 'completed') return { ...times, status: 'completed' };
      const { kind, message } = seen.end.failure;
      return { ...times, status: kind === 'Cancelled' ? 'cancelled' : 'failed', failure: `${kind}: ${message}` };
    },
    close: () => session.close(),
  };
}

function begunSteps({ progress }: OperationView): string[] {
  return (progress?.steps ?? []).filter(({ status }) => status !== 'pending').map(({ id }) => id);
}

/** One line for each step that has ended since the last look. */
function news(before: OperationView | undefined, { progress, notice }: OperationView): string[] {
  const known = new Map(before?.progress?.steps.map((step) => [step.id, step.status]));
  const ended = (progress?.steps ?? []).filter(
    ({ id, status }) => ['done', 'failed', 'cancelled', 'undone'].includes(status) && known.get(id) !== status,
  );
  const lines = ended.map(({ title, status, note, error }) => {
    const remark = error ?? note ?? '';
    return `${status === 'done' ? '' : `${status}: `}${title}${remark === '' ? '' : ` (${remark})`}`;
  });
  const problem = notice !== null && notice !== before?.notice && progress === null ? [notice] : [];
  return [...problem, ...lines];
}
