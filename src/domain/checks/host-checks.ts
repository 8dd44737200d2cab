import { type CheckDefinition, defineCheck, type Verdict } from './define-check.js';
import type { HostCheckContext } from './host-facts.js';
import type { hostCheckNames } from './names.js';

type HostCheck = CheckDefinition<HostCheckContext>;
type HostCheckName = (typeof hostCheckNames)[number];

/** These tell why nothing else could be read. */
const access: readonly HostCheckName[] = ['host-reachable', 'host-key', 'privilege'];

/** A host that was not reached, or not as the broker's user, has one finding, not thirteen. */
function host(
  name: HostCheckName,
  meaning: string,
  remedy: string,
  test: (context: HostCheckContext) => string | null,
): HostCheck {
  return defineCheck({
    name,
    meaning,
    remedy,
    unmet: 'refuse',
    evaluate: (context): Verdict => {
      const { reachable, privilege } = context.facts;
      const read = reachable && (privilege?.ok === true || name === 'privilege');
      const reason = read || (access.includes(name) && name !== 'privilege') ? test(context) : null;
      return reason === null ? { holds: true, found: 'ok' } : { holds: false, reason, node: context.facts.host };
    },
  });
}

const problemOf = (context: HostCheckContext): string => context.facts.problem?.message ?? 'no reason given';
const maximumClockSkewMs = 2000;
/** An unpacked package with its archive, and room to start. */
const packageFactor = 4;

export function javaMajor(line: string): number | null {
  const match = /"(?:1\.)?(\d+)/.exec(line) ?? /\b(\d+)\./.exec(line);
  return match?.[1] === undefined ? null : Number(match[1]);
}

/** Checks of one host before anything is put on it, in the order in which people want to read them. */
export const hostChecks: Readonly<Record<HostCheckName, HostCheck>> = {
  'host-reachable': host(
    'host-reachable',
    'The host answers by SSH and lets the user in.',
    'Check address, port, user and key in the spec, and that sshd runs.',
    (context) =>
      context.facts.reachable || context.facts.problem?.kind === 'HostKeyMismatch' ? null : problemOf(context),
  ),
  'host-key': host(
    'host-key',
    'The host presents a key that the spec names.',
    'Run `hivekeeper hosts scan FILE`, compare with the host’s console, and correct hostKey.',
    (context) => (context.facts.problem?.kind === 'HostKeyMismatch' ? problemOf(context) : null),
  ),
  privilege: host(
    'privilege',
    'Commands can be run as the broker’s user, and the few that need root as root.',
    'Install the sudoers lines that `hivekeeper render` writes, or set ssh.become: none.',
    ({ facts }) => (facts.privilege?.ok === true ? null : (facts.privilege?.found ?? 'not tested')),
  ),
  // Before the ports: those of the other cluster are taken, and nobody should be told to stop what listens there.
  'name-free': host(
    'name-free',
    'The host is free, or belongs to this cluster.',
    'Choose another name or other hosts; removeCluster frees hosts.',
    ({ facts, cluster }) => {
      const owner = facts.belongsTo;
      return owner === null || (owner.cluster === cluster && owner.node === facts.host)
        ? null
        : `the host belongs to node ${owner.node} of cluster ${owner.cluster}`;
    },
  ),
  java: host(
    'java',
    'The broker’s user finds a Java that is new enough, unless broker.java brings one.',
    'Install a Java runtime on the host, or name one in broker.java.',
    ({ facts, minimumJava }) => {
      if (minimumJava === null) return null;
      if (facts.java === null) return 'no java on the PATH of the broker’s user';
      const major = javaMajor(facts.java);
      return major !== null && major >= minimumJava
        ? null
        : `found ${facts.java}, Java ${minimumJava} or newer is needed`;
    },
  ),
  'open-files': host(
    'open-files',
    'The broker’s user may open enough files.',
    'Raise the nofile limit of the broker’s user.',
    ({ facts, minimumOpenFiles }) =>
      facts.openFiles === null || facts.openFiles >= minimumOpenFiles
        ? null
        : `the limit is ${facts.openFiles}, ${minimumOpenFiles} are needed`,
  ),
  'ports-free': host(
    'ports-free',
    'The ports of the node are free.',
    'Stop what listens there, or choose other ports in the spec.',
    ({ facts }) =>
      facts.portsTaken.length === 0 ? null : `port ${facts.portsTaken.join(', ')} is in use by another program`,
  ),
  'node-to-node': host(
    'node-to-node',
    'The other members’ cluster port answers from here.',
    'Open the cluster port between the nodes in their firewalls.',
    ({ facts }) =>
      facts.unreachablePeers.length === 0
        ? null
        : `no answer from the cluster port of ${facts.unreachablePeers.join(', ')}`,
  ),
  'clock-skew': host(
    'clock-skew',
    'The host’s clock is within two seconds of the worker’s.',
    'Run a time service on the host.',
    ({ facts }) =>
      facts.clockSkewMs === null || Math.abs(facts.clockSkewMs) <= maximumClockSkewMs
        ? null
        : `the clock is ${facts.clockSkewMs} ms off`,
  ),
  'host-disk': host(
    'host-disk',
    'There is room for the package.',
    'Free space below the broker’s home.',
    ({ facts, packageBytes }) =>
      facts.freeBytes === null || facts.freeBytes >= packageBytes * packageFactor
        ? null
        : `${facts.freeBytes} bytes are free, ${packageBytes * packageFactor} are needed`,
  ),
  tools: host('tools', 'The programs that Hivekeeper calls are there.', 'Install the named programs.', ({ facts }) =>
    facts.missingTools.length === 0 ? null : `missing: ${facts.missingTools.join(', ')}`,
  ),
  'executable-home': host(
    'executable-home',
    'Programs below the broker’s home may be run.',
    'Mount the filesystem without noexec, or choose another home.',
    ({ facts }) => (facts.noexec ? 'home lies on a filesystem mounted noexec' : null),
  ),
  'same-filesystem': host(
    'same-filesystem',
    'Data can be moved aside by a rename.',
    'Put data and home on one filesystem.',
    ({ facts }) => (facts.sameFilesystem ? null : 'data and home lie on different filesystems'),
  ),
};
