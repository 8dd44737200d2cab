import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { describe, expect, test } from 'vitest';
import { searchAttributes } from '../../src/workflows/search-attributes.js';
import { until } from '../support/until.js';
import { withProtocol } from './support/protocol-worker.js';

const protocol = withProtocol();
const { phase } = searchAttributes;
const cluster = (): string => `c${randomUUID().slice(0, 8)}`;
const scale = (name: string, more: object = {}): object => ({ cluster: name, nodes: 2, ...more });

const containing = (text: string): unknown => expect.stringContaining(text);

async function failure(result: Promise<unknown>): Promise<{ type: string; message: string }> {
  const error = await result.then(
    () => new Error('it completed'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowFailedError)) throw error;
  const cause = error.cause as { type?: string; message: string };
  return { type: cause.type ?? '', message: cause.message };
}

describe('an operation as anybody may start it', () => {
  test('without an input it fails with an example and does not hang', async () => {
    const handle = await protocol.operation('rollingUpgrade', undefined);
    expect(await failure(handle.result())).toMatchObject({
      type: 'InvalidInput',
      message: containing('rollingUpgrade needs one JSON object as input'),
    });
  });

  test('without an id of ours it is found by its search attributes', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const handle = await protocol.operation('scaleCluster', scale(name), randomUUID());
    protocol.open();
    await handle.result();
    await until(async () => {
      for await (const found of protocol.client.workflow.list({
        query: `HivekeeperCluster='${name}' AND HivekeeperOperation='scaleCluster'`,
      })) {
        if (found.workflowId === handle.workflowId && found.typedSearchAttributes.get(phase) === 'completed')
          return true;
      }
      return false;
    });
  });

  test('an unknown cluster is refused by name, and no record is made', async () => {
    const name = cluster();
    const handle = await protocol.operation('scaleCluster', scale(name));
    expect(await failure(handle.result())).toMatchObject({ type: 'UnknownCluster' });
    await expect(protocol.record(name)).rejects.toThrow();
  });
});

describe('one operation at a time', () => {
  test('a second operation waits; with onBusy fail it is refused and told behind whom', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const first = await protocol.operation('scaleCluster', scale(name));
    await until(() => protocol.arrived.length === 1);
    const second = await protocol.operation('scaleCluster', scale(name));
    const refused = await protocol.operation('scaleCluster', scale(name, { onBusy: 'fail' }));
    expect(await failure(refused.result())).toMatchObject({
      type: 'ClusterBusy',
      message: containing(first.workflowId),
    });
    await until(async () => (await protocol.record(name)).lease.queue.length === 1);
    expect(protocol.arrived).toHaveLength(1);
    protocol.open();
    await Promise.all([first.result(), second.result()]);
    const order = protocol.effects.map((effect) => effect.workflowId);
    expect(order).toEqual([first.workflowId, first.workflowId, second.workflowId, second.workflowId]);
    expect((await protocol.record(name)).lease).toMatchObject({ holder: null, queue: [], token: 2 });
  });

  test('a holder that was terminated is found out, marked interrupted, and the next one goes on', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const first = await protocol.operation('scaleCluster', scale(name));
    await until(() => protocol.arrived.length === 1);
    const second = await protocol.operation('scaleCluster', scale(name));
    await until(async () => (await protocol.record(name)).lease.queue.length === 1);
    await first.terminate('the test ends it');
    await until(() => protocol.arrived.some((effect) => effect.workflowId === second.workflowId), 40_000);
    protocol.open();
    await second.result();
    const { journal } = await protocol.record(name);
    expect(journal.map((entry) => entry.outcome)).toEqual(['interrupted', 'completed']);
    expect(protocol.effects.filter((effect) => effect.workflowId === second.workflowId)).toHaveLength(2);
  }, 60_000);

  test('a running holder that is reset asks for a lease of its own; the old run acts no more', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const first = await protocol.operation('scaleCluster', scale(name));
    await until(() => protocol.arrived.length === 1);
    const firstRun = protocol.arrived[0]!.runId;
    const reset = await resetTo(first.workflowId, firstRun, await lastWorkflowTask(first.workflowId, firstRun));
    expect(reset.runId).not.toBe(firstRun);
    await until(() => protocol.arrived.some((effect) => effect.runId === reset.runId), 60_000);
    protocol.open();
    await protocol.client.workflow.getHandle(first.workflowId).result();
    const state = await protocol.record(name);
    expect(state.journal.map((entry) => entry.outcome)).toEqual(['interrupted', 'completed']);
    expect(state.lease).toMatchObject({ holder: null, token: 2 });
  }, 90_000);

  test('a closed operation that is reset while another runs is fenced: it waits for its own lease', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    protocol.open();
    const first = await protocol.operation('scaleCluster', scale(name));
    await first.result();
    const firstRun = protocol.effects[0]!.runId;
    protocol.close();
    const second = await protocol.operation('scaleCluster', scale(name));
    await until(() => protocol.arrived.length === 1);
    const grantSeen = await firstStepScheduled(first.workflowId, firstRun);
    const reset = await resetTo(first.workflowId, firstRun, grantSeen);
    // The reset run replays its old grant and tries its step: the fence turns it away, and it queues.
    await until(
      async () => (await protocol.record(name)).lease.queue.some((waiter) => waiter.runId === reset.runId),
      30_000,
    );
    expect(protocol.arrived.every((effect) => effect.workflowId === second.workflowId)).toBe(true);
    protocol.open();
    await second.result();
    await protocol.client.workflow.getHandle(first.workflowId).result();
    const runs = protocol.effects.map((effect) => effect.runId);
    expect(new Set(runs.slice(0, 2)).size).toBe(1);
    expect(runs.slice(2)).toEqual([reset.runId, reset.runId]);
  }, 90_000);
});

