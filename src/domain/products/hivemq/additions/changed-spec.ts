import { z } from 'zod';
import { HivekeeperError } from '../../../errors/index.js';
import { formatIssue } from '../../../spec/index.js';
import { issuesFromZod } from '../../../spec/zod-issues.js';
import { type HivemqSpec, hivemqSpecSchema } from '../spec/index.js';

/**
 * A spec with something changed in it, read by the whole schema: what a spec file would be refused for is refused here.
 * @throws HivekeeperError InvalidInput with every rule that is broken
 */
export function changedSpec(changed: HivemqSpec): HivemqSpec {
  // In the form of a file, with units; as a schema of unknown output, so that the result is checked instead of believed.
  const schema: z.ZodType = hivemqSpecSchema;
  const encoded = z.safeEncode(schema, changed);
  const result = encoded.success ? hivemqSpecSchema.safeParse(encoded.data) : encoded;
  if (result.success) return result.data;
  const issues = issuesFromZod(hivemqSpecSchema, changed, result.error).map(formatIssue);
  throw new HivekeeperError(
    'InvalidInput',
    `${changed.name}: refused, its spec would no longer be valid: ${issues.join('; ')}. Nothing was changed.`,
    { problems: issues },
  );
}
