import { z } from 'zod';
import { productOf } from '../products/index.js';
import { contentSchema } from '../spec/index.js';
import { contentOptions, contentTitle, extensionIdSchema, extensionPathSchema } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';

export const configureExtension = defineOperation({
  type: 'configureExtension',
  summary: 'Replaces a file inside the folder of an extension on every node, on one node first.',
  input: z.strictObject({
    ...commonInput,
    id: extensionIdSchema,
    path: extensionPathSchema,
    content: contentSchema.describe('What stands in the file.'),
  }),
  lease: true,
  cli: {
    command: 'configure-extension',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'id', field: 'id', describe: 'Id of the extension.' },
      { name: 'path', field: 'path', describe: 'Path inside its folder, such as conf/config.properties.' },
    ],
    options: contentOptions('What stands in the file', 'FILE'),
    examples: [
      'hivekeeper configure-extension prod acme-audit conf/config.properties --file audit.properties --wait',
      `hivekeeper configure-extension prod acme-audit conf/config.properties --url https://files.example.com/audit.properties --sha256 ${'c0'.repeat(32)} --wait`,
    ],
  },
  adjustSpec: (spec, { id, path, content }) => productOf(spec).additions.withExtensionFile(spec, { id, path, content }),
  plan: (context, { id, path, content }) =>
    givenDraft(context, {
      id: 'configure-extension',
      title: `Configure the extension ${id} of ${context.spec.name}`,
      keys: context.product.additions.isExtensionItem(id),
      lines: [`${path} of the extension ${id}: ${contentTitle(content)}`],
    }),
});
