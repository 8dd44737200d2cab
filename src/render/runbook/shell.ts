import { findHost, type ClusterSpec, type ResolvedHost } from '../../domain/spec/index.js';

/** Words that a shell takes as they are. */
const plain = /^[A-Za-z0-9_@%+=:,./~-]+$/;

/** One word of a POSIX shell. */
export const word = (text: string): string => (plain.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

export const words = (argv: readonly string[]): string => argv.map(word).join(' ');

/** A sentence as comments; what comes from a plan cannot end one. */
export const comment = (text: string): string[] => text.split(/[\r\n]+/).map((line) => `# ${line}`.trimEnd());

/** Ends every script for a host; no line of one may be this. */
const end = 'END_OF_SCRIPT';

/** Lines that run on a host as the broker's user. */
export const asBroker = (host: string, lines: readonly string[]): string[] => [
  `as_broker ${word(host)} <<'${end}'`,
  ...lines,
  end,
];

/** Lines that run on a host as the log-in user, with `sudo` where they say so. */
export const asLogin = (host: string, lines: readonly string[]): string[] => [
  `at ${word(host)} <<'${end}'`,
  ...lines,
  end,
];

/** How a host is logged in to, and how the broker's user is reached there; keys by the path of their file, never by value. */
function logIn({ name, address, ssh }: ResolvedHost): string {
  const target = words(['-p', String(ssh.port), '-i', ssh.privateKeyFile.replace(/^~(?=\/)/, '$HOME')]);
  const key = target.replace(/'\$HOME([^']*)'/, '"$$HOME$1"');
  return `    ${word(name)}) shift; ssh ${key} \${SSH_OPTIONS:-} ${word(`${ssh.user}@${address}`)} "\${*:-} LC_ALL=C sh -eu -s" ;;`;
}

function become({ name, ssh }: ResolvedHost, user: string): string {
  const other = ssh.become === 'sudo' && ssh.user !== user;
  return `    ${word(name)}) at "$1"${other ? ` ${words(['sudo', '-n', '-u', user, '--', 'env'])}` : ''} ;;`;
}

/** The functions that the rest is written in: scripts come by standard input, so that nothing of them is quoted twice. */
export function helpers(spec: ClusterSpec, names: readonly string[]): string[] {
  const hosts = names.flatMap((name) => findHost(spec, name) ?? []);
  return [
    '# Host keys that ssh must show:',
    ...hosts.flatMap(({ name, hostKeys }) => comment(`  ${name}: ${hostKeys.join(' or ')}`)),
    'at() { # at HOST: runs the script that it is given there; SSH_OPTIONS may hold more options',
    '  case "$1" in',
    ...hosts.map(logIn),
    '    *) echo "no host $1 in this runbook" >&2; return 1 ;;',
    '  esac',
    '}',
    'as_broker() { # as_broker HOST: the same, as the account of the broker',
    '  case "$1" in',
    ...hosts.map((host) => become(host, spec.broker.user)),
    '    *) echo "no host $1 in this runbook" >&2; return 1 ;;',
    '  esac',
    '}',
  ];
}
