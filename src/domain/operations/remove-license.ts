import { z } from 'zod';
import { productOf } from '../products/index.js';
import { licenseNameSchema } from './addition-input.js';
import { commonInput, defineOperation } from './define-operation.js';
import { givenDraft } from './given-draft.js';
import { requireLicense } from './known-additions.js';

export const removeLicense = defineOperation({
  type: 'removeLicense',
  summary: 'Takes a license file from every node while it runs.',
  input: z.strictObject({ ...commonInput, name: licenseNameSchema }),
  lease: true,
  cli: {
    command: 'remove-license',
    arguments: [
      { name: 'cluster', field: 'cluster', describe: 'Name of the cluster.' },
      { name: 'name', field: 'name', describe: 'File name of the license.' },
    ],
    options: [],
    examples: ['hivekeeper remove-license prod old.lic --wait'],
  },
  adjustSpec: (spec, { name }) => productOf(spec).additions.withoutLicense(spec, name),
  plan: (context, { name }) => {
    requireLicense(context, name);
    return givenDraft(context, {
      id: 'remove-license',
      title: `Take the license ${name} from ${context.spec.name}`,
      keys: context.product.additions.isLicenseItem(name),
      lines: [`license ${name} goes`],
    });
  },
});
