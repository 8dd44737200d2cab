import { z } from 'zod';
import { productOf } from '../products/index.js';
import { extensionIdSchema } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';
import { requireBrought } from './known-additions.js';

export const removeExtension = defineOperation({
  type: 'removeExtension',
  summary: 'Takes an extension from every node, on one node first: it is stopped, then its folder is moved aside.',
  input: z.strictObject({ ...commonInput, id: extensionIdSchema }),
  lease: true,
  cli: {
    command: 'remove-extension',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'id', field: 'id', describe: 'Id of the extension.' },
    ],
    options: [],
    examples: ['hivekeeper remove-extension prod acme-audit --wait'],
  },
  adjustSpec: (spec, { id }) => productOf(spec).additions.withoutExtension(spec, id),
  plan: (context, { id }) => {
    requireBrought(context, id);
    return givenDraft(context, {
      id: 'remove-extension',
      title: `Take the extension ${id} from ${context.spec.name}`,
      keys: context.product.additions.isExtensionItem(id),
      lines: [`the extension ${id} goes`],
    });
  },
});
