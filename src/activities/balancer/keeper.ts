import { setTimeout as sleep } from 'node:timers/promises';
import { HivekeeperError, isHivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { Info } from '../../adapters/gate/haproxy/index.js';
import type { BalancerTarget } from './target.js';
import { unitCommands } from '../../render/haproxy/unit-commands.js';

/** Milliseconds for HAProxy to bind its ports and answer. */
const answersWithin = 20_000;
const lookEvery = 100;

/** The master process is known by its pid file, and by its command line: another process may have got the number since. */
const signalProgram = `
pid=$(cat -- "$1" 2>/dev/null) || exit 3
tr '\\0' '\\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$2" || exit 3
kill -"$3" "$pid"`;

/** Null while HAProxy does not answer. */
export async function infoOf({ client }: BalancerTarget): Promise<Info | null> {
  try {
    return await client.info();
  } catch (error) {
    if (isHivekeeperError(error, 'GateFailed') && error.details['answered'] === false) return null;
    throw error;
  }
}

/** Starts HAProxy and waits until it answers. @throws BalancerRefused with what it said */
export async function start(target: BalancerTarget): Promise<void> {
  const { name, host, rendered, signal } = target;
  try {
    const [unit] = rendered.units;
    if (unit === undefined) await host.run({ argv: rendered.start }, signal);
    else {
      const commands = unitCommands(unit.name, rendered.home);
      await host.run({ argv: commands.enable, asUser: 'root' }, signal);
      await host.run({ argv: commands.start, asUser: 'root' }, signal);
    }
  } catch (error) {
    if (!isHivekeeperError(error, 'CommandFailed')) throw error;
    throw notRunning(name, `did not start: ${wordsOf(error)}`, error);
  }
  if ((await untilInfo(target, () => true)) === null)
    throw notRunning(name, `started, and does not answer at ${rendered.sockets.admin}`);
}

/** Has HAProxy read its files again: new processes take new connections, the old ones keep theirs. @throws BalancerRefused */
export async function reload(target: BalancerTarget, before: Info): Promise<void> {
  const { name, host, rendered, signal } = target;
  const [unit] = rendered.units;
  if (unit === undefined) await signalMaster(target, 'USR2');
  else await host.run({ argv: unitCommands(unit.name, rendered.home).reload, asUser: 'root' }, signal);
  if ((await untilInfo(target, ({ pid }) => pid !== before.pid)) === null)
    throw notRunning(name, 'goes on with its old configuration: the new one could not be loaded');
}

/** Ends HAProxy and all connections through it; nothing where it does not run. */
export async function stop(target: BalancerTarget): Promise<'stopped' | 'not-running'> {
  const { host, rendered, signal } = target;
  const [unit] = rendered.units;
  if (unit !== undefined) {
    const commands = unitCommands(unit.name, rendered.home);
    for (const { name } of rendered.units) {
      const own = unitCommands(name, rendered.home);
      await host.exec({ argv: own.disable, asUser: 'root' }, signal);
      await host.exec({ argv: own.stop, asUser: 'root', timeout: 120_000 }, signal);
    }
    return (await host.exec({ argv: commands.isActive }, signal)).code === 0 ? 'not-running' : 'stopped';
  }
  return (await signalMaster(target, 'TERM')) ? 'stopped' : 'not-running';
}

async function signalMaster({ host, rendered, user, signal }: BalancerTarget, name: string): Promise<boolean> {
  const parameters = [rendered.pidFile, rendered.config, name];
  try {
    await host.script(signalProgram, parameters, { asUser: user, signal });
    return true;
  } catch (error) {
    if (isHivekeeperError(error, 'CommandFailed') && error.details['code'] === 3) return false;
    throw error;
  }
}

async function untilInfo(target: BalancerTarget, done: (info: Info) => boolean): Promise<Info | null> {
  const deadline = Date.now() + answersWithin;
  for (;;) {
    const info = await infoOf(target);
    if (info && done(info)) return info;
    if (Date.now() > deadline) return null;
    await sleep(lookEvery, undefined, { signal: target.signal });
  }
}

function wordsOf(error: HivekeeperError): string {
  const lines = String(error.details['stderr'] ?? '')
    .split('\n')
    .filter((line) => line.includes('ALERT'));
  return lines.length > 0 ? lines.slice(0, 3).join(' ').slice(0, 600) : messageOf(error);
}

function notRunning(name: string, why: string, cause?: unknown): HivekeeperError {
  const message = `${name}: HAProxy ${why}. Look at its ports and its log on the host, then run the operation again.`;
  return new HivekeeperError('BalancerRefused', message, { host: name }, { cause });
}
