import { messageOf } from '../../../domain/errors/index.js';
import type { StepContext } from '../step-context.js';
import type { StepBody } from '../run-step.js';

/** The plan ends here, and with it the step that would send clients to the node again. */
export async function reopened(
  context: StepContext,
  host: string,
  { open }: { readonly open: StepBody<'openTraffic'> },
): Promise<string> {
  try {
    await open(context, { host });
    return '';
  } catch (error) {
    context.signal.throwIfAborted();
    return `; the gate was not opened: ${messageOf(error)}`;
  }
}
