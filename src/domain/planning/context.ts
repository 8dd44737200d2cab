import {
  type CheckFacts,
  type DiscoveryFacts,
  type HostFacts,
  isServing,
  type RecoveryHostContext,
} from '../checks/index.js';
import { HivekeeperError } from '../errors/index.js';
import type { BalancerObservation, ClusterObservation, NodeObservation } from '../observation/index.js';
import type { BrokerProduct } from '../products/index.js';
import { memberNames, type RecordState } from '../record/index.js';
import { type ClusterSpec, shieldOf } from '../spec/index.js';
import type { Adoption } from './adopt.js';

/** What one host should have: key of an item of its manifest -> hash. Secrets count by their reference, contents by their SHA-256. */
export interface WantedItems {
  /** What a running broker takes up with a restart only. */
  readonly restart: Readonly<Record<string, string>>;
  /** What it takes up by itself. */
  readonly hot: Readonly<Record<string, string>>;
}

/** Everything that a planner looks at. It decides from this alone, so that a plan can be tested without a server. */
export interface PlanContext {
  readonly spec: ClusterSpec;
  readonly product: BrokerProduct;
  readonly record: RecordState;
  /** The spec by which the cluster was last changed; null before its first deploy. */
  readonly recorded: ClusterSpec | null;
  readonly observation: ClusterObservation;
  /** The hosts of a load balancer that Hivekeeper keeps; none where the spec has no such. */
  readonly balancers?: readonly BalancerObservation[];
  /** Facts of the hosts that the operation would put a node on. */
  readonly facts: readonly HostFacts[];
  /** What checks look at beyond the observation. */
  readonly checkFacts?: CheckFacts;
  /** What was tried out of discovery; null where nothing was. */
  readonly discovery?: DiscoveryFacts | null;
  /** Hash of the settings that each host should run with, the list of members left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** What each host should have, the list of members left out. */
  readonly items: Readonly<Record<string, WantedItems>>;
  /** Names this plan's recovery folders; the same for the same time. */
  readonly stamp: string;
  readonly recoveryHost: RecoveryHostContext | null;
  /** What was read of a cluster that is about to be adopted. */
  readonly adoption?: Adoption | null;
  /** Host that cannot be reached -> what of it answers another host; only where somebody says that it is gone. */
  readonly answering?: Readonly<Record<string, string>>;
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

/** Whether something keeps new clients away from a node that is drained. */
export function hasGate(context: PlanContext): boolean {
  return shieldOf(context.spec) !== 'none';
}

/**
 * Refuses for all reasons at once, so that nobody mends one to be told of the next.
 * @throws HivekeeperError PlanRefused where there is any.
 */
export function refuseAll(context: Pick<PlanContext, 'spec'>, reasons: readonly string[]): void {
  const [first, ...rest] = reasons;
  if (first === undefined) return;
  if (rest.length === 0) refuse(context, first);
  const list = reasons.map((reason) => `\n  - ${reason}`).join('');
  throw new HivekeeperError('PlanRefused', `${context.spec.name}: refused for ${reasons.length} reasons:${list}`, {
    reasons: [...reasons],
  });
}

/** @throws HivekeeperError PlanRefused with the cluster's name in front. */
export function refuse(context: Pick<PlanContext, 'spec'>, reason: string): never {
  throw new HivekeeperError('PlanRefused', `${context.spec.name}: ${reason}`);
}
