import { z } from 'zod';
import { checkNames } from '../checks/names.js';

/** Something that an operation tells besides the states of its steps. */
export const operationEventSchema = z.object({
  kind: z.enum(['waiting', 'stalled', 'resumed']),
  /** ISO time at which it was told. */
  at: z.string(),
  /** ISO time at which it began; of `resumed`, at which what is over began. */
  since: z.string(),
  /** Id of the step in the plan. */
  step: z.string(),
  /** What the step does, as in the plan. */
  title: z.string(),
  node: z.string().optional(),
  check: z.enum(checkNames).optional(),
  /** Of `waiting`: the step has done nothing yet, in no attempt, so that it may be called off. */
  untouched: z.boolean().optional(),
  /** One line for people. */
  text: z.string().max(1000),
});
export type OperationEvent = z.infer<typeof operationEventSchema>;

/** So many are kept: the latest. */
const kept = 50;

/** The events with one more, the oldest left out where there are too many. */
export function withEvent(events: readonly OperationEvent[], event: OperationEvent): OperationEvent[] {
  return [...events, event].slice(-kept);
}
