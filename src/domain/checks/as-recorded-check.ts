import type { NodeObservation } from '../observation/index.js';
import { type CheckDefinition, defineCheck, type Verdict } from './define-check.js';

export interface AsRecordedContext {
  /** The members that could be read. */
  readonly nodes: readonly Pick<NodeObservation, 'host' | 'drift'>[];
}

export const asRecordedCheck: CheckDefinition<AsRecordedContext> = defineCheck({
  name: 'as-recorded',
  meaning: 'What lies on each member is what Hivekeeper put there by the spec in the record, and nothing was added.',
  remedy: 'Look at `hivekeeper plan`, then apply the spec.',
  unmet: 'refuse',
  evaluate: ({ nodes }) => {
    const wrong = nodes
      .filter(({ drift }) => drift.length > 0)
      .map(({ host, drift }): Verdict => ({ holds: false, node: host, reason: drift.join('; ') }));
    if (wrong.length > 0) return wrong;
    return { holds: true, found: `${nodes.length} ${nodes.length === 1 ? 'node is' : 'nodes are'} as recorded` };
  },
});
