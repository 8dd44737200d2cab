import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

export const versions: ClusterCheck = defineCheck({
  name: 'versions',
  meaning: 'No downgrade, same major, at most 18 monthly releases ahead.',
  remedy: 'Choose a version on the supported path.',
  unmet: 'refuse',
  evaluate: (context) =>
    context.versionProblem === null ? holds('the version is on the supported path') : fails(context.versionProblem),
});
