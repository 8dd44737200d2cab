import type { CheckFacts } from './check-facts.js';
import type { ClusterObservation, NodeObservation } from '../observation/index.js';

/**
 * Why a node is to be disturbed. `restart` and `leave` promise availability; `forget` takes out one that is dead already;
 * the others stop a cluster by declaration.
 */
export type Purpose = 'restart' | 'leave' | 'forget' | 'join' | 'shutdown' | 'recovery';

/** What the checks of a cluster in motion look at. */
export interface ClusterCheckContext {
  readonly purpose: Purpose;
  /** Host names of the members by the record. */
  readonly members: readonly string[];
  readonly observation: ClusterObservation;
  /** The node that the step disturbs, if it disturbs one. */
  readonly target: string | null;
  readonly replicaCount: number;
  /** Whether the nodes form a cluster; if not, each is a broker of its own. */
  readonly clustered: boolean;
  /** Whether there is, or may come to be, data that needs more than one replica. */
  readonly persistentData: boolean;
  readonly maxUnavailable: number;
  /** Clients may stay on the node: the drain's own policy said so, or there is no drain. */
  readonly clientsMayStay: boolean;
  /** For a change of version: from what the members run to what is asked for, refusals as text. */
  readonly versionProblem: string | null;
  /** Bytes of the package that has to fit. */
  readonly packageBytes: number;
  /** Member -> what is wrong with who decides about its clients, as a clause; null where nothing is, or it is not known. */
  readonly authentication?: Readonly<Record<string, string | null>>;
  /** Nodes that the operator has confirmed by name to be gone. */
  readonly confirmedGone: readonly string[];
  /** Host that cannot be reached -> what of it answers another host all the same, as a clause. */
  readonly answering?: Readonly<Record<string, string>>;
  /** Whether recoverCluster has completed since the cluster was deployed. */
  readonly recovered?: boolean;
  /** What the step asked for beyond the observation. */
  readonly facts?: CheckFacts;
  /** CPU use of the other members above which a node is not taken away, in percent. */
  readonly headroomPercent?: number;
  /** The member that joined for the time of an upgrade, so that the others can spare one. */
  readonly surge?: string;
  /** Nodes that the operation runs at most at once, those that join for a while counted; default: the members. */
  readonly nodesAtOnce?: number;
}

export function memberNodes(context: Pick<ClusterCheckContext, 'members' | 'observation'>): NodeObservation[] {
  return context.observation.nodes.filter((node) => context.members.includes(node.host));
}

/** A member serves when its own readiness says so and it sees a cluster. */
export function isServing(node: NodeObservation): boolean {
  return node.reachable && node.process?.running === true && node.ready && node.view !== null;
}

export function others(context: ClusterCheckContext): NodeObservation[] {
  return memberNodes(context).filter((node) => node.host !== context.target);
}

export function targetNode(context: ClusterCheckContext): NodeObservation | null {
  return context.observation.nodes.find((node) => node.host === context.target) ?? null;
}
