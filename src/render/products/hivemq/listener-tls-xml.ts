import type { ListenerTlsSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';
import { choicesXml, storeXml } from './store-xml.js';
import { listenerStores } from './stores.js';

/** The tls element of a listener. Names: config.xsd of the Community Edition. */
export function listenerTlsXml(use: string, tls: ListenerTlsSpec, host: ResolvedHost): XmlTree {
  const { preferServerCipherSuites, handshakeTimeout, clientAuthenticationMode } = tls;
  const stores = listenerStores(use, tls).map(
    (one) => [one.isKeystore ? 'keystore' : 'truststore', storeXml(one, host)] as const,
  );
  return {
    ...Object.fromEntries(stores),
    ...choicesXml(tls),
    ...(preferServerCipherSuites === undefined ? {} : { 'prefer-server-cipher-suites': preferServerCipherSuites }),
    ...(handshakeTimeout === undefined ? {} : { 'handshake-timeout': handshakeTimeout }),
    'client-authentication-mode': clientAuthenticationMode,
  };
}
