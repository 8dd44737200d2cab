/** The ways in which a node exchanges data with the cluster; each is begun, repeated while it lasts, and finished by a log line. */
export type Synchronization = 'join' | 'merge' | 'replication';

/** What a line of `log/hivemq.log` means for somebody who starts, stops or observes a node. */
export type LogEvent =
  | { readonly kind: 'starting' }
  | { readonly kind: 'started'; readonly milliseconds: number }
  | { readonly kind: 'start-failed'; readonly line: string }
  | {
      readonly kind: 'synchronization';
      readonly what: Synchronization;
      readonly phase: 'begun' | 'ongoing' | 'finished';
    }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'disaster'; readonly line: string }
  /** An extension, by the name in its own description. */
  | {
      readonly kind: 'extension';
      readonly name: string;
      readonly phase: 'started' | 'stopped';
      readonly line: string;
    }
  /** An extension that the broker gave up on, by its id. */
  | { readonly kind: 'extension-failed'; readonly id: string; readonly line: string }
  /** What the broker made of a changed keystore or truststore, which the line does not name. */
  | { readonly kind: 'store'; readonly taken: boolean; readonly line: string }
  /** What the File RBAC extension made of its file of users. */
  | { readonly kind: 'users'; readonly taken: boolean; readonly line: string }
  /** What the broker found of a license file, by its name. */
  | { readonly kind: 'license'; readonly file: string; readonly corrupt: boolean; readonly line: string };

interface LogLine {
  readonly level: string;
  readonly message: string;
}

/**
 * Splits a line of the vendor's pattern `%-30(%d %level)- %msg`. Anything else (stack traces, a message's further lines)
 * is null: text that a client chose, such as its id, never stands at the start of a message.
 */
export function parseLogLine(line: string): LogLine | null {
  const match = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}[,.]\d{3}\s+(TRACE|DEBUG|INFO|WARN|ERROR)\s*-\s(.*)$/.exec(
    line.trimEnd(),
  );
  return match?.[1] === undefined || match[2] === undefined ? null : { level: match[1], message: match[2] };
}

/** Messages by which a start has failed although the process may live on with the defaults or without its listeners. */
const startFailures = [
  /\bUsing (HiveMQ )?default config/,
  /^Could not start .*Listener/i,
  /^Could not bind any listener/,
  /^HiveMQ start was cancelled/,
  /\banother HiveMQ instance\b/i,
];

/** Words of the messages of HiveMQ's manual, "Node Synchronization". */
const processes: readonly (readonly [Synchronization, RegExp, RegExp, RegExp])[] = [
  [
    'join',
    /^Starting cluster join process/,
    /^Cluster join process is still/,
    /^Finished cluster join process successfully/,
  ],
  [
    'merge',
    /^Starting cluster merge process/,
    /^Cluster merge process is still/,
    /^Finished cluster merge process successfully/,
  ],
  [
    'replication',
    /^Starting cluster replication process/,
    /^Replication is still in progress/,
    /^Finished cluster replication successfully/,
  ],
];

/**
 * HiveMQ warns when replicas are out of reach because more nodes than the replica count left at once. The manual
 * describes the warning and does not quote it, so it is known by its level and its words.
 */
function isDisaster({ level, message }: LogLine): boolean {
  if (level !== 'WARN' && level !== 'ERROR') return false;
  return /\breplica/i.test(message) && /reachable|available|left the cluster|\blost\b/i.test(message);
}

function synchronizationOf(message: string): LogEvent | null {
  for (const [what, begun, ongoing, finished] of processes) {
    const phase = begun.test(message)
      ? 'begun'
      : ongoing.test(message)
        ? 'ongoing'
        : finished.test(message)
          ? 'finished'
          : null;
    if (phase !== null) return { kind: 'synchronization', what, phase };
  }
  return null;
}

