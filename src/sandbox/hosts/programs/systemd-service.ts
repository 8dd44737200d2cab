/**
 * Keeps one service as systemd does: runs what its unit says, as its user and with its environment, waits for its end and
 * starts it again where the unit asks for it. SIGTERM asks it to stop the service.
 *
 * Arguments: the folder of the stand-in, the unit, a file for the output. Runs as root, once for each start that is asked for.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, UnitState } from './systemd-state.js';
import {
  type ExecLine,
  last,
  parseEnvironment,
  parseEnvironmentFile,
  parseExec,
  type Unit,
} from './systemd-unit-file.js';

const [root = '', name = '', logFile = ''] = process.argv.slice(2);
const state = new UnitState(root, name);
const log = openSync(logFile, 'a');
const stopping = new AbortController();
/** Asked anew each time: the signal comes in between. */
const isStopping = (): boolean => stopping.signal.aborted;
let current: ChildProcess | undefined;

process.on('SIGTERM', () => {
  stopping.abort();
  state.setStatus({ active: 'deactivating' });
  current?.kill('SIGTERM');
});

/** `name:password:uid:gid:…` of the host's own accounts. */
function account(user: string): { uid: number; gid: number; home: string } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(':')).find(([found]) => found === user);
  if (!fields) throw new Error(`Failed to determine user credentials: no user ${user}`);
  return { uid: Number(fields[2]), gid: Number(fields[3]), home: fields[5] ?? '/' };
}

/** What the manager gives to every service, and the marks by which the stage knows its hosts' processes. */
function managerEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([key]) => key === 'PATH' || key.startsWith('HIVE'));
  return Object.fromEntries(kept.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function environmentOf(unit: Unit): Record<string, string> {
  const files = (unit.get('Service.EnvironmentFile') ?? []).map((entry) => {
    const optional = entry.startsWith('-');
    try {
      return parseEnvironmentFile(readFileSync(optional ? entry.slice(1) : entry, 'utf8'));
    } catch (error) {
      if (optional) return {};
      throw error;
    }
  });
  const user = last(unit, 'Service.User') ?? 'root';
  const own = {
    ...managerEnvironment(),
    ...{ USER: user, LOGNAME: user, HOME: account(user).home },
    ...parseEnvironment(unit.get('Service.Environment') ?? []),
  };
  return files.reduce((all, file) => ({ ...all, ...file }), own);
}

function launch(unit: Unit, line: ExecLine): ChildProcess {
  const { uid, gid } = line.asRoot ? { uid: 0, gid: 0 } : account(last(unit, 'Service.User') ?? 'root');
  process.umask(Number.parseInt(last(unit, 'Service.UMask') ?? '0022', 8));
  const child = spawn(line.program, line.args, {
    ...{ uid, gid, env: environmentOf(unit), cwd: last(unit, 'Service.WorkingDirectory') ?? '/' },
    ...{ detached: true, stdio: ['ignore', log, log] },
  });
  process.umask(0o022);
  current = child;
  return child;
}

/** Whether the process ended as one that did what it should. */
async function endOf(unit: Unit, child: ChildProcess): Promise<boolean> {
  const [code, signal] = await new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (...end) => resolve(end));
  });
  current = undefined;
  const clean = (last(unit, 'Service.SuccessExitStatus') ?? '').split(/\s+/);
  if (typeof code === 'number') return code === 0 || clean.includes(String(code));
  return ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE'].includes(String(signal)) || clean.includes(String(signal));
}

/** Runs the lines of a key one after the other. @returns false when one fails that may not */
async function runAll(unit: Unit, key: string): Promise<boolean> {
  for (const line of (unit.get(key) ?? []).map(parseExec)) {
    if (isStopping()) return false;
    if (!(await endOf(unit, launch(unit, line))) && !line.mayFail) return false;
  }
  return true;
}

/** One start and the life that follows. @returns whether it came to a good end */
async function live(unit: Unit): Promise<boolean> {
  const [start] = (unit.get('Service.ExecStart') ?? []).map(parseExec);
  if (start === undefined) throw new Error('Service has no ExecStart= setting. Refusing.');
  if (!(await runAll(unit, 'Service.ExecStartPre')) || isStopping()) return false;
  const main = launch(unit, start);
  await once(main, 'spawn');
  const end = endOf(unit, main);
  state.setStatus({ mainPid: main.pid ?? 0 });
  const posted = await runAll(unit, 'Service.ExecStartPost');
  current = main;
  if (isStopping() || !posted) main.kill('SIGTERM');
  else state.setStatus({ active: 'active', attempt: 'ok' });
  return (await end) && posted;
}

async function serve(): Promise<'inactive' | 'failed'> {
  for (;;) {
    const before = state.definition();
    const interval = Number(last(before, 'Unit.StartLimitIntervalSec') ?? '10') * 1000;
    const burst = Number(last(before, 'Unit.StartLimitBurst') ?? '5');
    const recent = state.starts().filter((time) => Date.now() - time < interval);
    if (recent.length >= burst) return 'failed';
    state.setStarts([...recent, Date.now()]);
    const good = await live(before).catch((error: unknown) => {
      process.stderr.write(`${name}: ${String(error)}\n`);
      return false;
    });
    state.setStatus({ mainPid: 0 });
    if (isStopping() || good) return 'inactive';
    // The unit as it is known by now: a reload may have changed it while the service ran.
    const unit = state.definition();
    if (state.status().attempt === 'pending') state.setStatus({ attempt: 'failed' });
    if (last(unit, 'Service.Restart') !== 'on-failure') return 'failed';
    state.setStatus({ active: 'activating' });
    const wait = Number(last(unit, 'Service.RestartSec') ?? '0.1') * 1000;
    await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (isStopping()) return 'inactive';
  }
}

state.setStatus({ active: 'activating', mainPid: 0, keeper: identify(process.pid), attempt: 'pending' });
const end = await serve();
const attempt = state.status().attempt === 'ok' ? 'ok' : 'failed';
state.setStatus({ active: end, mainPid: 0, keeper: '', attempt });
