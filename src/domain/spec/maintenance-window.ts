import { z } from 'zod';
import { positiveDuration } from './duration.js';

/** A time at which nodes may be disturbed, again and again. */
export const maintenanceWindowSchema = z.strictObject({
  cron: z.string().min(9).max(100).describe('When it opens: minute, hour, day of month, month, day of week.'),
  timeZone: z.string().min(1).max(64).default('UTC').describe('The IANA time zone of `cron`, e.g. Europe/Berlin.'),
  duration: positiveDuration.describe('How long it stays open.'),
});
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;