describe('the record', () => {
  test('terminated, it is restored from what was saved, and the operation that held it goes on', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const first = await protocol.operation('scaleCluster', scale(name));
    await until(() => protocol.arrived.length === 1);
    await protocol.client.workflow.getHandle(`cluster/${name}`).terminate('the test ends it');
    protocol.open();
    await first.result();
    const state = await protocol.record(name);
    expect(state.membership.cordoned.map((entry) => entry.host)).toEqual(['n9']);
    expect(state.lease.holder).toBeNull();
  }, 90_000);

  test('continued as new again and again with a holder and waiters, it loses nobody and stays serial', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name, 30);
    const handles = [];
    for (let index = 0; index < 6; index++) handles.push(await protocol.operation('scaleCluster', scale(name)));
    await until(async () => (await protocol.record(name)).lease.queue.length === 5);
    protocol.open();
    await Promise.all(handles.map((handle) => handle.result()));
    const owners = protocol.effects.map((effect) => effect.workflowId);
    for (let index = 0; index < owners.length; index += 2) expect(owners[index]).toBe(owners[index + 1]);
    expect(new Set(owners).size).toBe(6);
    await until(async () => (await runsOf(`cluster/${name}`)) > 2);
    expect((await protocol.record(name)).lease).toMatchObject({ holder: null, queue: [], token: 6 });
  }, 90_000);

  test('of a first deploy that was refused it ends, and the next deploy starts a new one with a later token', async () => {
    protocol.close();
    const name = cluster();
    for (const token of [1, 2]) {
      const handle = await protocol.operation('deployCluster', { cluster: name, spec: {}, approval: 'required' });
      await until(async () => (await progress(handle.workflowId)).phase === 'awaiting-approval');
      expect((await protocol.record(name)).lease.token).toBe(token);
      await handle.signal('reject', { reason: 'a mistyped name' });
      await expect(handle.result()).rejects.toThrow();
      await until(
        async () =>
          (await protocol.client.workflow.getHandle(`cluster/${name}`).describe()).status.name === 'COMPLETED',
      );
    }
    const scaled = await protocol.operation('scaleCluster', scale(name));
    expect(await failure(scaled.result())).toMatchObject({ type: 'UnknownCluster' });
  });

  test('uncordon takes a cordoned host alone, and says which there are', async () => {
    const name = cluster();
    await protocol.deployed(name);
    const handle = protocol.client.workflow.getHandle(`cluster/${name}`);
    const refusal = await handle.executeUpdate('uncordon', { args: [{ host: 'n1' }] }).catch((error: unknown) => error);
    expect(String((refusal as Error).cause)).toContain('cordoned: n9');
    await handle.executeUpdate('uncordon', { args: [{ host: 'n9' }] });
    expect((await protocol.record(name)).membership.cordoned).toEqual([]);
  });
});

