import type { ClusterObservation } from '../../../domain/observation/index.js';
import { nodesWith, type PlanNode } from '../../../domain/plan/index.js';
import type { Drift } from './find-drift.js';

/** What a plan brings back of the drift, and what it leaves as it is. */
export function driftWarnings(drift: Drift, observation: ClusterObservation, root: PlanNode): string[] {
  const [configured, applied] = [nodesWith(root, ['configureNode']), nodesWith(root, ['applySettings'])];
  return [...drift].flatMap(([host, found]) => {
    const hot = observation.nodes.find((node) => node.host === host)?.identity?.hot ?? {};
    const comes = (key: string): boolean => configured.has(host) || (applied.has(host) && hot[key] !== undefined);
    const told = (which: (key: string | null) => boolean): string =>
      found.flatMap(({ key, clause }) => (which(key) ? [clause] : [])).join('; ');
    const [back, left, only] = [
      told((key) => key !== null && comes(key)),
      told((key) => key !== null && !comes(key)),
      told((key) => key === null),
    ];
    return [
      ...(back === '' ? [] : [`${host} differs, and this brings it back: ${back}`]),
      ...(left === '' ? [] : [`${host} differs otherwise: ${left}; \`hivekeeper apply\` brings it back`]),
      ...(only === '' ? [] : [`${host}: ${only}`]),
    ];
  });
}
