import { type Fence, FencedHost } from '../../adapters/fence/index.js';
import { RuntimeClient } from '../../adapters/gate/haproxy/index.js';
import type { RemoteHost } from '../../adapters/ports/index.js';
import { HivekeeperError, messageOf } from '../../domain/errors/index.js';
import type { RenderedBalancer } from '../../render/haproxy/index.js';
import { makeHomeCommand } from '../../render/systemd/root-commands.js';
import type { StepContext } from '../steps/step-context.js';

/** A host of the balancer as a step changes it: fenced in the balancer's own home, which belongs to the log-in user. */
export interface BalancerTarget {
  readonly name: string;
  readonly cluster: string;
  readonly host: RemoteHost;
  readonly user: string;
  readonly rendered: RenderedBalancer;
  readonly client: RuntimeClient;
  readonly signal: AbortSignal;
}

/** @throws CheckFailed that says which command to run where the home cannot be made, FencedOut by the first change */
export async function balancerTarget(
  context: StepContext,
  name: string,
  rendered: RenderedBalancer,
): Promise<BalancerTarget> {
  const { session, signal } = context;
  const { user, become } = session.resolved(name).ssh;
  const plain = await session.connect(name, signal);
  await makeHome(plain, rendered.home, { user, become }, signal);
  const cluster = session.spec.name;
  const fence: Fence = { home: rendered.home, cluster, node: name, token: context.envelope.token, user };
  const client = new RuntimeClient(plain, rendered.sockets.admin, signal);
  return { name, cluster, host: new FencedHost(plain, fence), user, rendered, client, signal };
}

async function makeHome(
  host: RemoteHost,
  home: string,
  { user, become }: { readonly user: string; readonly become: 'sudo' | 'none' },
  signal: AbortSignal,
): Promise<void> {
  if ((await host.exec({ argv: ['test', '-w', home] }, signal)).code === 0) return;
  if ((await host.exec({ argv: ['mkdir', '-p', '-m', '0750', '--', home] }, signal)).code === 0) return;
  const command = makeHomeCommand({ home, user });
  try {
    if (become === 'none') throw new Error(`${user} may not make it, and ssh.become is none.`);
    await host.run({ argv: command, asUser: 'root' }, signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = `${host.name}: the folder ${home} of the load balancer is not there and could not be made: ${messageOf(error)} Run there: sudo ${command.join(' ')}`;
    throw new HivekeeperError('CheckFailed', message, { check: 'privilege', host: host.name, home }, { cause: error });
  }
}
