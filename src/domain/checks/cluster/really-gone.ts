import { type ClusterCheckContext, memberNodes } from '../cluster-context.js';
import { defineCheck } from '../define-check.js';
import { type ClusterCheck, fails, holds } from './cluster-check.js';

/** Ids have no names: one that no reachable broker claims may be that of a member that is said to be gone. */
function listsAStranger({ observation }: ClusterCheckContext): string | null {
  const reachable = observation.nodes.filter((node) => node.reachable && node.process?.running === true);
  const claimed = new Set(reachable.map((node) => node.view?.nodeId));
  const witness = reachable.find((node) => node.view?.members.some((id) => !claimed.has(id)));
  return witness === undefined
    ? null
    : `${witness.host} still lists a member that cannot be reached, so it may be serving`;
}

export const reallyGone: ClusterCheck = defineCheck({
  name: 'really-gone',
  meaning:
    'A node counts as lost only if it is unreachable, in no member’s list, silent to the other hosts, and fenced or confirmed by name; or its process is seen to be gone.',
  remedy:
    'Power the host off and name it in `gone`, let the worker fence it where the operation can, or make it reachable.',
  unmet: 'refuse',
  evaluate: (context) => {
    const unreachable = memberNodes(context).filter((node) => !node.reachable);
    const unconfirmed = unreachable.filter((node) => !context.confirmedGone.includes(node.host));
    if (unreachable.length === 0) return holds('every member was observed');
    const listing = unconfirmed.length === 0 ? listsAStranger(context) : null;
    if (listing !== null) return fails(listing);
    const answering = unreachable.filter(({ host }) => context.answering?.[host] !== undefined);
    if (answering.length > 0)
      return answering.map(({ host }) => fails(`is alive: ${context.answering?.[host] ?? ''}`, host));
    if (unconfirmed.length === 0) return holds('every member was observed or confirmed gone');
    return unconfirmed.map((node) =>
      fails(`cannot be reached and may be serving: ${node.unreachable ?? 'no reason given'}`, node.host),
    );
  },
});
