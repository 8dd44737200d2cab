import { z } from 'zod';
import { contentSchema } from '../../../spec/content.js';
import { version } from '../../../spec/version.js';

const fileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** License files: of the broker, of an extension, of the data hub. */
export const licenseSchema = z.strictObject({
  name: z
    .string()
    .regex(fileName, { error: 'a file name has letters, digits, dots, dashes and underscores' })
    .regex(/\.(lic|elic|plic)$/, {
      error: 'a license file ends in .lic (broker), .elic (extension) or .plic (data hub)',
    })
    .describe('File name below `license/`: .lic of the broker, .elic of an extension, .plic of the data hub.'),
  content: contentSchema.describe('The license file; one that is kept in base64 as `{ base64 }`.'),
  covers: z
    .strictObject({
      nodes: z.int().min(1).max(1000).describe('Nodes that may run at once by the contract with the vendor.'),
    })
    .optional()
    .describe('What the license allows, which its file tells nobody but the broker; default: no limit is known.'),
});

const extensionFile = z
  .string()
  .max(300)
  .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9._-]+)*$/, {
    error: 'a path inside the folder of the extension, such as conf/config.properties, without ".."',
  });

/** An extension of the broker that every node has. */
export const extensionSchema = z.strictObject({
  id: z
    .string()
    .regex(fileName, { error: 'the id of an extension has letters, digits, dots, dashes and underscores' })
    .describe('Id of the extension; its folder has the same name.'),
  content: contentSchema
    .optional()
    .describe("Zip of the extension's folder; without it the extension must come with the broker's package."),
  enabled: z.boolean().default(true).describe('Whether the broker loads it.'),
  files: z
    .record(extensionFile, contentSchema)
    .default({})
    .describe('Files inside its folder that are replaced, by path, e.g. `conf/config.properties`.'),
  requires: z
    .strictObject({
      minimum: version.optional().describe('The oldest version of the broker that it works with.'),
      maximum: version.optional().describe('The newest version of the broker that it works with.'),
    })
    .optional()
    .describe(
      'Versions of the broker that it works with, as whoever made it says: an upgrade beyond them is refused. Its own description cannot say that.',
    ),
  supportsHotReload: z
    .boolean()
    .default(true)
    .describe(
      'Whether the broker may start, stop and replace it while it runs; if not, each change restarts one node at a time.',
    ),
});
export type ExtensionSpec = z.infer<typeof extensionSchema>;
