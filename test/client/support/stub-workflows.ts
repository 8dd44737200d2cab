/**
 * Workflows that speak the messages of the real ones and do what their input asks for, so that the command line is
 * tried against a real server without hosts.
 */
import {
  ApplicationFailure,
  CancelledFailure,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type {
  NodeSummary,
  OperationProgress,
  OperationReport,
  Phase,
  PreparedPlan,
} from '../../../src/domain/operations/index.js';
import type { RecordState } from '../../../src/domain/record/index.js';
import type { StubActivities } from './stub-activities.js';

const phaseKey = defineSearchAttributeKey('HivekeeperPhase', 'KEYWORD');
const { stopNode } = proxyActivities<StubActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '5 seconds',
  retry: { maximumAttempts: 1 },
});

/** What a test asks an operation to do; it travels in `reason`, where every operation has room for text. */
type Behaviour = 'work' | 'hold' | 'fail' | 'check-fails';

interface StubInput {
  readonly cluster: string;
  readonly dryRun?: boolean;
  readonly approval?: string;
  readonly onBusy?: string;
  readonly reason?: string;
}

const behaviours: readonly Behaviour[] = ['hold', 'check-fails', 'fail'];
const behaviourOf = (input: StubInput): Behaviour => behaviours.find((one) => input.reason?.includes(one)) ?? 'work';

const nodes: NodeSummary[] = ['n1', 'n2'].map((host, index) => ({
  host,
  member: true,
  state: 'RUNNING',
  version: '4.30.0',
  clients: 10 + index,
  sees: 2,
  note: '',
}));

function planOf(type: string, input: StubInput): PreparedPlan {
  const fails = behaviourOf(input) === 'check-fails';
  const step = (host: string) => ({
    type: 'step' as const,
    id: `${host}/stopNode`,
    kind: 'stopNode',
    title: `Stop ${host}`,
    node: host,
    input: { host },
  });
  return {
    hash: `hash-of-${input.cluster}`,
    nodes,
    accepts: [],
    completes: [],
    plan: {
      operation: type,
      cluster: input.cluster,
      title: `${type} of ${input.cluster}`,
      changes: ['n1 is stopped', 'n2 is stopped'],
      warnings: ['this is a stub'],
      checks: [
        { check: 'versions', status: 'holds', reason: 'all run 4.30.0' },
        fails
          ? { check: 'synchronized', node: 'n2', status: 'fails', reason: 'n2 joins', remedy: 'Wait for n2.' }
          : { check: 'synchronized', status: 'holds', reason: 'all are synchronized' },
      ],
      members: ['n1', 'n2'],
      ...(type === 'applySpec' && {
        difference: [
          { sign: '~', path: 'logLevel', before: 'INFO', after: 'DEBUG', effect: 'hot', why: 'it is read again' },
          { sign: '+', path: 'listeners[websocket:8000]', after: '{ port: 8000 }', effect: 'restart', why: 'as said' },
        ],
        nodes: [
          { host: 'n1', change: 'restarts', why: ['conf/config.xml differs'] },
          { host: 'n2', change: 'untouched', why: [] },
        ],
      }),
      root: {
        type: 'sequence',
        id: 'all',
        title: 'Stop everything',
        children: [{ type: 'parallel', id: 'nodes', title: 'Nodes', limit: 1, children: [step('n1'), step('n2')] }],
      },
    },
  };
}

function operation(type: string) {
  return async (input: StubInput): Promise<OperationReport> => {
    const prepared = planOf(type, input);
    const startedAt = new Date().toISOString();
    const steps: OperationProgress['steps'] = ['n1', 'n2'].map((host) => ({
      id: `${host}/stopNode`,
      title: `Stop ${host}`,
      node: host,
      status: 'pending',
    }));
    const state = {
      phase: 'planning' as Phase,
      waitingFor: null as string | null,
      paused: false,
      approved: '',
      rejected: '',
    };
    const enter = (phase: Phase, waitingFor: string | null = null): void => {
      state.phase = phase;
      state.waitingFor = waitingFor;
      upsertSearchAttributes([{ key: phaseKey, value: phase }]);
    };
    const report = (status: OperationReport['status']): OperationReport => ({
      ...prepared.plan,
      status,
      planHash: prepared.hash,
      nodes,
      steps,
      startedAt,
      endedAt: new Date().toISOString(),
    });
    setHandler(defineQuery<OperationProgress>('progress'), () => ({
      operation: type,
      cluster: input.cluster,
      phase: state.phase,
      waitingFor: state.waitingFor,
      planHash: prepared.hash,
      startedAt,
      steps,
    }));
    setHandler(defineQuery<PreparedPlan>('plan'), () => prepared);
    setHandler(defineSignal('pause'), () => {
      state.paused = true;
      enter('paused');
    });
    setHandler(defineSignal('resume'), () => {
      state.paused = false;
      enter('running');
    });
    setHandler(defineSignal<[{ planHash: string }]>('approve'), ({ planHash }) => {
      state.approved = planHash;
    });
    setHandler(defineSignal<[{ reason: string }]>('reject'), ({ reason }) => {
      state.rejected = reason;
    });
    if (input.onBusy === 'fail') throw ApplicationFailure.nonRetryable(`${input.cluster} is busy`, 'ClusterBusy');
    if (type === 'checkCluster' || input.dryRun === true) {
      enter('completed');
      return report(type === 'checkCluster' ? 'checked' : 'dry-run');
    }
    if (input.approval === 'required') {
      enter('awaiting-approval', `an approval of plan ${prepared.hash}`);
      await condition(() => state.approved === prepared.hash || state.rejected !== '');
      if (state.rejected !== '') {
        enter('rejected');
        throw ApplicationFailure.nonRetryable(`the plan was rejected: ${state.rejected}`, 'Rejected');
      }
    }
    enter('running');
    for (const step of steps) {
      await condition(() => !state.paused);
      Object.assign(step, { status: 'running', startedAt: new Date().toISOString() });
      try {
        const { note } = await stopNode({ host: step.node ?? '', how: behaviourOf(input) });
        Object.assign(step, { status: 'done', endedAt: new Date().toISOString(), note });
      } catch (error) {
        const cancelled = isCancellation(error);
        Object.assign(step, { status: cancelled ? 'cancelled' : 'failed', endedAt: new Date().toISOString() });
        enter(cancelled ? 'cancelled' : 'failed');
        if (cancelled) throw new CancelledFailure('cancelled at a safe point');
        // As Temporal wraps it: the sentence that counts is in a cause.
        throw error;
      }
    }
    enter('completed');
    return report('completed');
  };
}

export const applySpec = operation('applySpec');
export const deployCluster = operation('deployCluster');
export const rollingUpgrade = operation('rollingUpgrade');
export const checkCluster = operation('checkCluster');

/** A record whose state is its input. */
export async function clusterRecord(state: RecordState): Promise<void> {
  setHandler(defineQuery<RecordState>('state'), () => state);
  setHandler(
    defineUpdate<RecordState, [{ host: string }]>('uncordon'),
    ({ host }) => {
      state.membership.cordoned = state.membership.cordoned.filter((entry) => entry.host !== host);
      return state;
    },
    {
      validator: ({ host }) => {
        if (state.membership.cordoned.some((entry) => entry.host === host)) return;
        throw ApplicationFailure.nonRetryable(`${state.cluster}: no such cordoned host`, 'InvalidInput');
      },
    },
  );
  await condition(() => false);
}
