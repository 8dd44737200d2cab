import { shieldOf } from '../../domain/spec/index.js';
import type { GateSession, TrafficGate } from '../ports/index.js';
import { commandGate, type GateHooks } from './command-gate.js';
import { FirewallGate } from './firewall/index.js';
import { HaproxyGate } from './haproxy/index.js';

/** Gives each cluster the gate that its spec asks for; null for one without a shield. */
export function createGates(hooks: GateHooks): (session: GateSession) => TrafficGate | null {
  return (session) => {
    const { spec } = session;
    if (shieldOf(spec) === 'firewall') return new FirewallGate(session);
    if (shieldOf(spec) !== 'load-balancer' || spec.loadBalancer === undefined) return null;
    return spec.loadBalancer.product === 'haproxy'
      ? new HaproxyGate(session)
      : commandGate(hooks, spec.loadBalancer.hook);
  };
}