/** The broker gives up on an extension. One whose description has another id than its folder is known by the folder. */
const failedExtension = [
  /^Found extension directory name not matching to id, ignoring .*?([^/\s]+)$/,
  /\bextension with (?:the )?id "?([A-Za-z0-9._-]+)"?.*\b(?:cannot be|was prevented|will be disabled|ignoring)/i,
];

/**
 * Lines of the Community Edition (ExtensionLifecycleHandlerImpl, ExtensionLoaderImpl) and, for a damaged license, of the
 * vendor's Kubernetes tests (helm-charts, license tests). How the broker praises a good one is not documented.
 */
function broughtOf(message: string, line: string): LogEvent | null {
  const extension = /^Extension "(.*)" version .* (started|stopped) successfully\.$/.exec(message);
  if (extension?.[1] !== undefined) {
    const phase = extension[2] === 'started' ? 'started' : 'stopped';
    return { kind: 'extension', name: extension[1], phase, line };
  }
  const failed = failedExtension.map((pattern) => pattern.exec(message)).find((match) => match !== null);
  if (failed?.[1] !== undefined) return { kind: 'extension-failed', id: failed[1], line };
  // Community Edition, SslContextStore.
  if (message.startsWith('Successfully updated changed SSL Context')) return { kind: 'store', taken: true, line };
  if (/^Could not parse new SSL Context/.test(message)) return { kind: 'store', taken: false, line };
  const users = usersOf(message, line);
  if (users !== null) return users;
  const license = /^License file (.+) is (\w+)\b/.exec(message);
  return license?.[1] === undefined
    ? null
    : { kind: 'license', file: license[1], corrupt: license[2] === 'corrupt', line };
}

/**
 * Lines of the File RBAC extension (its classes CredentialsConfiguration and ConfigParser). What is wrong with a refused
 * file stands in further lines. It keeps the users that it had then, and has none after a start.
 */
const refusedUsers = [
  /^Configuration for file auth extension has errors/,
  /^No credentials configuration file for file auth extension available/,
  /^Could not read configuration file, reason: /,
  /^Unable to read configuration file .*credentials\.xml$/,
];

function usersOf(message: string, line: string): LogEvent | null {
  if (/^Credentials configuration for file auth extension changed, using new/.test(message)) {
    return { kind: 'users', taken: true, line };
  }
  return refusedUsers.some((pattern) => pattern.test(message)) ? { kind: 'users', taken: false, line } : null;
}

/** The meaning of one line, or null where it has none for us. */
export function readLogLine(line: string): LogEvent | null {
  const parsed = parseLogLine(line);
  if (parsed === null) return null;
  const { message } = parsed;
  const started = /^Started HiveMQ in (\d+)\s?ms/.exec(message);
  if (started) return { kind: 'started', milliseconds: Number(started[1]) };
  if (startFailures.some((pattern) => pattern.test(message))) return { kind: 'start-failed', line: line.trimEnd() };
  if (/^Starting HiveMQ (?!extension)/.test(message)) return { kind: 'starting' };
  if (/^Shutting down HiveMQ\b/.test(message)) return { kind: 'stopping' };
  if (/^Shutdown completed/.test(message)) return { kind: 'stopped' };
  const brought = broughtOf(message, line.trimEnd());
  if (brought !== null) return brought;
  const synchronization = synchronizationOf(message);
  if (synchronization !== null) return synchronization;
  return isDisaster(parsed) ? { kind: 'disaster', line: line.trimEnd() } : null;
}

/** Pieces of text, one of which stands in every line that `readLogLine` understands; lets a host select lines before they travel. */
export const telltales: readonly string[] = [
  'HiveMQ',
  'Could not start',
  'Could not bind',
  'default config',
  'cluster join process',
  'Cluster join process',
  'cluster merge process',
  'Cluster merge process',
  'cluster replication',
  'Replication is still',
  'Shutdown completed',
  'eplica',
  'xtension ',
  'License file ',
  'SSL Context',
  'file auth extension',
  'read configuration file',
];
