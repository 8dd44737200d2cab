import type { PlanNode, PlanStep } from '../plan/index.js';
import { sequence } from '../plan/index.js';
import { type CertificateGoal, planStep } from '../steps/index.js';
import { nodeOf, type PlanContext, serves } from './context.js';
import { firstUnfinished } from './restarted.js';
import { roll, rollOrder } from './roll.js';

const operation = 'setCertificates';

/** Whether an unfinished run of the operation, the present one included, gave the node its certificates for this already. */
export function hasCertificates(context: PlanContext, host: string, goal: CertificateGoal): boolean {
  const since = firstUnfinished(context.record, operation);
  const last = nodeOf(context, host).identity?.certificates;
  return since !== null && last?.done === true && last.goal === goal && last.token >= since && serves(context, host);
}

/** Whether such a run started the node since then, with what is read at a start only. */
export function isStartedSince(context: PlanContext, host: string, goal: CertificateGoal | null): boolean {
  const { identity } = nodeOf(context, host);
  const since = goal === null ? firstUnfinished(context.record, operation) : identity?.certificates?.token;
  if (goal !== null && !hasCertificates(context, host, goal)) return false;
  return typeof since === 'number' && (identity?.started ?? -1) >= since && serves(context, host);
}

/** Id of the group after which a change of certificates is no longer taken back. */
const others = 'certificates-others';

/**
 * New key material for listeners that run: on one node, where a handshake must show it, then on the others one at a time.
 * @param undo what puts the record back when the first node does not take it
 */
export function rotateOneByOne(
  hosts: readonly string[],
  members: readonly string[],
  goal: CertificateGoal,
  undo: Omit<NonNullable<PlanStep['undo']>, 'until'> | null = null,
): PlanNode | null {
  const rotate = (host: string, extras: Parameters<typeof planStep>[2] = {}): PlanNode =>
    planStep('rotateCertificates', { host, members: [...members], goal }, extras);
  const [first, ...rest] = hosts;
  if (first === undefined) return null;
  return sequence('certificates', 'Without a restart, one node at a time', [
    rotate(first, undo === null ? {} : { undo: { ...undo, until: others } }),
    sequence(
      others,
      'The other nodes',
      rest.map((host) => rotate(host)),
    ),
  ]);
}

/** Key material that is read at a start: restarts one node at a time, each verified before the next. */
export function rollVerified(
  context: PlanContext,
  hosts: readonly string[],
  members: readonly string[],
): PlanNode | null {
  if (hosts.length === 0) return null;
  const versionOf = (host: string): string => nodeOf(context, host).current ?? context.spec.broker.version;
  const order = rollOrder(context, hosts);
  const rolled = roll(context, order, versionOf, members);
  if (rolled.type === 'step') return rolled;
  const children = rolled.children.flatMap((child, index) => {
    const host = order[index];
    return host === undefined ? [child] : [child, planStep('verifyCertificates', { host })];
  });
  return { ...rolled, children };
}
