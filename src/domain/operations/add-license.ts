import { z } from 'zod';
import { productOf } from '../products/index.js';
import { contentSchema } from '../spec/index.js';
import { contentOptions, contentTitle, licenseNameSchema } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';

export const addLicense = defineOperation({
  type: 'addLicense',
  summary:
    'Brings a license file to every node while it runs: to one first, whose broker must take it, then to the others.',
  input: z.strictObject({
    ...commonInput,
    name: licenseNameSchema,
    content: contentSchema.describe('The license file; one that is kept in base64 as `{ base64 }`.'),
  }),
  lease: true,
  cli: {
    command: 'add-license',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      {
        name: 'name',
        field: 'name',
        describe: 'File name of the license on the nodes; one of the same name is replaced.',
      },
    ],
    options: contentOptions('The license', 'FILE'),
    examples: [
      'hivekeeper add-license prod prod.lic --file prod.lic --wait',
      `hivekeeper add-license prod prod.lic --url https://files.example.com/prod.lic --sha256 ${'c0'.repeat(32)} --fetch worker --wait`,
    ],
  },
  adjustSpec: (spec, { name, content }) => productOf(spec).additions.withLicense(spec, { name, content }),
  plan: (context, { name, content }) =>
    givenDraft(context, {
      id: 'add-license',
      title: `Bring ${context.spec.name} the license ${name}`,
      keys: context.product.additions.isLicenseItem(name),
      lines: [`license ${name}: ${contentTitle(content)}`],
    }),
});
