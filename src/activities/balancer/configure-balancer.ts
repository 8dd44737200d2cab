import { isIPv6 } from 'node:net';
import { keepState } from '../../adapters/gate/haproxy/index.js';
import { isHivekeeperError } from '../../domain/errors/index.js';
import { type BalancerServer, renderBalancer } from '../../render/haproxy/index.js';
import type { StepBody } from '../steps/run-step.js';
import { withBefore } from './before.js';
import { infoOf, reload, start } from './keeper.js';
import { placeBesides, placeConfig } from './place-files.js';
import { type BalancerNote, configOf, hashesOf, notePath, readNote } from './place.js';
import { onlyMembershipDiffers, serverChanges } from './servers.js';
import { type BalancerTarget, balancerTarget } from './target.js';
import { installUnits, reloadOthers } from './units.js';

export const configureBalancer: StepBody<'configureBalancer'> = async (context, { host: name, members }) => {
  const { session } = context;
  const target = await balancerTarget(context, name, renderBalancer(session.spec, members, name));
  const done = await withBefore(target, () => takenUp(target, session.dependencies));
  await keepState(target);
  const left: BalancerNote = { cluster: session.spec.name, members: [...members], ...hashesOf(target.rendered) };
  await target.host.writeFile(notePath(target.rendered.home), JSON.stringify(left, null, 2), { mode: 0o600 });
  return done;
};

/** Places everything, has HAProxy judge it, and has it taken up. */
async function takenUp(target: BalancerTarget, source: Parameters<typeof placeBesides>[1]): Promise<string> {
  const { host, rendered } = target;
  const note = await readNote(host, rendered.home);
  const besides = await placeBesides(target, source);
  const running = await infoOf(target);
  // Read by the reload or the start that follows: what is drained stays so.
  if (running !== null) await keepState(target);
  const { before } = await placeConfig(target);
  const units = await installUnits(target);
  let done = 'started';
  if (running === null) await start(target);
  else {
    // A note is left only when everything was loaded.
    const loaded = note?.frame === hashesOf(rendered).frame && besides.length === 0 && units.length === 0;
    const byCommands =
      loaded && before !== null && onlyMembershipDiffers(before, configOf(rendered).content)
        ? await changeServers(target)
        : null;
    if (byCommands === null) await reload(target, running);
    done = byCommands ?? 'reloaded, connections kept';
  }
  await reloadOthers(target, [...besides, ...units]);
  return done;
}

/** Changes servers while HAProxy runs; null where it takes that by a reload only. */
async function changeServers({ client, rendered }: BalancerTarget): Promise<string | null> {
  const { added, removed } = serverChanges(await client.servers(), rendered.servers);
  if (added.length === 0 && removed.length === 0) return 'unchanged';
  try {
    for (const server of added) {
      // At run time HAProxy resolves no names.
      if (server.dynamic === null) return null;
      await client.addServer(server, addressOf(server), server.dynamic);
    }
    for (const server of removed) await client.deleteServer(server);
  } catch (error) {
    // A server that something still refers to, or an argument that this version takes in the file alone.
    if (isHivekeeperError(error, 'GateFailed') && error.details['answered'] === true) return null;
    throw error;
  }
  const words = (verb: string, servers: readonly { server: string }[]): string[] =>
    servers.length === 0 ? [] : [`${verb} ${servers.map(({ server }) => server).join(', ')}`];
  return [...words('added', added), ...words('removed', removed)].join('; ');
}

const addressOf = ({ address, port }: BalancerServer): string =>
  isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
