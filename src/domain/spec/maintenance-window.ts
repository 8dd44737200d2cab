import { z } from 'zod';
import { windowProblems } from '../windows/index.js';
import { positiveDuration } from './duration.js';

const minute = 60_000;

/** A time at which nodes may be disturbed, again and again. */
export const maintenanceWindowSchema = z
  .strictObject({
    cron: z.string().min(9).max(100).describe('When it opens: minute, hour, day of month, month, day of week.'),
    timeZone: z.string().min(1).max(64).default('UTC').describe('The IANA time zone of `cron`, e.g. Europe/Berlin.'),
    duration: positiveDuration
      .refine((value) => value >= minute, { error: 'a window stays open for a minute at least' })
      .describe('How long it stays open; a minute at least.'),
  })
  .superRefine((window, context) => {
    for (const { key, message } of windowProblems(window)) context.addIssue({ code: 'custom', path: [key], message });
  });
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;
