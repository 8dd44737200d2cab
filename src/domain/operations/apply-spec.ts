import { chooseMembers } from '../planning/index.js';
import { defineOperation, specInput } from './define-operation.js';
import { specDraft } from './spec-draft.js';

export const applySpec = defineOperation({
  type: 'applySpec',
  summary:
    'Brings a cluster that was deployed to a changed spec: by a restart where one is needed, else while it runs.',
  input: specInput,
  lease: true,
  cli: {
    command: 'apply',
    arguments: [{ name: 'file', field: 'spec', describe: 'The spec file.' }],
    options: [],
    examples: ['hivekeeper apply prod.yaml --approval required', 'hivekeeper apply prod.yaml --wait'],
  },
  specFromInput: (input) => input.spec,
  preflight: ({ spec, record }) => chooseMembers(spec, record, spec.nodes).added,
  plan: (context) => specDraft(context, 'apply', `Apply the spec to ${context.spec.name}`),
});
