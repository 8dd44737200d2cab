import type { RecordState } from '../../domain/record/index.js';

/** The record as people read it in the Temporal UI. */
export function recordDetails(state: RecordState): string {
  const { membership, lease, journal } = state;
  const lines = [
    `**${state.cluster}**: ${membership.members.length} of ${membership.nodes} nodes`,
    '',
    '| node | version | since |',
    '|---|---|---|',
    ...membership.members.map((member) => `| ${member.host} | ${member.version} | ${member.since} |`),
    '',
    lease.holder ? `In work: ${lease.holder.operation} \`${lease.holder.workflowId}\`` : 'No operation runs.',
    ...lease.queue.map((waiter, index) => `${index + 1}. waits: ${waiter.operation} \`${waiter.workflowId}\``),
  ];
  if (membership.cordoned.length > 0)
    lines.push('', `Cordoned: ${membership.cordoned.map((entry) => entry.host).join(', ')}`);
  const last = journal.at(-1);
  if (last?.outcome) lines.push('', `Last: ${last.operation} ${last.outcome}, ${last.summary ?? ''}`);
  return lines.join('\n');
}
