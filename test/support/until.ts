import { setTimeout as sleep } from 'node:timers/promises';

/** Returns once the condition holds. @throws Error when it does not in the time, which is long on purpose */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not in ${withinMs} ms: ${condition.toString()}`);
    await sleep(10);
  }
}
