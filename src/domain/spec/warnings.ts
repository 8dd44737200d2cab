import type { ClusterSpec } from './common.js';
import { formatDuration } from './duration.js';
import type { SpecWarning } from './issue.js';
import { productWarnings } from './products/index.js';
import { nodeHosts } from './resolved-host.js';

function commonWarnings(spec: ClusterSpec): SpecWarning[] {
  const found: SpecWarning[] = [];
  if (spec.broker.supervisor === 'process') {
    const message = 'the supervisor process does not start the broker again after a reboot of its host';
    found.push({ path: ['broker', 'supervisor'], message });
  }
  if (spec.policy.upgrade.surge === 'required' && nodeHosts(spec).length === spec.nodes) {
    const message = 'an upgrade needs a spare host, and every host with the role node is used: it will be refused';
    found.push({ path: ['policy', 'upgrade', 'surge'], message });
  }
  return [...found, ...windowWarnings(spec)];
}

/** A node that was begun is finished, whatever the clock says, so that a short window is no danger, only a surprise. */
function windowWarnings({ policy }: ClusterSpec): SpecWarning[] {
  const { drain, maintenanceWindows } = policy;
  if (drain.order !== 'before-stop') return [];
  return maintenanceWindows.flatMap(({ duration }, index): SpecWarning[] => {
    if (duration >= drain.timeout) return [];
    const turn = formatDuration(drain.timeout);
    const message = `moving the clients of one node may take ${turn} (policy.drain.timeout), longer than this: a node that was begun is finished after the window has closed`;
    return [{ path: ['policy', 'maintenanceWindows', index, 'duration'], message }];
  });
}

/** What is allowed in this spec and probably not wanted. */
export function specWarnings(spec: ClusterSpec): SpecWarning[] {
  return [...commonWarnings(spec), ...(productWarnings[spec.broker.product]?.(spec) ?? [])];
}
