import { z } from 'zod';
import { productOf } from '../products/index.js';
import { extensionIdSchema } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';
import { requireThere } from './known-additions.js';

export const disableExtension = defineOperation({
  type: 'disableExtension',
  summary: 'Lets the brokers stop an extension, which stays installed, on one node first.',
  input: z.strictObject({ ...commonInput, id: extensionIdSchema }),
  lease: true,
  cli: {
    command: 'disable-extension',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'id', field: 'id', describe: "Id of the extension; it may be one of the broker's package." },
    ],
    options: [],
    examples: ['hivekeeper disable-extension prod acme-audit --wait'],
  },
  adjustSpec: (spec, { id }) => productOf(spec).additions.withExtensionEnabled(spec, id, false),
  plan: (context, { id }) => {
    requireThere(context, id);
    return givenDraft(context, {
      id: 'disable-extension',
      title: `Disable the extension ${id} of ${context.spec.name}`,
      keys: context.product.additions.isExtensionItem(id),
      lines: [`the extension ${id} is stopped, and stays installed`],
    });
  },
});
