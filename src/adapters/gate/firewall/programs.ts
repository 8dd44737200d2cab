import type { ClientPort } from '../../../domain/products/index.js';
import {
  type ShieldCommands,
  iptablesCommands,
  nftCommands,
  type ShieldedNode,
} from '../../../render/firewall/commands.js';
import type { CommandResult, RemoteHost } from '../../ports/index.js';

/** The firewall of one host: the sets of commands that together are in force or not. */
export interface HostFirewall {
  readonly program: 'nft' | 'iptables';
  readonly parts: readonly ShieldCommands[];
}

/** A firewall that can be used, or why each program cannot. */
export type FoundFirewall = { readonly firewall: HostFirewall } | { readonly problem: string };

/**
 * Says what is missing for each command, given as a title and one word list; runs none of them. sudo is asked by `-l`
 * whether it would. The last line tells whether the host speaks IPv6.
 */
const program = `
set -f
become=$1; shift
while [ $# -gt 1 ]; do
  title=$1 words=$2; shift 2
  if [ ! -x "\${words%% *}" ]; then printf '%s|is not installed\\n' "$title"
  elif [ "$become" = sudo ]; then
    sudo -n -l -- $words >/dev/null 2>&1 || printf '%s|sudo -n refuses: %s\\n' "$title" "$words"
  elif [ "$(id -u)" != 0 ]; then printf '%s|needs root, and ssh.become is none\\n' "$title"
  fi
done
if grep -q . /proc/net/if_inet6 2>/dev/null; then echo ipv6; fi
`;

/** What a command says of rules that are not there: nft in its own words, iptables by an exit code that it has for that. */
const absent = /no such file or directory|does not exist|no chain\/target|bad rule|doesn't exist/i;

/** nft where the host has it and lets us, else iptables. Asks only; changes nothing. */
export async function findFirewall(
  host: RemoteHost,
  node: ShieldedNode,
  become: 'sudo' | 'none',
  signal?: AbortSignal,
): Promise<FoundFirewall> {
  const sets = {
    nft: nftCommands(node),
    iptables: iptablesCommands('iptables', node),
    ip6tables: iptablesCommands('ip6tables', node),
  };
  const asked = Object.entries(sets).flatMap(([title, { prepare, close, look, link, open }]) =>
    [...prepare, ...close, look, ...(link ? [link] : []), ...open].flatMap((argv) => [title, argv.join(' ')]),
  );
  const { stdout } = await host.script(program, [become, ...asked], signal ? { signal } : {});
  const lines = stdout.trim().split('\n');
  const missing = (title: string): string | undefined =>
    lines.find((line) => line.startsWith(`${title}|`))?.slice(title.length + 1);
  const works = async (title: keyof typeof sets): Promise<string | null> => {
    const reason = missing(title);
    if (reason !== undefined) return `${title} ${reason}`;
    const looked = await look(host, sets[title], signal);
    return looked === 'unknown' ? `${title} cannot read the rules of the kernel` : null;
  };
  const nft = await works('nft');
  if (nft === null) return { firewall: { program: 'nft', parts: [sets.nft] } };
  const families = familiesOf(node.ports, lines.includes('ipv6'));
  const iptables = (await Promise.all(families.map(works))).find((reason) => reason !== null);
  if (iptables === undefined) return { firewall: { program: 'iptables', parts: families.map((one) => sets[one]) } };
  return { problem: `${nft}; ${iptables}` };
}

function familiesOf(ports: readonly ClientPort[], hasIpv6: boolean): ('iptables' | 'ip6tables')[] {
  const four = ports.some(({ address }) => address === null || !address.includes(':'));
  const six = ports.some(({ address }) => (address === null ? hasIpv6 : address.includes(':')));
  return [...(four ? (['iptables'] as const) : []), ...(six ? (['ip6tables'] as const) : [])];
}

/** Whether these rules are in force; `unknown` where the program cannot tell. */
export async function look(
  host: RemoteHost,
  commands: Pick<ShieldCommands, 'look'>,
  signal?: AbortSignal,
): Promise<'closed' | 'open' | 'unknown'> {
  const result: CommandResult = await host.exec({ argv: commands.look, asUser: 'root' }, signal);
  if (result.code === 0) return 'closed';
  return absent.test(result.stderr) ? 'open' : 'unknown';
}
