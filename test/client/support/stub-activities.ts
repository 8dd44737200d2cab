import { ApplicationFailure, cancelled, heartbeat, sleep } from '@temporalio/activity';

/** One step of a stub operation. */
async function stopNode({ host, how }: { host: string; how: string }): Promise<{ note: string }> {
  heartbeat({ waitingFor: `12 clients of ${host} to leave` });
  if (how === 'fail') {
    throw ApplicationFailure.create({
      message: `${host}: the broker did not stop`,
      type: 'BrokerStartFailed',
      nonRetryable: true,
    });
  }
  if (how === 'hold') {
    const beat = setInterval(() => heartbeat({ waitingFor: `12 clients of ${host} to leave` }), 200);
    await cancelled().finally(() => clearInterval(beat));
  }
  await sleep(1);
  return { note: `stopped ${host}` };
}

export const stubActivities = { stopNode };
export type StubActivities = typeof stubActivities;
