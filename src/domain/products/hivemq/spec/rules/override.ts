import { overrideProblems } from '../../override/index.js';
import type { ClusterRule } from '../cluster/rules/rule.js';

/** A whole config.xml that stands in the spec as text; one that is stored is judged before an operation is planned. */
export const override: ClusterRule = (spec) =>
  spec.configOverride !== undefined && 'text' in spec.configOverride
    ? overrideProblems(spec, spec.configOverride.text).map((message) => ({ path: ['configOverride'], message }))
    : [];
