import type { RecordState } from '../../../src/domain/record/index.js';

/** The record of a cluster with two members, n3 retired, and one operation behind it. */
export function recordState(cluster: string, holder: string | null = null): RecordState {
  const run = { requestId: 'r1', runId: 'run', operation: 'rollingUpgrade' };
  return {
    cluster,
    spec: { name: cluster },
    lease: { token: 1, holder: holder === null ? null : { ...run, workflowId: holder }, queue: [] },
    membership: {
      nodes: 2,
      members: ['n1', 'n2'].map((host) => ({ host, version: '4.30.0', since: '2026-01-01T10:00:00.000Z' })),
      cordoned: [{ host: 'n3', reason: 'decommissioned', at: '2026-01-02T10:00:00.000Z' }],
    },
    inventory: { packages: {} },
    journal: [
      {
        ...run,
        requestId: 'r0',
        workflowId: `${cluster}/deployCluster/20260101-100000-abc`,
        operation: 'deployCluster',
        startedAt: '2026-01-01T10:00:00.000Z',
        endedAt: '2026-01-01T10:03:05.000Z',
        outcome: 'completed',
        summary: 'n1 joins; n2 joins',
      },
    ],
    previous: null,
    removed: false,
  };
}
