import type { ClusterOverview, ClusterStatus } from '../../temporal/index.js';
import { elapsed, moment } from './elapsed.js';
import { type Line, line } from './line.js';
import { checkLines, warningLines } from './plan-view.js';
import { nodeLines } from './report-view.js';
import { table } from './table.js';

/** Operations of the journal that are shown. */
const shown = 10;

const titled = (rows: readonly string[]): Line[] =>
  rows.map((text, index) => line(text, index === 0 ? 'strong' : 'plain'));

/** All clusters as a table. */
export function overviewLines(clusters: readonly ClusterOverview[]): Line[] {
  if (clusters.length === 0) return [line('There is no cluster yet; `hivekeeper deploy FILE` makes one.')];
  const rows = clusters.map(({ cluster, members, nodes, versions, operation, queued, problem }) => [
    cluster,
    members === null ? '?' : `${members}/${nodes ?? '?'}`,
    versions.join(', '),
    operation?.workflowId ?? (problem === null ? '-' : ''),
    operation?.phase ?? '',
    queued === 0 ? '' : String(queued),
    problem ?? '',
  ]);
  return titled(table(['CLUSTER', 'NODES', 'VERSION', 'OPERATION', 'PHASE', 'QUEUED', 'PROBLEM'], rows));
}

/** One cluster: nodes, checks that do not hold, operations, journal. */
export function statusLines(status: ClusterStatus): Line[] {
  const { cluster, members, nodes, cordoned } = status;
  const lines = [line(`${cluster}: ${members.length} of ${nodes} nodes`, 'strong'), ...nodesOf(status)];
  const failing = (status.observed?.checks ?? []).filter((check) => check.status !== 'holds');
  if (failing.length > 0) lines.push(line('Checks', 'strong'), ...checkLines(failing));
  lines.push(...warningLines(status.observed?.warnings ?? []));
  const hosts = cordoned.map((entry) => `${entry.host} (${entry.reason}, ${moment(entry.at)})`);
  if (hosts.length > 0) lines.push(line(`Cordoned: ${hosts.join(', ')}`));
  lines.push(...operationLines(status), ...journalLines(status));
  return lines;
}

/** As observed; else as the record has them, and why. */
function nodesOf({ observed, problem, members }: ClusterStatus): Line[] {
  if (observed) return nodeLines(observed.nodes);
  const rows = members.map((member) => [member.host, member.version, moment(member.since)]);
  const known = rows.length === 0 ? [] : titled(table(['NODE', 'VERSION', 'SINCE'], rows));
  return [...known, line(`not observed: ${problem ?? 'unknown'}`, 'bad')];
}

function operationLines({ operation, queue }: ClusterStatus): Line[] {
  if (!operation) return [line('No operation runs.')];
  const waiting = queue.map((waiter, index) => line(`  ${index + 1}. waits: ${waiter.workflowId}`));
  return [line(`In work: ${operation.workflowId}, ${operation.phase ?? 'running'}`, 'busy'), ...waiting];
}

function journalLines({ journal }: ClusterStatus): Line[] {
  if (journal.length === 0) return [];
  const rows = journal
    .slice(0, shown)
    .map(({ startedAt, endedAt, operation, outcome, summary }) => [
      moment(startedAt),
      operation,
      outcome ?? 'running',
      endedAt === undefined ? '' : elapsed(startedAt, endedAt),
      summary ?? '',
    ]);
  return [line(''), ...titled(table(['STARTED', 'OPERATION', 'OUTCOME', 'TOOK', 'SUMMARY'], rows))];
}
