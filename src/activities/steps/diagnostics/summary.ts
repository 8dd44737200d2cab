import type { ClusterObservation, NodeObservation } from '../../../domain/observation/index.js';
import { memberNames, type RecordState } from '../../../domain/record/index.js';
import type { CollectedNode, RequestedArchives } from './scratch.js';

export interface Summarized {
  readonly observation: ClusterObservation;
  readonly nodes: ReadonlyMap<string, CollectedNode>;
  readonly archives: RequestedArchives | null;
  readonly record: RecordState;
}

const lastOperations = 10;

/** What somebody reads first: what is in the archive, what is not, and why. */
export function summaryText({ observation, nodes, archives, record }: Summarized): string {
  const seen = new Map(observation.nodes.map((node) => [node.host, node]));
  return [
    `Diagnostics of the cluster ${observation.cluster}, observed at ${observation.at}`,
    `Members: ${memberNames(record).sort().join(', ') || 'none'}`,
    `Lease: ${record.lease.holder === null ? 'free' : `held by ${record.lease.holder.operation} (${record.lease.holder.workflowId})`}`,
    'Secrets are replaced by ***. Licenses, keys and keystores are not taken along.',
    '',
    ...[...nodes].flatMap(([host, collected]) => [...nodeLines(host, collected, seen.get(host)), '']),
    ...archiveLines(archives),
    'Last operations, the newest first:',
    ...record.journal
      .slice(-lastOperations)
      .reverse()
      .map(
        ({ operation, startedAt, outcome, summary }) =>
          `  ${startedAt} ${operation}: ${outcome ?? 'not ended'}${summary === undefined ? '' : `: ${summary}`}`,
      ),
    '',
  ].join('\n');
}

function nodeLines(host: string, { reached, problems, leftOut }: CollectedNode, seen?: NodeObservation): string[] {
  const process = seen?.process?.running === true ? 'its process runs' : 'no process was seen to run';
  return [
    reached ? `${host}: collected, ${process}` : `${host}: NOT REACHED, nothing of it is in here`,
    ...problems.map((problem) => `  ${problem}`),
    ...leftOut.map((path) => `  left out: ${path}`),
  ];
}

function archiveLines(archives: RequestedArchives | null): string[] {
  const requested = archives?.requested ?? [];
  const lines = requested.map(({ host, id }) => `  ${id}, asked for at ${host}`);
  const problems = (archives?.problems ?? []).map((problem) => `  ${problem}`);
  const all = [...lines, ...problems];
  return all.length === 0 ? [] : ["The brokers' own archives:", ...all, ''];
}
