import { isWildcard } from '../../../domain/products/hivemq/spec/bind-address.js';
import { type HivemqSpec, listenerTitle, resolveBindAddress } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { OpenedStore, ServedListener } from '../../served-listener.js';
import { keyMaterial } from './key-material.js';
import { listenerUse, storeUses, type StoreUse } from './stores.js';

const opened = ({ use, store, isKeystore }: Omit<StoreUse, 'reloads'>): OpenedStore => ({
  ...keyMaterial(use, store),
  isKeystore,
});

/** Every keystore and truststore that the configuration of a node names. */
export const openedStores = (spec: HivemqSpec): OpenedStore[] => storeUses(spec).map(opened);

/** The listeners for MQTT clients of one node. */
export function servedListeners(spec: HivemqSpec, host: ResolvedHost): ServedListener[] {
  return spec.listeners.map((listener) => {
    const { port, bindAddress, proxyProtocol } = listener;
    const tls = 'tls' in listener ? listener.tls : null;
    return {
      title: listenerTitle(listener),
      address: isWildcard(bindAddress) ? host.loopback : resolveBindAddress(bindAddress, host),
      port,
      keystore: tls && opened({ use: listenerUse(listener), store: tls.keystore, isKeystore: true }),
      readable: !proxyProtocol,
    };
  });
}
