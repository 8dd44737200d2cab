import { setTimeout as sleep } from 'node:timers/promises';
import { nodeHosts } from '../../../domain/spec/index.js';
import type { GateSession, TrafficGate } from '../../ports/index.js';
import {
  type Balancer,
  type Balancers,
  gateFailed,
  lookAtBalancers,
  mayStillServe,
  serversOf,
  setState,
} from './balancers.js';
import { adminState } from './parse.js';

const running = 2;
/** Milliseconds between two looks at a server that a health check still holds for down, and in all. */
const lookEvery = 200;
const upWithin = 60_000;

/**
 * HAProxy on all hosts with the role, driven as one gate. A node is closed by `drain`: it gets no new connections, those
 * that exist stay, its health check goes on. Each change is read back, and kept in a file that HAProxy reads as it starts.
 */
export class HaproxyGate implements TrafficGate {
  readonly name = 'haproxy';
  remark: string | undefined;

  constructor(private readonly session: GateSession) {}

  /** @throws GateFailed where a server is not configured, or its health check does not find the node up in time */
  async open(host: string): Promise<'opened' | 'already-open'> {
    const { answering } = await this.look(host, 'open');
    const changed = await Promise.all(
      answering.map(async (balancer) => {
        const rows = serversOf(balancer, host);
        const { frontends } = balancer.rendered;
        if (rows.length < frontends.length) {
          throw gateFailed(
            `${balancer.name}: HAProxy has ${rows.length} servers of ${host} for ${frontends.length} frontends, so that no clients would come. Deploy the spec again: it writes the configuration.`,
            { balancer: balancer.name, host },
          );
        }
        const closed = rows.filter((row) => adminState(row) !== 'ready');
        const changed = closed.length > 0 && (await setState(balancer, closed, 'ready'));
        await this.untilUp(balancer, host);
        return changed;
      }),
    );
    return changed.includes(true) ? 'opened' : 'already-open';
  }

  /** @throws GateFailed where a balancer that may still serve cannot be asked */
  async close(host: string): Promise<'closed' | 'already-closed'> {
    const { answering, silent } = await this.look(host, 'close');
    for (const one of silent) {
      const why = await mayStillServe(this.session, one);
      if (why === null) continue;
      throw gateFailed(
        `${one.name}: HAProxy cannot be told to send nobody to ${host}, and may go on to do so: ${why}. (${one.why}) Bring SSH and HAProxy of ${one.name} back, or switch it off; then run the operation again.`,
        { balancer: one.name, host },
      );
    }
    const changed = await Promise.all(
      answering.map(async (balancer) => {
        const open = serversOf(balancer, host).filter((row) => adminState(row) === 'ready');
        if (open.length === 0) return false;
        await setState(balancer, open, 'drain');
        await this.confirmClosed(balancer, host);
        return true;
      }),
    );
    return changed.includes(true) ? 'closed' : 'already-closed';
  }

  async list(): Promise<Readonly<Record<string, boolean>>> {
    return openMembers(this.session, await lookAtBalancers(this.session));
  }

  private async look(host: string, purpose: 'open' | 'close'): Promise<Balancers> {
    const found = await lookAtBalancers(this.session);
    const names = found.silent.map(({ name }) => name);
    this.remark = names.length === 0 ? undefined : `${names.join(', ')} was not told, since it does not answer`;
    const [first] = found.silent;
    if (found.answering.length === 0 && purpose === 'open') {
      throw gateFailed(
        first === undefined
          ? `${this.session.spec.name}: no host of the spec has the role load-balancer, so nobody sends clients to ${host}. Give the role to one.`
          : `${names.join(', ')}: no HAProxy answers, so that no clients come to ${host}: ${first.why}`,
        { host },
      );
    }
    return found;
  }

  private async confirmClosed(balancer: Balancer, host: string): Promise<void> {
    const servers = await balancer.client.servers();
    const open = serversOf({ ...balancer, servers }, host).find((row) => adminState(row) === 'ready');
    if (open === undefined) return;
    throw gateFailed(
      `${balancer.name}: HAProxy took the command and still sends clients to ${open.backend}/${open.server}. Look who else steers it through its stats socket.`,
      { balancer: balancer.name, host },
    );
  }

  private async untilUp(balancer: Balancer, host: string): Promise<void> {
    const deadline = Date.now() + upWithin;
    for (;;) {
      const servers = await balancer.client.servers();
      const down = serversOf({ ...balancer, servers }, host).filter((row) => row.operational !== running);
      const [first] = down;
      if (first === undefined) return;
      if (Date.now() > deadline) {
        const check = (await balancer.client.stat()).find(
          (stat) => stat.proxy === first.backend && stat.service === first.server,
        );
        throw gateFailed(
          `${balancer.name}: HAProxy holds ${first.backend}/${first.server} for down (${check?.status ?? 'unknown'} ${check?.check ?? ''}) after ${upWithin / 1000} s. Check that ${balancer.name} reaches ${first.address}:${first.port} and what the node says of its readiness.`,
          { balancer: balancer.name, host },
        );
      }
      await sleep(lookEvery);
    }
  }
}

/** Whether every balancer that answers sends new connections there; empty where none does. */
export function openMembers(
  { spec }: Pick<GateSession, 'spec'>,
  { answering }: Balancers,
): Readonly<Record<string, boolean>> {
  if (answering.length === 0) return {};
  return Object.fromEntries(
    nodeHosts(spec).flatMap(({ name }) => {
      const rows = answering.map((balancer) => serversOf(balancer, name));
      if (rows.every((one) => one.length === 0)) return [];
      return [[name, rows.every((one) => one.length > 0 && one.every((row) => adminState(row) === 'ready'))]];
    }),
  );
}
