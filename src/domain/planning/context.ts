import { type HostFacts, isServing, type RecoveryHostContext } from '../checks/index.js';
import { HivekeeperError } from '../errors/index.js';
import type { ClusterObservation, NodeObservation } from '../observation/index.js';
import type { BrokerProduct } from '../products/index.js';
import { memberNames, type RecordState } from '../record/index.js';
import type { ClusterSpec } from '../spec/index.js';

/** Everything that a planner looks at. It decides from this alone, so that a plan can be tested without a server. */
export interface PlanContext {
  readonly spec: ClusterSpec;
  readonly product: BrokerProduct;
  readonly record: RecordState;
  /** The spec by which the cluster was last changed; null before its first deploy. */
  readonly recorded: ClusterSpec | null;
  readonly observation: ClusterObservation;
  /** Facts of the hosts that the operation would put a node on. */
  readonly facts: readonly HostFacts[];
  /** Hash of the settings that each host should run with, the list of members left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names this plan's recovery folders; the same for the same time. */
  readonly stamp: string;
  readonly recoveryHost: RecoveryHostContext | null;
}

export function members(context: Pick<PlanContext, 'record'>): string[] {
  return memberNames(context.record);
}

/** @throws HivekeeperError Internal when the host was not observed. */
export function nodeOf(context: PlanContext, host: string): NodeObservation {
  const node = context.observation.nodes.find((candidate) => candidate.host === host);
  if (node) return node;
  throw new HivekeeperError('Internal', `${context.spec.name}: ${host} was not observed`);
}

export function serves(context: PlanContext, host: string): boolean {
  return isServing(nodeOf(context, host));
}

/** Whether connections to the nodes go through something that Hivekeeper can steer. */
export function hasGate(context: PlanContext): boolean {
  return context.spec.loadBalancer !== undefined;
}

/** @throws HivekeeperError PlanRefused with the cluster's name in front. */
export function refuse(context: Pick<PlanContext, 'spec'>, reason: string): never {
  throw new HivekeeperError('PlanRefused', `${context.spec.name}: ${reason}`);
}
