import type { NodeIdentity, NodeObservation } from '../observation/index.js';

/** Lines with the level ERROR that a broker may write while it is watched: single ones come and go with the network. */
export const allowedErrors = 3;
/** Clients that are cut off while a node is watched count as a failure from this number on, … */
export const allowedLosses = 10;
/** … and when they are more than this share of the clients that are connected to it. */
export const lossShare = 0.2;

/** What the logs of a broker tell of the time since it is watched. */
export interface LogSigns {
  /** Bytes in the broker's log, and in its log of events; null: there is none. */
  readonly log: number;
  readonly events: number | null;
  /** Lines with the level ERROR, and the first of them where it speaks of no client. */
  readonly errors: number;
  readonly firstError: string | null;
  /** The line by which the broker says that it runs with its default configuration. */
  readonly defaultConfig: string | null;
  /** Clients whose connection ended without a DISCONNECT of theirs; null: there is no log that tells. */
  readonly losses: number | null;
}

export interface SoakLook {
  readonly version: string;
  /** The process that is watched. */
  readonly watched: Pick<NonNullable<NodeIdentity['soak']>, 'pid' | 'startTime'>;
  readonly node: NodeObservation;
  /** Members other than the node. */
  readonly others: readonly NodeObservation[];
  readonly signs: LogSigns;
  /** Clients of the node, asked for once some were cut off; null where nobody can tell. */
  readonly clients: number | null;
}

/** What one look at a watched node found, a clause. Only the first that applies is there. */
export type SoakVerdict =
  /** It has failed, and nothing that comes later mends that. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It may come right within moments; that time does not count. */
  | { readonly kind: 'wrong'; readonly why: string }
  /** Nobody can tell how it does. */
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'well'; readonly seen: string };

/** Judges one look. A process that is another one has stopped for some reason, whoever started it again. */
export function judgeSoak(look: SoakLook): SoakVerdict {
  const { node, watched, version, signs } = look;
  if (!node.reachable)
    return { kind: 'unknown', why: `its host cannot be reached: ${node.unreachable ?? 'no reason'}` };
  if (node.process === null) return { kind: 'unknown', why: 'its process cannot be looked at' };
  const { running, pid, startTime } = node.process;
  if (!running) return { kind: 'failed', why: 'its process ended' };
  if (pid !== watched.pid || startTime !== watched.startTime)
    return {
      kind: 'failed',
      why: `its process ended and another one was started (pid ${watched.pid}, now ${pid ?? '?'})`,
    };
  const reason = saidByLogs(look) ?? otherVersion(node, version);
  if (reason !== null) return { kind: 'failed', why: reason };
  const wrong = notServing(look);
  if (wrong !== null) return { kind: 'wrong', why: wrong };
  return { kind: 'well', seen: `${signs.errors} of ${allowedErrors} errors, ${lossesText(look)}` };
}

const otherVersion = ({ runningVersion }: NodeObservation, version: string): string | null =>
  runningVersion === null || runningVersion === version ? null : `it runs ${runningVersion}, not ${version}`;

function saidByLogs({ signs, clients }: SoakLook): string | null {
  const { defaultConfig, errors, firstError, losses } = signs;
  if (defaultConfig !== null) return defaultConfig;
  if (errors > allowedErrors) {
    const first = firstError === null ? 'see log/hivemq.log' : `the first: ${firstError}`;
    return `it wrote ${errors} errors to its log, ${allowedErrors} are allowed; ${first}`;
  }
  if (losses === null || clients === null || losses <= allowedLosses || losses <= clients * lossShare) return null;
  return `${losses} clients were cut off while ${clients} are connected; at most ${allowedLosses}, or ${lossShare * 100} % of them, are allowed (log/event.log)`;
}

function notServing({ node, others }: SoakLook): string | null {
  if (node.view === null) return 'its health API does not answer';
  if (!node.ready) return 'it is not ready, or a listener is not up';
  if (node.synchronizing !== null) return `it is in a cluster ${node.synchronizing}`;
  const { nodeId, members } = node.view;
  for (const { host, ready, view } of others) {
    if (!ready || view === null) continue;
    if (!view.members.includes(nodeId)) return `${host} does not see it in the cluster`;
    if (!members.includes(view.nodeId)) return `it does not see ${host} in the cluster`;
  }
  return null;
}

function lossesText({ signs: { losses }, clients }: SoakLook): string {
  if (losses === null) return 'not known how many clients were cut off: log/event.log is not there';
  if (losses <= allowedLosses) return `${losses} clients cut off`;
  return clients === null
    ? `${losses} clients cut off, not known of how many`
    : `${losses} of ${clients} clients cut off`;
}
