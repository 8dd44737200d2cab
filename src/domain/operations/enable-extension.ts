import { z } from 'zod';
import { productOf } from '../products/index.js';
import { extensionIdSchema } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';
import { requireThere } from './known-additions.js';

export const enableExtension = defineOperation({
  type: 'enableExtension',
  summary: 'Lets the brokers load an extension that is installed, on one node first, whose broker must start it.',
  input: z.strictObject({ ...commonInput, id: extensionIdSchema }),
  lease: true,
  cli: {
    command: 'enable-extension',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'id', field: 'id', describe: "Id of the extension; it may be one of the broker's package." },
    ],
    options: [],
    examples: ['hivekeeper enable-extension prod acme-audit --wait'],
  },
  adjustSpec: (spec, { id }) => productOf(spec).additions.withExtensionEnabled(spec, id, true),
  plan: (context, { id }) => {
    requireThere(context, id);
    return givenDraft(context, {
      id: 'enable-extension',
      title: `Enable the extension ${id} of ${context.spec.name}`,
      keys: context.product.additions.isExtensionItem(id),
      lines: [`the extension ${id} runs from now on`],
    });
  },
});
