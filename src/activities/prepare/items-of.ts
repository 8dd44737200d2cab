import type { WantedItems } from '../../domain/planning/index.js';
import type { ClusterSession } from '../cluster-session.js';
import { variableKey } from '../steps/manifest/item-keys.js';
import { sha256 } from '../steps/manifest/wanted-items.js';
import { wantedOf } from '../steps/manifest/wanted-of.js';
import type { SecretsOnHost } from './drift/index.js';

/**
 * What every host should have. A secret counts by its reference; one whose value is no longer what a member was given
 * counts as changed besides, so that a rotated password is brought to the nodes.
 */
export function itemsOf(
  session: ClusterSession,
  secrets: ReadonlyMap<string, Pick<SecretsOnHost, 'rotated'>>,
): Record<string, WantedItems> {
  return Object.fromEntries(
    session.nodeHosts().map((host): [string, WantedItems] => {
      const wanted = wantedOf(session.spec, host);
      const anew = (secrets.get(host)?.rotated ?? []).map((name) => {
        const key = variableKey({ name });
        return [key, sha256(`${wanted.restart[key] ?? ''} with another value`)] as const;
      });
      return [host, { ...wanted, restart: { ...wanted.restart, ...Object.fromEntries(anew) } }];
    }),
  );
}
