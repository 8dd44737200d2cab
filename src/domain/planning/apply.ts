import { type PlanNode, parallel, sequence } from '../plan/index.js';
import { planStep } from '../steps/index.js';
import type { PlanContext } from './context.js';
import { installOn, joinRunning } from './join.js';
import { roll } from './roll.js';

/** Settings that brokers take up while they run: on one node first, where what is wrong with them shows, then on the others. */
export function applyHot(hosts: readonly string[], members: readonly string[]): PlanNode | null {
  const apply = (host: string): PlanNode => planStep('applySettings', { host, members: [...members] });
  const [first, ...rest] = hosts;
  if (first === undefined) return null;
  return sequence('hot', 'Without a restart', [
    apply(first),
    rest.length > 0 ? parallel('hot-others', 'The other nodes', rest.map(apply), { limit: 10 }) : null,
  ]);
}

/** Members as they shall become, by what it takes. */
export interface ApplyWork {
  readonly current: readonly string[];
  /** Members that are restarted, with everything that changed. */
  readonly restarted: readonly string[];
  /** Members that take up what changed while they run. */
  readonly hot: readonly string[];
  readonly added: readonly string[];
}

/** A member that runs alone cannot be restarted without losing its data, so the others join it before it is rolled. */
export function growsFirst({ current, added }: Pick<ApplyWork, 'current' | 'added'>): boolean {
  return current.length === 1 && added.length > 0;
}

/** Brings a running cluster to its spec: what is hot first, then packages, then one node at a time. */
export function applyWork(context: PlanContext, work: ApplyWork, version: string): PlanNode[] {
  const { current, restarted, hot, added } = work;
  const grow = added.map((host, index) => joinRunning(context, host, version, [...current, ...added.slice(0, index)]));
  const rolled = (members: readonly string[]): PlanNode[] =>
    restarted.length > 0 ? [roll(context, restarted, () => version, members)] : [];
  return [
    applyHot(hot, current),
    installOn(context, [...restarted, ...added], version),
    ...(growsFirst(work) ? [...grow, ...rolled([...current, ...added])] : [...rolled(current), ...grow]),
  ].filter((node) => node !== null);
}
