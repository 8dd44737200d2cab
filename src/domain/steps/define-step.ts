import type { z } from 'zod';
import type { ClusterCheckName, Purpose } from '../checks/index.js';

export interface StepTimeouts {
  /** Milliseconds for one attempt. Waits for a broker have no natural end, so they are long and watched by heartbeats. */
  readonly startToClose: number;
  /** Milliseconds without a heartbeat after which the attempt counts as lost. */
  readonly heartbeat: number;
  readonly maximumAttempts: number;
}

export interface StepDefinition<Kind extends string = string, Input extends z.ZodType = z.ZodType> {
  /** Name of the activity; frozen API, since plans in histories carry it. */
  readonly kind: Kind;
  /** One sentence for the docs. */
  readonly meaning: string;
  readonly input: Input;
  /** What the plan shows, e.g. `Stop n2 and await leave-replication`. */
  title(input: z.output<Input>): string;
  /** Whether the record is asked, right before acting, if this run still holds the lease. */
  readonly fenced: boolean;
  /** Checks that must hold on a fresh observation right before the step. */
  readonly guards: readonly ClusterCheckName[];
  /** Guards that a step with this input does without; default: none. */
  spares?(input: z.output<Input>): readonly ClusterCheckName[];
  /** What the guards judge the disturbance as. */
  purpose(input: z.output<Input>): Purpose;
  readonly timeouts: StepTimeouts;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Heartbeats come every second or two; ten missed ones mean that the worker is gone. */
const heartbeat = 10 * second;

/** An action on one host that takes seconds. */
export const quick: StepTimeouts = { startToClose: 10 * minute, heartbeat, maximumAttempts: 10 };
/** A wait for a broker or a copy of data: as long as it goes on and reports. */
export const patient: StepTimeouts = { startToClose: 24 * hour, heartbeat, maximumAttempts: 20 };

/** A step whose guards may come true by themselves, so that it waits for them: until a maintenance is over, or a backup. */
export const waiting: StepTimeouts = { startToClose: 30 * 24 * hour, heartbeat, maximumAttempts: 100 };

/** Declares a kind of step. The runner, the activities, the docs and the crash tests derive from the declaration. */
export function defineStep<Kind extends string, Input extends z.ZodType>(
  definition: StepDefinition<Kind, Input>,
): StepDefinition<Kind, Input> {
  return definition;
}
