import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { operations } from '../../src/domain/operations/index.js';
import { workflowBundle } from './support/bundle.js';

const folder = fileURLToPath(new URL('../histories', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** A history as JSON; what a test changes of it is typed here, the rest is handed through. */
const historySchema = z.looseObject({
  events: z.array(
    z.looseObject({
      activityTaskScheduledEventAttributes: z
        .looseObject({ activityType: z.looseObject({ name: z.string() }) })
        .optional(),
    }),
  ),
});
type History = z.infer<typeof historySchema>;

function history(file: string): History {
  return historySchema.parse(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));
}

async function replay(recorded: History): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: { code: await workflowBundle() } }, recorded);
}

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

describe('golden histories', () => {
  test('there is one of each operation and of the record', () => {
    const types = files.map((name) => name.replace('.json', '')).sort();
    expect(types).toEqual(['clusterRecord', ...Object.keys(operations)].sort());
  });

  test.each(files)('%s replays with the workflows of today', async (file) => {
    await replay(history(file));
  });

  test('a workflow whose steps were swapped is refused', async () => {
    const recorded = history('rollingUpgrade.json');
    const scheduled = recorded.events.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []);
    const close = scheduled.find(({ activityType }) => activityType.name === 'closeTraffic');
    const drain = scheduled.find(({ activityType }) => activityType.name === 'drainNode');
    if (!close || !drain) throw new Error('the history has no drain');
    [close.activityType, drain.activityType] = [drain.activityType, close.activityType];
    await expect(replay(recorded)).rejects.toThrow(/nondetermin/i);
  });
});
