import { readLogLine, type Synchronization } from './log-lines.js';

/** What a line says of an extension: the broker speaks of one that it starts or stops by its name, else by its id. */
export type ExtensionSaying =
  | { readonly name: string; readonly said: 'started' | 'stopped'; readonly line: string }
  | { readonly id: string; readonly said: 'failed'; readonly line: string };

/** What the log tells of the broker's present or last life, i.e. since its last start. */
export interface LogFacts {
  readonly started: boolean;
  /** Begun and not finished. The latest one where several are. */
  readonly synchronizing: Synchronization | null;
  /** The latest cluster replication (the hand-over of data before leaving) of this life. */
  readonly replication: 'none' | 'begun' | 'finished';
  readonly stopping: boolean;
  /** The broker said that its stop was complete. */
  readonly stopped: boolean;
  /** A replication was finished after the stop began: the data is with the other members. */
  readonly handedOver: boolean;
  readonly startFailure: string | null;
  readonly disaster: string | null;
  /** Name of each extension that was started or stopped -> which came last. */
  readonly extensions: Readonly<Record<string, 'started' | 'stopped'>>;
  /** Id of each extension that the broker gave up on -> the line that says so. */
  readonly failedExtensions: Readonly<Record<string, string>>;
  /** Everything that was said of extensions, oldest first; of each name and of each id only what came last. */
  readonly sayings: readonly ExtensionSaying[];
  /** Name of each license file that the broker judged -> what it said last. */
  readonly licenses: Readonly<Record<string, { readonly corrupt: boolean; readonly line: string }>>;
  /** The line by which the broker refused a changed keystore or truststore last; null when it took the last one. */
  readonly refusedStore: string | null;
  /** Whether the File RBAC extension took up a changed file of users. */
  readonly tookUsers: boolean;
  /** The first line by which it refused such a file since it took one last; null where it did not. */
  readonly refusedUsers: string | null;
}

export const noFacts: LogFacts = {
  started: false,
  synchronizing: null,
  replication: 'none',
  stopping: false,
  stopped: false,
  handedOver: false,
  startFailure: null,
  disaster: null,
  extensions: {},
  failedExtensions: {},
  sayings: [],
  licenses: {},
  refusedStore: null,
  tookUsers: false,
  refusedUsers: null,
};

/** Adds one line; a start line begins a new life and forgets what was before. */
export function addLine(facts: LogFacts, line: string): LogFacts {
  const event = readLogLine(line);
  switch (event?.kind) {
    case 'starting':
      return noFacts;
    case 'started':
      return { ...facts, started: true };
    case 'start-failed':
      return { ...facts, startFailure: facts.startFailure ?? event.line };
    case 'disaster':
      return { ...facts, disaster: event.line };
    case 'synchronization': {
      const finished = event.phase === 'finished';
      const ended = finished && (facts.synchronizing === event.what || facts.synchronizing === null);
      const synchronizing = ended ? null : finished ? facts.synchronizing : event.what;
      const replication = event.what !== 'replication' ? facts.replication : finished ? 'finished' : 'begun';
      const handedOver = facts.stopping && replication === 'finished';
      return { ...facts, synchronizing, replication, handedOver };
    }
    case 'extension': {
      const { name, phase: said, line: whole } = event;
      const sayings = [
        ...facts.sayings.filter((one) => !('name' in one && one.name === name)),
        { name, said, line: whole },
      ];
      return { ...facts, extensions: { ...facts.extensions, [name]: said }, sayings };
    }
    case 'extension-failed': {
      const { id, line: whole } = event;
      const sayings = [
        ...facts.sayings.filter((one) => !('id' in one && one.id === id)),
        { id, said: 'failed', line: whole } as const,
      ];
      return { ...facts, failedExtensions: { ...facts.failedExtensions, [id]: whole }, sayings };
    }
    case 'license': {
      const { file, corrupt, line: said } = event;
      return { ...facts, licenses: { ...facts.licenses, [file]: { corrupt, line: said } } };
    }
    case 'store':
      return { ...facts, refusedStore: event.taken ? null : event.line };
    case 'users':
      return event.taken
        ? { ...facts, tookUsers: true, refusedUsers: null }
        : { ...facts, refusedUsers: facts.refusedUsers ?? event.line };
    case 'stopping':
      return { ...facts, stopping: true };
    case 'stopped':
      return { ...facts, stopped: true };
    case undefined:
      return facts;
  }
}

/** Facts of a whole log or of the lines that were selected from it. */
export function readLog(lines: Iterable<string>): LogFacts {
  let facts = noFacts;
  for (const line of lines) facts = addLine(facts, line);
  return facts;
}

/** What the log says last of an extension, by its id or by its name; null: nothing. */
export function lastSaying(
  { sayings }: Pick<LogFacts, 'sayings'>,
  { id, name }: { readonly id: string; readonly name: string },
): ExtensionSaying | null {
  return sayings.findLast((one) => ('id' in one ? one.id === id : one.name === name)) ?? null;
}
