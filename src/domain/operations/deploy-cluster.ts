import { chooseMembers } from '../planning/index.js';
import { defineOperation, specInput } from './define-operation.js';
import { specDraft } from './spec-draft.js';

export const deployCluster = defineOperation({
  type: 'deployCluster',
  summary: 'Brings a cluster to what its spec says: new nodes are installed and joined, changed settings are rolled.',
  input: specInput,
  lease: true,
  startsRecord: true,
  cli: {
    command: 'deploy',
    arguments: [{ name: 'file', field: 'spec', describe: 'The spec file.' }],
    options: [],
    examples: ['hivekeeper deploy prod.yaml --dry-run', 'hivekeeper deploy prod.yaml --wait'],
  },
  specFromInput: (input) => input.spec,
  preflight: ({ spec, record }) => chooseMembers(spec, record, spec.nodes).added,
  plan: (context) => specDraft(context, 'deploy', `Deploy ${context.spec.name}`),
});
