import type { ClientPort } from '../../domain/products/index.js';

type Argv = readonly [string, ...string[]];

/** The node before which a firewall rule stands. */
export interface ShieldedNode {
  readonly cluster: string;
  readonly host: string;
  /** Where it serves MQTT clients; nothing else is ever rejected. */
  readonly ports: readonly ClientPort[];
}

/** What one program does to keep new connections away from a node. Every word is fixed, because sudo compares them. */
export interface ShieldCommands {
  /** Brings the rules about, whatever was there before; a failure of one of them means nothing. */
  readonly prepare: readonly Argv[];
  readonly close: readonly Argv[];
  /** Ends well when the rules are in force, and with the program's own complaint when they are not. */
  readonly look: Argv;
  /** Puts the rules in force where `look` fails; null: `close` has done so. */
  readonly link: Argv | null;
  /** Takes them away, ports that have changed since included. */
  readonly open: readonly Argv[];
}

/**
 * The first packet of a connection, by its flags alone: a connection that the kernel has not tracked from its beginning
 * would count as new to it, and be cut.
 */
const firstPacket = ['tcp', 'flags', '&', '(fin|syn|rst|ack)', '==', 'syn'];

/** One table of its own per node; deleting it undoes everything. The three commands are one transaction. */
export function nftCommands({ cluster, host, ports }: ShieldedNode): ShieldCommands {
  const nft = (...rest: string[]): Argv => ['/usr/sbin/nft', ...rest];
  const table = ['inet', `hivekeeper-${cluster}-${host}`];
  const rules = ports.flatMap(({ address, port }) => [
    ...[';', 'add', 'rule', ...table, 'input', ...nftAddress(address), 'tcp', 'dport', String(port)],
    ...[...firstPacket, 'reject', 'with', 'tcp', 'reset'],
  ]);
  const chain = ['{', 'type', 'filter', 'hook', 'input', 'priority', '-10', ';', 'policy', 'accept', ';', '}'];
  return {
    prepare: [],
    close: [
      nft(
        ...['add', 'table', ...table, ';', 'delete', 'table', ...table, ';', 'add', 'table', ...table],
        ...[';', 'add', 'chain', ...table, 'input', ...chain, ...rules],
      ),
    ],
    look: nft('list', 'table', ...table),
    link: null,
    open: [nft('delete', 'table', ...table)],
  };
}

const isV6 = (address: string): boolean => address.includes(':');

function nftAddress(address: string | null): string[] {
  if (address === null) return [];
  return [isV6(address) ? 'ip6' : 'ip', 'daddr', address];
}

/** A chain of its own per node, to which the chain INPUT jumps. */
export function iptablesCommands(
  program: 'iptables' | 'ip6tables',
  { cluster, host, ports }: ShieldedNode,
): ShieldCommands {
  const tables = (...rest: string[]): Argv => [`/usr/sbin/${program}`, '-w', '10', ...rest];
  const chain = chainName(`${cluster}/${host}`);
  const jump = ['INPUT', '-j', chain];
  const own = ports.filter(({ address }) => address === null || isV6(address) === (program === 'ip6tables'));
  return {
    prepare: [tables('-N', chain)],
    close: [
      tables('-F', chain),
      ...own.map(({ address, port }) =>
        tables(
          ...['-A', chain, '-p', 'tcp', ...(address === null ? [] : ['-d', address]), '--dport', String(port)],
          ...['--syn', '-j', 'REJECT', '--reject-with', 'tcp-reset'],
        ),
      ),
    ],
    look: tables('-C', ...jump),
    link: tables('-I', ...jump),
    open: [tables('-D', ...jump), tables('-F', chain), tables('-X', chain)],
  };
}

/** A chain has at most 28 characters, cluster and host together more: 64 bits of FNV-1a stand for them. */
function chainName(node: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(node)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & (2n ** 64n - 1n);
  return `hivekeeper-${hash.toString(16).padStart(16, '0')}`;
}

/** Every command that the firewall of a node may be asked for, as its sudoers file allows them. */
export function firewallCommands(node: ShieldedNode): Argv[] {
  const all = [nftCommands(node), iptablesCommands('iptables', node), iptablesCommands('ip6tables', node)];
  return all.flatMap(({ prepare, close, look, link, open }) => [
    ...[...prepare, ...close, look],
    ...(link ? [link] : []),
    ...open,
  ]);
}
