import { defaultPayloadConverter, type WorkflowExecutionDescription } from '@temporalio/client';
import { z } from 'zod';

/** An activity that is under way, as the server knows it. */
export interface PendingActivity {
  /** The kind of step, or `preparePlan`. */
  readonly kind: string;
  /** Activities of a run are numbered in the order in which they were started. */
  readonly order: number;
  /** From its last heartbeat. */
  readonly waitingFor: string | null;
  /** The step that it runs, where its heartbeat says so. */
  readonly stepId: string | null;
  readonly attempt: number;
  /** Why the attempt before this one failed. */
  readonly lastFailure: string | null;
}

const heartbeatSchema = z.object({ waitingFor: z.string().optional(), stepId: z.string().optional() });

type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** The activities of a described run. A heartbeat that is not understood is left out: it is only shown. */
export function pendingActivities(description: Pick<WorkflowExecutionDescription, 'raw'>): PendingActivity[] {
  return (description.raw.pendingActivities ?? []).map((pending) => {
    const beat = heartbeatOf(pending);
    return {
      kind: pending.activityType?.name ?? '',
      order: Number(pending.activityId),
      waitingFor: beat.waitingFor ?? null,
      stepId: beat.stepId ?? null,
      attempt: pending.attempt ?? 1,
      lastFailure: innermost(pending.lastFailure),
    };
  });
}

function heartbeatOf(pending: Pending): z.output<typeof heartbeatSchema> {
  const payload = pending.heartbeatDetails?.payloads?.[0];
  if (!payload) return {};
  try {
    const details: unknown = defaultPayloadConverter.fromPayload(payload);
    return heartbeatSchema.safeParse(details).data ?? {};
  } catch {
    return {};
  }
}

/** Temporal's outer failures only say that an activity failed. */
function innermost(failure: Pending['lastFailure']): string | null {
  let current = failure;
  while (current?.cause && !current.applicationFailureInfo) current = current.cause;
  return current?.message ?? null;
}
