import { type ClusterCheckContext, memberNodes } from '../cluster-context.js';
import { type CheckDefinition, defineCheck, type Verdict } from '../define-check.js';

/**
 * Who decides about clients. It refuses no operation: what is wrong here is set right by applySpec and setUsers, which
 * must not wait for that.
 */
export const authentication: CheckDefinition<ClusterCheckContext> = defineCheck({
  name: 'authentication',
  meaning: 'On each member that runs, one extension and not two opposite ones decides which clients are let in.',
  remedy: 'Say with setUsers who shall be let in, or enable and disable extensions in the spec and apply it.',
  unmet: 'wait',
  evaluate: (context) => {
    const running = memberNodes(context).filter((node) => node.process?.running === true);
    const wrong = running.flatMap(({ host }): Verdict[] => {
      const problem = context.authentication?.[host] ?? null;
      return problem === null ? [] : [{ holds: false, node: host, reason: problem }];
    });
    if (wrong.length > 0) return wrong;
    const unknown = running.filter(({ extensions }) => extensions === null).map(({ host }) => host);
    if (unknown.length > 0) return { holds: true, found: `not known of ${unknown.join(', ')}` };
    return { holds: true, found: `${running.length} members run with one that decides` };
  },
});
