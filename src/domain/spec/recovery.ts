import { z } from 'zod';
import { contentSchema } from './content.js';
import { enumWithLater, unsupportedMessage } from './unsupported.js';

const later = unsupportedMessage('starting a recovery without being asked');

/** What disaster recovery needs. */
export const recoverySchema = z.strictObject({
  tool: contentSchema.optional().describe("The vendor's recovery tool, a zip archive."),
  autoRecover: enumWithLater(['never'], { approve: later, always: later })
    .default('never')
    .describe('Whether a recovery starts by itself.'),
});
