import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type SearchAttributeType, serverArguments } from './arguments.js';
import { freePorts } from './free-port.js';
import { TemporalServerError } from './program-error.js';
import { type ServerProcess, startServerProcess } from './server-process.js';
import { waitUntilReady } from './wait-until-ready.js';

export interface TemporalServerOptions {
  /** The Temporal CLI program, see `ensureTemporalProgram`. */
  readonly program: string;
  /** File that keeps everything over a restart. Default: nothing is kept. */
  readonly dbFile?: string;
  /** Port of the gRPC front end. Default: a free one. */
  readonly port?: number;
  /** Port of the web UI. Default: a free one. */
  readonly uiPort?: number;
  /** Address that both listen on. Default: 127.0.0.1 */
  readonly ip?: string;
  /** Made when missing. Default: `default` */
  readonly namespace?: string;
  /** Registered at the start, by name. A workflow that sets another one fails. */
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
  /** Takes what the server prints, line by line. Default: dropped. */
  readonly log?: (line: string) => void;
  /** How long the server may take to answer, in milliseconds. Default: 60000 */
  readonly readyWithinMs?: number;
}

/** A running development server. */
export interface TemporalServer {
  /** `host:port` of the gRPC front end. */
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
  readonly pid: number;
  /** Resolves with the server's last words when it has ended, asked to or not. */
  readonly ended: Promise<string>;
  /** Ends the server, and only it: SIGTERM, SIGKILL when it is still there after 10 s. */
  stop(): Promise<void>;
}

const GRACE_MS = 10_000;
/** Free ports are chosen before the server takes them, its own inner ones as well; somebody may be faster. */
const ATTEMPTS = 3;

/**
 * Starts a private Temporal server with its UI and returns when it answers, the namespace and the search attributes
 * are there. It ends with this process, even when this process is killed.
 *
 * @throws TemporalServerError when the program ends at once (with what it said) or does not answer in time
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  if (options.dbFile !== undefined) await mkdir(path.dirname(path.resolve(options.dbFile)), { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      const chosenHere = options.port === undefined || options.uiPort === undefined;
      const taken = error instanceof TemporalServerError && error.message.includes('address already in use');
      if (!taken || !chosenHere || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(options: TemporalServerOptions): Promise<TemporalServer> {
  const { program, dbFile, searchAttributes, ip = '127.0.0.1', namespace = 'default', log = () => undefined } = options;
  const [first, second] = await freePorts(2, ip);
  const port = options.port ?? first;
  const uiPort = options.uiPort ?? second;
  if (port === undefined || uiPort === undefined) throw new TemporalServerError(`There is no free port on ${ip}.`);
  const address = `${ip}:${port}`;
  const server = startServerProcess(
    program,
    serverArguments({ ip, port, uiPort, namespace, dbFile, searchAttributes }),
    log,
  );
  try {
    await becomeReady(
      server,
      { address, namespace, searchAttributes: Object.keys(searchAttributes) },
      options.readyWithinMs,
    );
  } catch (error) {
    await server.stop(0);
    throw error;
  }
  return {
    address,
    uiUrl: `http://${ip}:${uiPort}`,
    namespace,
    pid: server.pid,
    ended: server.ended,
    stop: () => server.stop(GRACE_MS),
  };
}

async function becomeReady(
  server: ServerProcess,
  expected: { address: string; namespace: string; searchAttributes: string[] },
  readyWithinMs = 60_000,
): Promise<void> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => {
    giveUp.abort(
      new TemporalServerError(`The Temporal server did not answer on ${expected.address} in ${readyWithinMs} ms.`),
    );
  }, readyWithinMs);
  const died = server.ended.then((words) => {
    giveUp.abort(new TemporalServerError(`The Temporal server ended at its start: ${words}`));
  });
  try {
    await Promise.race([waitUntilReady(expected, giveUp.signal), died]);
    giveUp.signal.throwIfAborted();
  } finally {
    clearTimeout(timer);
  }
}
