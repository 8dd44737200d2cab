import type { HivemqSpec, ListenerTlsSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { NamedStore } from './store-xml.js';
import { transportStores } from './transport-tls-xml.js';

/** One use of a keystore or truststore in the configuration of a node. */
export interface StoreUse extends NamedStore {
  /** Whether the broker takes up a changed file by itself: listeners do, cluster transport does not. */
  readonly reloads: boolean;
}

/** The keystore of a listener, and its truststore where there is one. */
export function listenerStores(use: string, tls: ListenerTlsSpec): StoreUse[] {
  const keystore: StoreUse = { use, store: tls.keystore, isKeystore: true, reloads: true };
  if (!tls.truststore) return [keystore];
  return [keystore, { use: `${use}-trust`, store: tls.truststore, isKeystore: false, reloads: true }];
}

/** What the key material of a listener is called: by its port, which is its own on each node. */
export const listenerUse = (listener: { readonly port: number }): string => `listener-${listener.port}`;

/** What the key material of the Control Center is called. */
export const controlCenterUse = 'control-center';

/** Every store that a node's configuration names. */
export function storeUses(spec: HivemqSpec): StoreUse[] {
  const { listeners, controlCenter, cluster } = spec;
  const transportTls = cluster.enabled && cluster.transport.type === 'tcp' ? cluster.transport.tls : undefined;
  return [
    ...listeners.flatMap((one) => ('tls' in one ? listenerStores(listenerUse(one), one.tls) : [])),
    ...(controlCenter.enabled && controlCenter.https
      ? listenerStores(controlCenterUse, controlCenter.https.tls).map((one) => ({ ...one, reloads: false }))
      : []),
    ...transportStores(transportTls).map(({ use, store, isKeystore }) => ({ use, store, isKeystore, reloads: false })),
  ];
}
