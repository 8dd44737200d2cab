import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type HandMade,
  type Host,
  installByHand,
  type InstallByHandOptions,
} from '../../../src/sandbox/hosts/index.js';
import type { Stage } from '../../../src/sandbox/stage/index.js';
import { snapshot, type Snapshot } from './look.js';
import type { Scenario } from './scenario.js';

/**
 * A cluster of these hosts, each with its broker started. Hosts of a stage share one machine, so that each has a home of
 * its own; the keystore lies where all find it under one name, as it does on machines of their own.
 */
export async function makeByHand(
  stage: Stage,
  names: readonly string[],
  options: Omit<InstallByHandOptions, 'members' | 'start'> = {},
): Promise<Map<string, HandMade>> {
  const addresses = names.map((name) => stage.host(name).address);
  const keystore = path.join(stage.root, 'keystore.p12');
  const made = new Map<string, HandMade>();
  for (const name of names) {
    const host = stage.host(name);
    const one = await installByHand(host, { ...options, members: addresses, start: 'none' });
    if (made.size === 0) {
      copyFileSync(path.join(one.versionFolder, 'conf/keystore.p12'), keystore);
      chmodSync(keystore, 0o644);
    }
    const config = path.join(one.versionFolder, 'conf/config.xml');
    writeFileSync(config, readFileSync(config, 'utf8').replace('conf/keystore.p12', keystore));
    await host.run(`cd / && nohup setsid '${one.home}/bin/run.sh' >/dev/null 2>&1 </dev/null &`, 'broker');
    made.set(name, one);
  }
  return made;
}

const isMapping = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** What an operator writes of a cluster that runs already: where its hosts are, and what they cannot tell. */
export function handMadeOutline(
  { spec }: Pick<Scenario, 'spec'>,
  name: string,
  made: ReadonlyMap<string, HandMade>,
): Record<string, unknown> {
  const { broker, ssh, hosts, loadBalancer, recovery, policy } = spec({ name });
  const { product, user, package: source } = isMapping(broker) ? broker : {};
  const all: unknown[] = Array.isArray(hosts) ? hosts : [];
  return {
    ...{ name, ssh, recovery, policy },
    ...(loadBalancer !== undefined && { loadBalancer }),
    broker: { product, user, package: source },
    hosts: all.filter(isMapping).map((host) => {
      const home = made.get(String(host['name']))?.home;
      return home === undefined ? host : { ...host, home };
    }),
  };
}

/** Everything on hosts but what running brokers write and what Hivekeeper keeps in its own folder. */
export async function untouched(homes: readonly { readonly host: Host; readonly home: string }[]): Promise<Snapshot> {
  const all = await snapshot(homes.map(({ host }) => host));
  const own = homes.flatMap(({ home }) => ['log', 'data', '.hivekeeper'].map((name) => `${home}/${name}`));
  return Object.fromEntries(
    Object.entries(all).filter(
      ([file]) =>
        // The home itself gets a folder; what else is made in it is seen by its own name.
        !homes.some(({ home }) => file === home) && !own.some((one) => file === one || file.startsWith(`${one}/`)),
    ),
  );
}
