import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import { productOf } from '../../../domain/products/index.js';
import { findHost, nodeHosts } from '../../../domain/spec/index.js';
import type { GateSession, RemoteHost, TrafficGate } from '../../ports/index.js';
import { findFirewall, type HostFirewall, look } from './programs.js';

interface Found {
  readonly host: RemoteHost;
  readonly firewall: HostFirewall;
}

/**
 * Keeps new connections away from a node on the node's own host: the first packet of each to a port for MQTT clients is
 * answered with a reset, whoever sends it, a load balancer too. Connections that exist live on. The rules outlive the
 * worker, not a reboot of the host; they are the node's own, and opening takes away all of them.
 */
export class FirewallGate implements TrafficGate {
  readonly name = 'firewall';

  constructor(private readonly session: GateSession) {}

  async close(name: string): Promise<'closed' | 'already-closed'> {
    const { host, firewall } = await this.find(name);
    const was = await stateOf(host, firewall);
    for (const part of firewall.parts) {
      for (const argv of part.prepare) await host.exec({ argv, asUser: 'root' });
      for (const argv of part.close) await this.run(host, argv);
      if (part.link && (await look(host, part)) !== 'closed') await this.run(host, part.link);
    }
    await this.confirm(name, host, firewall, 'closed');
    return was === 'closed' ? 'already-closed' : 'closed';
  }

  async open(name: string): Promise<'opened' | 'already-open'> {
    const { host, firewall } = await this.find(name);
    let opened = false;
    for (const commands of firewall.parts) {
      if ((await look(host, commands)) !== 'closed') continue;
      opened = true;
      for (const argv of commands.open) await this.run(host, argv);
    }
    await this.confirm(name, host, firewall, 'open');
    return opened ? 'opened' : 'already-open';
  }

  async leave(name: string): Promise<void> {
    await this.open(name);
  }

  /** Hosts that cannot be asked are left out. */
  async list(): Promise<Readonly<Record<string, boolean>>> {
    const states = await Promise.all(
      nodeHosts(this.session.spec).map(async ({ name }) => {
        try {
          const { host, firewall } = await this.find(name);
          return [[name, (await stateOf(host, firewall)) === 'open'] as const];
        } catch {
          return [];
        }
      }),
    );
    return Object.fromEntries(states.flat());
  }

  async problem(name: string, signal?: AbortSignal): Promise<string | null> {
    const found = await this.look(name, signal);
    return 'problem' in found ? this.refusal(name, found.problem) : null;
  }

  private async find(name: string): Promise<Found> {
    const found = await this.look(name);
    if ('firewall' in found) return found;
    throw new HivekeeperError('GateFailed', this.refusal(name, found.problem), { host: name });
  }

  private async look(name: string, signal?: AbortSignal): Promise<Found | { readonly problem: string }> {
    const { spec } = this.session;
    const resolved = findHost(spec, name);
    if (!resolved) throw new HivekeeperError('UnknownNode', `${spec.name}: the spec has no host ${name}`);
    const host = await this.session.connect(name, signal);
    const node = { cluster: spec.name, host: name, ports: productOf(spec).clientPorts(spec, name) };
    const found = await findFirewall(host, node, resolved.ssh.become, signal);
    return 'firewall' in found ? { host, firewall: found.firewall } : found;
  }

  private refusal(name: string, problem: string): string {
    return `${name}: its firewall cannot keep clients away: ${problem}. Install nftables or iptables there and the sudoers lines that \`hivekeeper render\` writes, or choose another policy.drain.shield`;
  }

  private async run(host: RemoteHost, argv: readonly [string, ...string[]]): Promise<void> {
    try {
      await host.run({ argv, asUser: 'root' });
    } catch (error) {
      if (!isHivekeeperError(error, 'CommandFailed')) throw error;
      throw new HivekeeperError(
        'GateFailed',
        `${host.name}: the firewall was not changed: ${error.message}`,
        { host: host.name },
        { cause: error },
      );
    }
  }

  /** A command that ended well and did nothing would let clients come to a node that stops. */
  private async confirm(
    name: string,
    host: RemoteHost,
    firewall: HostFirewall,
    wanted: 'open' | 'closed',
  ): Promise<void> {
    const state = await stateOf(host, firewall);
    if (state === wanted) return;
    const message = `${name}: ${firewall.program} ended well, but its rules are ${state === 'closed' ? 'still there' : 'not in force'}; expected: ${wanted}. Look at the firewall of the host.`;
    throw new HivekeeperError('GateFailed', message, { host: name });
  }
}

/** Closed once every part is in force, open once none is. */
async function stateOf(host: RemoteHost, { parts }: HostFirewall): Promise<'open' | 'closed' | 'partly'> {
  const states = await Promise.all(parts.map((part) => look(host, part)));
  if (states.every((state) => state === 'closed')) return 'closed';
  return states.every((state) => state === 'open') ? 'open' : 'partly';
}
