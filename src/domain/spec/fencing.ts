import { z } from 'zod';
import { hookName } from './text.js';

/** What makes sure that a host is off, where nobody can look. */
export const fencingSchema = z.strictObject({
  hook: hookName.describe('Name of the hook, as configured at the worker under `fencing`.'),
});
