import {
  findDrains,
  type Journals,
  judgeAvailability,
  judgeDrain,
  judgeMessages,
  judgeOneOperation,
  judgeOutages,
  judgeRecoveryStarts,
  judgeSynchronized,
} from '../oracles/index.js';
import type { Stage } from '../stage/index.js';
import { machineOverrides } from './machine.js';
import type { NodeWatch } from './node-watch.js';
import { type DemoReport, findProblems } from './report.js';
import type { Course } from './course.js';
import { DRAIN_PACE } from './surroundings.js';

export interface VerdictOptions {
  readonly course: Course;
  readonly stage: Pick<Stage, 'hosts'>;
  readonly watch: NodeWatch;
  readonly sabotage: string | null;
  /** When the demo began, in milliseconds. */
  readonly startedAt: number;
  /** What went wrong besides. */
  readonly failures: readonly string[];
  readonly offline: number;
}

/** Puts the evidence before the oracles. */
export function judgeCourse({
  course,
  stage,
  watch,
  sabotage,
  startedAt,
  failures,
  offline,
}: VerdictOptions): DemoReport {
  const { disaster, exempt, members, fleet } = course;
  const events = fleet?.log.events() ?? [];
  const journals: Journals = new Map(stage.hosts.map((host) => [host.name, host.journal()]));
  const now = Date.now();
  const { published, delivered, lost, duplicated, redelivered, lostInDisaster } = judgeMessages({ events, disaster });
  const counts = watch.counts();
  const drains = findDrains(journals).map((drain) => judgeDrain({ drain, pace: DRAIN_PACE, counts, events }));
  const report = {
    operations: course.operations.map(({ type, status, seconds, failure }) => ({
      ...{ type, status, seconds },
      ...(failure !== undefined && { failure }),
    })),
    messages: {
      ...{ published, delivered, lost, duplicated },
      longestOutageMs: judgeOutages({ events, until: now, disaster }).ms,
      ...{ redelivered, lostInDisaster },
    },
    recovery: course.recovery ?? null,
    safetyViolations: [
      ...judgeAvailability({ members, down: watch.down(), disaster }),
      ...judgeOneOperation({ journals, exempt }),
      ...judgeSynchronized({ journals, exempt }),
      ...judgeRecoveryStarts({ journals }),
      ...drains.flatMap(({ violations }) => violations),
    ],
    drains: drains.map(({ node, clients, seconds }) => ({ node, clients, seconds })),
    overriddenChecks: disaster === undefined ? [] : machineOverrides(),
    clients: { online: fleet?.clients.length ?? 0, offline: fleet === undefined ? 0 : offline },
    watch: { looksPerSecond: Math.round(watch.rate() * 10) / 10 },
    sabotage,
    seconds: Math.round((now - startedAt) / 100) / 10,
  };
  return { ...report, problems: [...failures, ...findProblems(report)] };
}
