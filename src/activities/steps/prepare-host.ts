import { installUnit } from '../../adapters/supervisor/index.js';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import { rendererOf } from '../../render/products/index.js';
import { makeHomeCommand } from '../../render/systemd/root-commands.js';
import type { StepContext } from './step-context.js';

/**
 * Makes the broker's home where it is not there. It comes before the fence, which lies in the home.
 * @throws HivekeeperError CheckFailed that says which command to run on the host
 */
export async function prepareHome(context: StepContext, name: string): Promise<void> {
  const { session, signal } = context;
  const { home, ssh } = session.resolved(name);
  const { user } = session.spec.broker;
  const host = await session.connect(name, signal);
  if ((await host.exec({ argv: ['test', '-d', home], asUser: user }, signal)).code === 0) return;
  const command = makeHomeCommand({ home, user });
  try {
    // Without sudo the log-in user is the broker's, who may be able to make it.
    if (ssh.become === 'sudo') await host.run({ argv: command, asUser: 'root' }, signal);
    else await host.run({ argv: ['mkdir', '-p', '-m', '0750', '--', home] }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = `${name}: broker.home ${home} is not there and could not be made: ${messageOf(error)} Run there: sudo ${command.join(' ')}`;
    throw new HivekeeperError('CheckFailed', message, { check: 'privilege', host: name, home }, { cause: error });
  }
}

/** Has the host's service manager know a stopped node; returns what was changed, for the note of the step. */
export async function prepareService(context: StepContext, name: string): Promise<string[]> {
  const { spec } = context.session;
  if (spec.broker.supervisor !== 'systemd') return [];
  const done = await installUnit(await context.supervised(name), rendererOf(spec).systemdUnit(spec, name));
  return done === 'installed' ? ['the systemd unit'] : [];
}
