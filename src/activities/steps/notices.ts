import { z } from 'zod';
import { type CheckName, checkNames } from '../../domain/checks/index.js';
import { type EventKind, type OperationEvent, sinceText } from '../../domain/events/index.js';
import type { StallNews } from '../stall-watch.js';

/** A wait for a check, as a heartbeat keeps it for the next attempt: since when, and whether the step has done nothing before it. */
const waitSchema = z.object({ check: z.enum(checkNames), since: z.number(), untouched: z.boolean() });
type Wait = z.infer<typeof waitSchema>;

/** Milliseconds of waiting that nobody is told of: most waits are over by then, and each telling grows the history. */
const quietFor = 5_000;

export interface NoticesOptions {
  readonly step: Pick<OperationEvent, 'step' | 'title' | 'node'>;
  /** Tells the operation. */
  readonly send: (event: OperationEvent) => Promise<void>;
  /** The clock, in milliseconds. Default: the system's. */
  readonly now?: () => number;
  /** Which attempt of the step this is, from 1. */
  readonly attempt: number;
  /** Details of the last heartbeat of the attempt before this one. */
  readonly before?: unknown;
}

/** What a step tells its operation besides its end: that it waits for a check, stalls, or goes on. */
export class StepNotices {
  private readonly now: () => number;
  private wait: Omit<Wait, 'untouched'> | null = null;
  private told: CheckName | null = null;
  private lastText = '';
  private before: Wait | null;
  private readonly untouched: boolean;

  constructor(private readonly options: NoticesOptions) {
    this.now = options.now ?? Date.now;
    this.before = z.object({ wait: waitSchema }).safeParse(options.before).data?.wait ?? null;
    this.untouched = options.attempt === 1 || this.before?.untouched === true;
  }

  /** The wait that is under way. */
  get waits(): Wait | null {
    // Only a wait that was told is certain to be followed by a beat without it before the step acts.
    return this.wait && { ...this.wait, untouched: this.untouched && this.told !== null };
  }

  /** Called with each look that finds this check failing. @returns the line for people, with the time since when */
  async waiting(check: CheckName, reason: string): Promise<string> {
    if (this.wait?.check !== check) {
      // An attempt that a dead worker cut off has waited for the same.
      const since = this.wait === null && this.before?.check === check ? this.before.since : this.now();
      this.wait = { check, since };
    }
    const { since } = this.wait;
    this.lastText = `check ${check}: ${reason}`;
    if (this.told !== check && this.now() - since >= quietFor) {
      this.told = check;
      await this.tell('waiting', this.lastText, since, check);
    }
    return `${this.lastText} (${sinceText(since, this.now())})`;
  }

  /** The checks hold. @returns whether the operation had been told of the wait */
  async over(): Promise<boolean> {
    const wait = this.told === null ? this.before : this.wait;
    this.wait = this.before = this.told = null;
    if (wait === null) return false;
    await this.tell('resumed', `no longer waiting: ${this.lastText || `check ${wait.check}`}`, wait.since, wait.check);
    return true;
  }

  stall({ kind, stall }: NonNullable<StallNews>): Promise<void> {
    const text = kind === 'stalled' ? stall.line : `no longer: ${stall.line}`;
    return this.tell(kind, text, stall.since);
  }

  private tell(kind: EventKind, text: string, since: number, check?: CheckName): Promise<void> {
    const iso = (time: number): string => new Date(time).toISOString();
    return this.options.send({
      ...{ kind, at: iso(this.now()), since: iso(since), ...this.options.step },
      ...(check !== undefined && { check }),
      ...(kind === 'waiting' && { untouched: this.untouched }),
      text: text.slice(0, 1000),
    });
  }
}

/** For steps that nobody listens to. */
export const silentNotices = (): StepNotices =>
  new StepNotices({ step: { step: '', title: '' }, attempt: 1, send: () => Promise.resolve() });
