import { HivekeeperError } from '../errors/index.js';
import type { JournalEntry, RecordState } from '../record/index.js';
import type { OperationType } from './registry.js';

/** What the spec of before is for: other settings, or another version of the broker. */
type Way = 'spec' | 'version';

const ways: Readonly<Partial<Record<OperationType, Way>>> = {
  rollingUpgrade: 'version',
  deployCluster: 'spec',
  applySpec: 'spec',
  setLogLevel: 'spec',
  setCertificates: 'spec',
  addLicense: 'spec',
  removeLicense: 'spec',
  addExtension: 'spec',
  configureExtension: 'spec',
  enableExtension: 'spec',
  disableExtension: 'spec',
  removeExtension: 'spec',
  setUsers: 'spec',
  setControlCenterUsers: 'spec',
};

const nothingToTakeBack = 'it changes nothing that could be taken back';
const membership = (cluster: string): string =>
  `it changes who is a member, and data has moved with it: let a node leave with \`hivekeeper decommission ${cluster} NODE\`, ` +
  `or let one come back with \`hivekeeper uncordon ${cluster} HOST\` and \`hivekeeper scale ${cluster} --nodes N\``;

/** What to do instead about an operation that cannot be taken back. */
const instead: Readonly<Partial<Record<OperationType, (cluster: string) => string>>> = {
  scaleCluster: membership,
  decommissionNode: membership,
  replaceNode: membership,
  forgetNode: membership,
  removeCluster: (cluster) =>
    `nothing runs any more: deploy ${cluster} again; the data of its nodes lies below data-kept on each host`,
  recoverCluster: () =>
    'what was recovered is in the cluster, and the data of before lies below data-kept on each host',
  adoptCluster: () => 'it left the nodes as they were',
  rollBack: () => 'run the operation itself again',
};

/** Whether it may be possible to go back behind operations of this type. */
export const canBeTakenBack = (type: OperationType): boolean => Object.hasOwn(ways, type);

/** What to go back behind, and where that leads. */
export interface TakeBack {
  readonly operation: JournalEntry;
  readonly way: Way;
  /** As the record keeps it. */
  readonly spec: Readonly<Record<string, unknown>>;
}

type Known = Pick<RecordState, 'cluster' | 'journal' | 'lease' | 'spec' | 'previous' | 'change'>;

/**
 * The operation to take back and the spec of before it.
 * @param workflowId default: the last one that was done, or is half taken back
 * @throws HivekeeperError PlanRefused, with what to do instead
 */
export function takeBackOf(record: Known, workflowId: string | undefined): TakeBack {
  const { cluster, change } = record;
  const operation = operationIn(record, workflowId);
  const why = (reason: string): HivekeeperError =>
    new HivekeeperError('PlanRefused', `${cluster}: ${operation.operation} cannot be taken back: ${reason}`);
  const [, way] = Object.entries(ways).find(([type]) => type === operation.operation) ?? [];
  if (way === undefined) {
    const [, advice] = Object.entries(instead).find(([type]) => type === operation.operation) ?? [];
    throw why(advice?.(cluster) ?? nothingToTakeBack);
  }
  if (operation.outcome === undefined) throw why(`it still runs; cancel it first: hivekeeper cancel ${cluster}`);
  // An earlier attempt has put the spec of before into the record already.
  if (change?.undoes === operation.workflowId && record.spec) return { operation, way, spec: record.spec };
  if (!change?.by.includes(operation.workflowId)) throw why(notThisChange(record, operation));
  if (record.previous === null) {
    throw why(
      `there was nothing before it; remove the cluster instead: hivekeeper remove ${cluster} --confirm ${cluster}`,
    );
  }
  return { operation, way, spec: record.previous };
}

function operationIn({ cluster, journal, lease, change }: Known, workflowId: string | undefined): JournalEntry {
  const others = journal.filter(({ requestId }) => requestId !== lease.holder?.requestId);
  const found =
    workflowId === undefined
      ? lastDone(others, change?.undoes)
      : others.findLast((entry) => entry.workflowId === workflowId);
  if (found) return found;
  const last = others.slice(-3).map((entry) => entry.workflowId);
  const known = last.length === 0 ? 'no operation' : `${last.join(', ')} as the last ones`;
  throw new HivekeeperError(
    'PlanRefused',
    `${cluster}: its journal does not know ${workflowId ?? 'an operation that could be taken back'}; it knows ${known}`,
  );
}

/** One that is half taken back goes first; what was rejected or took something back itself does not count. */
function lastDone(journal: readonly JournalEntry[], undoes: string | undefined): JournalEntry | undefined {
  const half = journal.at(-1)?.operation === 'rollBack' && journal.at(-1)?.outcome !== 'completed';
  if (half && undoes !== undefined) return journal.findLast((entry) => entry.workflowId === undoes);
  return journal.findLast(({ operation, outcome }) => operation !== 'rollBack' && outcome !== 'rejected');
}

function notThisChange({ journal, change }: Known, operation: JournalEntry): string {
  const later = journal.findLast(({ workflowId }) => change?.by.includes(workflowId));
  if (change?.undoes !== undefined)
    return 'another operation was taken back since; the spec is not the one that it left';
  if (later === undefined || later.startedAt < operation.startedAt)
    return 'it did not change the spec, or has put it back itself';
  return `the spec was changed since, by ${later.workflowId}; take that one back first: hivekeeper rollback ${later.workflowId}`;
}
