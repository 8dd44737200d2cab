import type { TemporalSession } from '../../../src/client/temporal/index.js';

/** One execution of an activity as the history of its workflow tells it: the attempt that was completed. */
export interface Execution {
  readonly activityId: string;
  readonly type: string;
  readonly attempt: number;
  /** The worker of that attempt. */
  readonly identity: string;
  /** Why the attempt before ended. */
  readonly lastFailure: string;
}

/** All activities of a workflow's history, in the order in which they were started. */
export async function executions(session: TemporalSession, workflowId: string): Promise<Execution[]> {
  const { events } = await session.client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = new Map(
    (events ?? []).map((event) => [String(event.eventId), event.activityTaskScheduledEventAttributes]),
  );
  return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) => {
    const activity = started && scheduled.get(String(started.scheduledEventId));
    if (!started || !activity) return [];
    return [
      {
        activityId: activity.activityId ?? '',
        type: activity.activityType?.name ?? '',
        attempt: started.attempt ?? 0,
        identity: started.identity ?? '',
        lastFailure: started.lastFailure?.message ?? '',
      },
    ];
  });
}
