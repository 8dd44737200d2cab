import type { WantedItems } from '../../domain/planning/index.js';
import { isHivekeeperError } from '../../domain/errors/index.js';
import { secretsPath } from '../../render/node-manifest.js';
import type { ClusterSession } from '../cluster-session.js';
import { readEnvironment, rotatedVariables } from '../steps/manifest/environment-file.js';
import { variableKey } from '../steps/manifest/item-keys.js';
import { manifestOf } from '../steps/manifest/manifest-of.js';
import { sha256 } from '../steps/manifest/wanted-items.js';
import { wantedOf } from '../steps/manifest/wanted-of.js';

/**
 * What every host should have. A secret counts by its reference; one whose value is no longer what a member was given
 * counts as changed besides, so that a rotated password is brought to the nodes.
 */
export async function itemsOf(session: ClusterSession, signal: AbortSignal): Promise<Record<string, WantedItems>> {
  const items = await Promise.all(
    session.nodeHosts().map(async (host): Promise<[string, WantedItems]> => {
      const wanted = wantedOf(session.spec, host);
      const rotated = await rotatedOn(session, host, signal);
      const anew = rotated.map((name) => {
        const key = variableKey({ name });
        return [key, sha256(`${wanted.restart[key] ?? ''} with another value`)] as const;
      });
      return [host, { ...wanted, restart: { ...wanted.restart, ...Object.fromEntries(anew) } }];
    }),
  );
  return Object.fromEntries(items);
}

/** Variables whose secret has changed since the member got it; none where that cannot be told. */
async function rotatedOn(session: ClusterSession, host: string, signal: AbortSignal): Promise<string[]> {
  if (!session.members.includes(host)) return [];
  const variables = manifestOf(session.spec, [host], host).variables.filter(({ value }) => value.from !== 'generated');
  if (variables.length === 0) return [];
  try {
    const connected = await session.connect(host, signal);
    const path = `${session.resolved(host).home}/${secretsPath}`;
    const text = await connected.readFile(path, { asUser: session.spec.broker.user });
    return await rotatedVariables(variables, session.dependencies.secrets, readEnvironment(text ?? ''));
  } catch (error) {
    signal.throwIfAborted();
    if (isHivekeeperError(error)) return [];
    throw error;
  }
}
