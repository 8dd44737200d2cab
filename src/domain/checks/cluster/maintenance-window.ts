import { windowTime } from '../../windows/window-time.js';
import type { ClusterCheckContext } from '../cluster-context.js';
import { type CheckDefinition, defineCheck } from '../define-check.js';

export const maintenanceWindow: CheckDefinition<ClusterCheckContext> = defineCheck({
  name: 'maintenance-window',
  meaning: 'Nodes are disturbed within policy.maintenanceWindows only.',
  remedy: 'Wait for it, or start the operation with --now and a reason.',
  unmet: 'wait',
  evaluate: ({ facts }) => {
    const window = facts?.window;
    if (window === undefined) return { holds: true, found: 'the policy names no window' };
    if (window.open) return { holds: true, found: 'a window is open' };
    if (window.next === null) return { holds: false, reason: 'no window is open, and none ever opens' };
    const opens = windowTime(window.next, window.timeZone ?? 'UTC');
    return { holds: false, reason: `no window is open; the next one opens ${opens}` };
  },
});
