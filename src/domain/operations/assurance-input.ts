import { z } from 'zod';
import { type CliOption, hostNameSchema } from './define-operation.js';

/** How somebody makes sure that nodes which cannot be reached are off. */
export const assuranceInput = {
  gone: z.array(hostNameSchema).default([]).describe('Unreachable nodes that are powered off or fenced for sure.'),
  fence: z
    .boolean()
    .default(false)
    .describe(
      'Power the host of the node off by the hook that the spec names under `fencing`, when it cannot be reached.',
    ),
};

export const assuranceOptions: readonly CliOption[] = [
  {
    flag: 'gone',
    field: 'gone',
    value: 'NODE',
    type: 'list',
    describe: 'An unreachable node that is off for sure; may be repeated.',
  },
  {
    flag: 'fence',
    field: 'fence',
    type: 'flag',
    describe: 'Power the host off by the fencing hook of the spec, when it cannot be reached.',
  },
];
