import { z } from 'zod';
import { productOf } from '../products/index.js';
import { contentSchema } from '../spec/index.js';
import { contentOptions, contentTitle, extensionIdSchema } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';

export const addExtension = defineOperation({
  type: 'addExtension',
  summary:
    'Installs an extension on every node, or another version of it in its place: on one node first, whose broker must start it, then on the others.',
  input: z.strictObject({
    ...commonInput,
    id: extensionIdSchema,
    content: contentSchema.describe("Zip of the extension's folder."),
    enabled: z
      .boolean()
      .optional()
      .describe('Whether the broker loads it; default: as before, and a new one is loaded.'),
    supportsHotReload: z
      .boolean()
      .optional()
      .describe(
        'Whether the broker may start, stop and replace it while it runs; if not, each change restarts one node at a time. Default: as before, and a new one may.',
      ),
  }),
  lease: true,
  cli: {
    command: 'add-extension',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'id', field: 'id', describe: 'Id of the extension, which is also the name of its folder in the zip.' },
    ],
    options: [
      ...contentOptions("Zip of the extension's folder", 'ZIP'),
      { flag: 'disabled', field: 'enabled', type: 'off', describe: 'Install it without loading it.' },
      {
        flag: 'no-hot-reload',
        field: 'supportsHotReload',
        type: 'off',
        describe: 'It cannot be started, stopped and replaced in a running broker: restart one node at a time.',
      },
    ],
    examples: [
      'hivekeeper add-extension prod acme-audit --file acme-audit-1.2.0.zip --wait',
      `hivekeeper add-extension prod acme-audit --url https://files.example.com/acme-audit-1.2.0.zip --sha256 ${'c0'.repeat(32)} --fetch worker --header Authorization=env:FILES_TOKEN --wait`,
    ],
  },
  adjustSpec: (spec, { id, content, enabled, supportsHotReload }) =>
    productOf(spec).additions.withExtension(spec, { id, content, enabled, supportsHotReload }),
  plan: (context, { id, content }) =>
    givenDraft(context, {
      id: 'add-extension',
      title: `Install the extension ${id} on ${context.spec.name}`,
      keys: context.product.additions.isExtensionItem(id),
      lines: [`extension ${id}: ${contentTitle(content)}`],
    }),
});