describe('pause, resume, approve, reject, cancel', () => {
  test('paused, it finishes the running step and starts no other until resumed', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const handle = await protocol.operation('scaleCluster', scale(name));
    await until(() => protocol.arrived.length === 1);
    await handle.signal('pause');
    protocol.openFor(protocol.arrived[0]!.runId);
    await until(async () => (await progress(handle.workflowId)).phase === 'paused' && protocol.effects.length === 1);
    expect(protocol.arrived).toHaveLength(1);
    protocol.open();
    await handle.signal('resume');
    await handle.result();
    expect(protocol.effects).toHaveLength(2);
  });

  test('an approval counts for the plan that it names alone', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const handle = await protocol.operation('scaleCluster', scale(name, { approval: 'required' }));
    await until(async () => (await progress(handle.workflowId)).phase === 'awaiting-approval');
    await handle.signal('approve', { planHash: 'of another plan' });
    expect((await progress(handle.workflowId)).phase).toBe('awaiting-approval');
    protocol.open();
    await handle.signal('approve', { planHash: 'hash-of-scaleCluster' });
    await handle.result();
  });

  test('rejected, it fails with the reason and gives the lease back', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const handle = await protocol.operation('scaleCluster', scale(name, { approval: 'required' }));
    await until(async () => (await progress(handle.workflowId)).phase === 'awaiting-approval');
    await handle.signal('reject', { reason: 'not today' });
    expect(await failure(handle.result())).toMatchObject({
      type: 'Rejected',
      message: containing('not today'),
    });
    await until(async () => (await protocol.record(name)).lease.holder === null);
    expect(protocol.arrived).toHaveLength(0);
  });

  test('cancelled while it waits for the lease, it leaves the queue', async () => {
    protocol.close();
    const name = cluster();
    await protocol.deployed(name);
    const first = await protocol.operation('scaleCluster', scale(name));
    await until(() => protocol.arrived.length === 1);
    const second = await protocol.operation('scaleCluster', scale(name));
    await until(async () => (await protocol.record(name)).lease.queue.length === 1);
    await second.cancel();
    await expect(second.result()).rejects.toThrow();
    expect((await second.describe()).status.name).toBe('CANCELLED');
    await until(async () => (await protocol.record(name)).lease.queue.length === 0);
    protocol.open();
    await first.result();
  });
});

async function progress(workflowId: string): Promise<{ phase: string }> {
  return await protocol.client.workflow.getHandle(workflowId).query('progress');
}

async function events(workflowId: string, runId: string) {
  const history = await protocol.client.workflow.getHandle(workflowId, runId).fetchHistory();
  return history.events ?? [];
}

async function lastWorkflowTask(workflowId: string, runId: string): Promise<number> {
  const finished = (await events(workflowId, runId)).filter((event) => event.workflowTaskCompletedEventAttributes);
  return Number(finished.at(-1)?.eventId);
}

/** The workflow task that scheduled the first step: everything before it, the grant included, is replayed. */
async function firstStepScheduled(workflowId: string, runId: string): Promise<number> {
  const scheduled = (await events(workflowId, runId)).find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'moveData',
  );
  return Number(scheduled?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId);
}

/** Resets a run as the Temporal CLI does. */
async function resetTo(workflowId: string, runId: string, event: number): Promise<{ runId: string }> {
  const request = temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest.fromObject({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: 'the test resets it',
    workflowTaskFinishEventId: event,
    requestId: randomUUID(),
  });
  const reset = await protocol.client.workflowService.resetWorkflowExecution(request);
  return { runId: reset.runId };
}

async function runsOf(workflowId: string): Promise<number> {
  let runs = 0;
  for await (const _ of protocol.client.workflow.list({ query: `WorkflowId='${workflowId}'` })) runs++;
  return runs;
}
