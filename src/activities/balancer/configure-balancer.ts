import { isIPv6 } from 'node:net';
import { keepState } from '../../adapters/gate/haproxy/index.js';
import { isHivekeeperError } from '../../domain/errors/index.js';
import { type BalancerServer, renderBalancer } from '../../render/haproxy/index.js';
import type { StepBody } from '../steps/run-step.js';
import { infoOf, reload, start } from './keeper.js';
import { placeBesides, placeConfig, putConfigBack } from './place-files.js';
import { type BalancerNote, configOf, hashesOf, notePath, readNote } from './place.js';
import { onlyMembershipDiffers, serverChanges } from './servers.js';
import { type BalancerTarget, balancerTarget } from './target.js';
import { installUnits, reloadOthers } from './units.js';

export const configureBalancer: StepBody<'configureBalancer'> = async (context, { host: name, members }) => {
  const { session } = context;
  const target = await balancerTarget(context, name, renderBalancer(session.spec, members, name));
  const { host, rendered } = target;
  const note = await readNote(host, rendered.home);
  const besides = await placeBesides(target, session.dependencies);
  const running = await infoOf(target);
  // Read by the reload or the start that follows: what is drained stays so.
  if (running !== null) await keepState(target);
  const config = await placeConfig(target);
  const units = await installUnits(target);
  const hashes = hashesOf(rendered);
  let done: string;
  try {
    if (running === null) {
      await start(target);
      done = 'started';
    } else {
      // A note is left only when everything was loaded.
      const loaded = note?.frame === hashes.frame && besides.length === 0 && units.length === 0;
      const byCommands =
        loaded && config.before !== null && onlyMembershipDiffers(config.before, configOf(rendered).content)
          ? await changeServers(target)
          : null;
      if (byCommands === null) await reload(target, running);
      done = byCommands ?? 'reloaded, connections kept';
    }
  } catch (error) {
    if (config.done === 'written') await putConfigBack(target);
    throw error;
  }
  await reloadOthers(target, [...besides, ...units]);
  await keepState(target);
  const left: BalancerNote = { cluster: session.spec.name, members: [...members], ...hashes };
  await host.writeFile(notePath(rendered.home), JSON.stringify(left, null, 2), { mode: 0o600 });
  return done;
};

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
