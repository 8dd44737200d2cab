import path from 'node:path';

/** Where the parts of one host lie. */
export interface HostLayout {
  /** The host's own folder; everything below is in it. */
  readonly root: string;
  /** First on the PATH of everything that runs on the host. */
  readonly bin: string;
  /** Account files of a host with users of its own. */
  readonly etc: string;
  /** Home folder of the log-in user. */
  readonly loginHome: string;
  /** Home of the broker: the `home` of the host in the cluster spec. */
  readonly home: string;
  /** Keys and configuration of the SSH server. */
  readonly ssh: string;
  readonly logs: string;
  /** The stand-ins write a line for each start, stop, recovery start and move. */
  readonly journal: string;
  /** Addresses that the host exchanges no packets with, one a line, `*` for all: the stand-ins' network fault. */
  readonly blocked: string;
  /** Holds the bytes that `df` on the host claims to be free, when a full disk is played. */
  readonly freeBytes: string;
  /** Keeps the broker's backups from ending while it exists. */
  readonly heldBackups: string;
  /** Stands in for /proc where tools let it lie elsewhere: its `stat` says what the host's processors do. */
  readonly proc: string;
  /** Units and state of the stand-in for systemd, on a host that has one. */
  readonly systemd: string;
}

/** The layout of the host whose folder is `root`. */
export function layoutOf(root: string): HostLayout {
  const at = (name: string): string => path.join(root, name);
  return {
    root,
    bin: at('bin'),
    etc: at('etc'),
    loginHome: at('login'),
    home: at('hivemq'),
    ssh: at('ssh'),
    logs: at('logs'),
    journal: at('journal.log'),
    blocked: at('blocked'),
    freeBytes: at('free-bytes'),
    heldBackups: at('held-backups'),
    proc: at('proc'),
    systemd: at('systemd'),
  };
}
