import { lookAtBalancers, openMembers } from '../../adapters/gate/haproxy/index.js';
import type { BalancerFacts, CheckFacts } from '../../domain/checks/index.js';
import { messageOf } from '../../domain/errors/index.js';
import { haproxyOf, shieldOf } from '../../domain/spec/index.js';
import type { FactRequest } from './index.js';

/** What stands before the cluster says of itself; a command hook tells only which nodes it sends clients to. */
export async function readBalancer({ session, signal }: FactRequest): Promise<CheckFacts['balancer']> {
  if (session.spec.loadBalancer === undefined) return undefined;
  if (haproxyOf(session.spec) !== undefined) return await readHaproxy({ session, signal });
  const gate = shieldOf(session.spec) === 'load-balancer' ? session.dependencies.gate(session) : null;
  if (gate === null) return undefined;
  const nothing = { name: gate.name, down: {}, open: {}, limit: null, connections: null };
  try {
    return { ...nothing, open: await gate.list() };
  } catch (error) {
    signal?.throwIfAborted();
    return { ...nothing, down: { [gate.name]: messageOf(error) } };
  }
}

/** Room is what the hosts that answer have together: clients of one that fails come to the others. */
async function readHaproxy({ session, signal }: Pick<FactRequest, 'session' | 'signal'>): Promise<BalancerFacts> {
  const found = await lookAtBalancers(session, signal);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const infos = found.answering.map(({ info }) => info);
  return {
    name: 'haproxy',
    down: Object.fromEntries(found.silent.map(({ name, why }) => [name, why])),
    open: openMembers(session, found),
    limit: sum(infos.map(({ maxconn }) => maxconn)),
    connections: sum(infos.map(({ connections }) => connections)),
  };
}
