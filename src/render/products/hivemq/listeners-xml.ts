import { resolveBindAddress, type ListenerSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';
import { listenerTlsXml } from './listener-tls-xml.js';
import { listenerUse } from './stores.js';

function listenerXml(one: ListenerSpec, host: ResolvedHost): XmlTree {
  return {
    port: one.port,
    'bind-address': resolveBindAddress(one.bindAddress, host),
    ...(one.name === undefined ? {} : { name: one.name }),
    ...(one.proxyProtocol ? { 'proxy-protocol': true } : {}),
    ...('path' in one
      ? {
          path: one.path,
          subprotocols: { subprotocol: one.subprotocols },
          ...(one.allowExtensions ? { 'allow-extensions': true } : {}),
        }
      : {}),
    ...('tls' in one ? { tls: listenerTlsXml(listenerUse(one), one.tls, host) } : {}),
  };
}

const kinds: readonly ListenerSpec['type'][] = ['tcp', 'tls-tcp', 'websocket', 'tls-websocket'];

/** The listeners element of one node. */
export function listenersXml(all: readonly ListenerSpec[], host: ResolvedHost): XmlTree {
  return Object.fromEntries(
    kinds.map((kind) => [
      `${kind}-listener`,
      all.filter((one) => one.type === kind).map((one) => listenerXml(one, host)),
    ]),
  );
}
