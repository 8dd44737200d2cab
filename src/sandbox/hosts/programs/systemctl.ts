/**
 * The `systemctl` of a host of the stage: does with real processes what systemd does with a service, as far as
 * systemctl(1) and systemd.service(5) say it, and writes each call down. What it does not understand it refuses.
 *
 * Arguments: the folder of the stand-in, then those of systemctl. `stage-boot` starts what is enabled, as a boot does.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, UnitState } from './systemd-state.js';
import { last, parseUnit } from './systemd-unit-file.js';

const UNITS = '/etc/systemd/system';
const RUNTIME = '/run/systemd/system';
const POLL_MS = 10;

const [root = '', ...argv] = process.argv.slice(2);
const options = argv.filter((word) => word.startsWith('--') && word !== '--');
const [verb = '', ...units] = argv.filter((word) => !word.startsWith('--'));
const noBlock = options.includes('--no-block');

// A unit that calls this has a mask of its own.
process.umask(0o022);

class Refused extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }
}

function wantedBy(state: UnitState): string {
  const target = last(parseUnit(state.onDisk() ?? []), 'Install.WantedBy');
  if (target === undefined) throw new Refused(`The unit files have no installation config: ${state.unit}`);
  return path.join(UNITS, `${target}.wants`, state.unit);
}

const isEnabled = (state: UnitState): boolean => state.onDisk() !== null && existsSync(wantedBy(state));

function assertThere(state: UnitState, what: string): void {
  if (state.onDisk() === null) throw new Refused(`Failed to ${what} unit: Unit file ${state.unit} does not exist.`);
}

function propertyOf(state: UnitState, property: string): string {
  const { active, mainPid } = state.status();
  const [loaded, onDisk] = [state.loaded(), state.onDisk()];
  if (property === 'ActiveState') return active;
  if (property === 'MainPID') return String(mainPid);
  if (property === 'UnitFileState') return onDisk === null ? '' : isEnabled(state) ? 'enabled' : 'disabled';
  if (property === 'NeedDaemonReload')
    return loaded !== null && JSON.stringify(loaded) !== JSON.stringify(onDisk) ? 'yes' : 'no';
  throw new Refused(`The stand-in knows no property ${property}.`);
}

function show(state: UnitState): void {
  const wanted = options.flatMap((option) => /^--property=(.*)$/.exec(option)?.[1]?.split(',') ?? []);
  for (const property of wanted) process.stdout.write(`${property}=${propertyOf(state, property)}\n`);
}

async function start(state: UnitState): Promise<void> {
  if (state.onDisk() === null && state.loaded() === null)
    throw new Refused(`Failed to start ${state.unit}: Unit ${state.unit} not found.`, 5);
  state.definition();
  const { active } = state.status();
  if (active === 'active') return;
  if (active === 'inactive' || active === 'failed') keep(state);
  if (noBlock) return;
  for (;;) {
    const now = state.status();
    if (now.attempt === 'ok') return;
    if (now.attempt === 'failed')
      throw new Refused(`Job for ${state.unit} failed because the control process exited with error code.`);
    await sleep(POLL_MS);
  }
}

/** A process of its own, which outlives this call. */
function keep(state: UnitState): void {
  const log = path.join(root, `${state.unit}.log`);
  const program = path.join(import.meta.dirname, 'systemd-service.js');
  const output = openSync(log, 'a', 0o644);
  const args = [program, root, state.unit, log];
  const child = spawn(process.execPath, args, { detached: true, cwd: '/', stdio: ['ignore', output, output] });
  // Said for it: a call that comes before it is up must not start a second one.
  state.setStatus({ active: 'activating', mainPid: 0, attempt: 'pending', keeper: identify(child.pid ?? 0) });
  child.unref();
}

async function stop(state: UnitState): Promise<void> {
  const atRest = (): boolean => ['inactive', 'failed'].includes(state.status().active);
  if (atRest()) return;
  process.kill(Number(state.status().keeper.split(' ')[0]), 'SIGTERM');
  while (!noBlock && !atRest()) await sleep(POLL_MS);
}

const verbs: Readonly<Record<string, (state: UnitState) => void | Promise<void>>> = {
  start,
  stop,
  enable(state) {
    assertThere(state, 'enable');
    if (isEnabled(state)) return;
    mkdirSync(path.dirname(wantedBy(state)), { recursive: true });
    symlinkSync(path.join(UNITS, state.unit), wantedBy(state));
  },
  disable(state) {
    assertThere(state, 'disable');
    rmSync(wantedBy(state), { force: true });
  },
  'reset-failed'(state) {
    if (state.loaded() === null)
      throw new Refused(`Failed to reset failed state of unit ${state.unit}: Unit ${state.unit} not loaded.`);
    state.setStarts([]);
    if (state.status().active === 'failed') state.setStatus({ active: 'inactive' });
  },
};

const known = (): string[] => (existsSync(path.join(root, 'state')) ? readdirSync(path.join(root, 'state')) : []);

function boot(): void {
  rmSync(path.join(root, 'state'), { recursive: true, force: true });
  rmSync(RUNTIME, { recursive: true, force: true });
  mkdirSync(RUNTIME, { recursive: true });
  for (const target of readdirSync(UNITS).filter((name) => name.endsWith('.wants'))) {
    for (const unit of readdirSync(path.join(UNITS, target))) {
      const state = new UnitState(root, unit);
      state.definition();
      keep(state);
    }
  }
}

async function run(): Promise<void> {
  const call = { at: new Date().toISOString(), user: process.getuid?.(), argv };
  appendFileSync(path.join(root, 'calls.log'), `${JSON.stringify(call)}\n`);
  const unknown = options.find((option) => option !== '--no-block' && !option.startsWith('--property='));
  if (unknown !== undefined) throw new Refused(`systemctl: unrecognized option '${unknown}'`);
  if (verb === 'show') {
    units.forEach((unit) => show(new UnitState(root, unit)));
    return;
  }
  if (process.getuid?.() !== 0) throw new Refused(`Failed to ${verb}: Interactive authentication required.`);
  if (verb === 'stage-boot') {
    boot();
    return;
  }
  if (verb === 'daemon-reload') {
    known().forEach((unit) => new UnitState(root, unit).load());
    return;
  }
  const act = verbs[verb];
  if (act === undefined) throw new Refused(`Unknown command verb ${verb}.`);
  for (const unit of units) await act(new UnitState(root, unit));
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof Refused ? error.code : 1;
}
