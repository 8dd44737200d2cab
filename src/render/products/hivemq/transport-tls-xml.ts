import type { TransportTlsSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';
import { choicesXml, storeXml } from './store-xml.js';

/** The stores of encrypted transport: key of the spec -> element, `use` names its file and variables. */
const stores = [
  { key: 'serverKeystore', element: 'server-keystore', use: 'transport-server' },
  { key: 'serverCertificateTruststore', element: 'server-certificate-truststore', use: 'transport-server-trust' },
  { key: 'clientAuthenticationKeystore', element: 'client-authentication-keystore', use: 'transport-client' },
  { key: 'clientCertificateTruststore', element: 'client-certificate-truststore', use: 'transport-client-trust' },
] as const;
type Store = (typeof stores)[number];

const isForClients = ({ key }: Store) =>
  key === 'clientAuthenticationKeystore' || key === 'clientCertificateTruststore';
const isKeystore = ({ key }: Store) => key === 'serverKeystore' || key === 'clientAuthenticationKeystore';

/**
 * The stores that transport with TLS has; none when it is off. `store` undefined: the issuer of the spec makes it.
 * Those for the authentication of clients are there when it is asked for, or when the spec names them.
 */
export function transportStores(tls: TransportTlsSpec | undefined) {
  if (!tls?.enabled) return [];
  const authenticates = tls.clientAuthenticationMode !== 'NONE';
  return stores
    .filter((one) => tls[one.key] !== undefined || !isForClients(one) || authenticates)
    .map((one) => ({ element: one.element, use: one.use, store: tls[one.key], isKeystore: isKeystore(one) }));
}

/** The tls element of TCP transport. */
export function transportTlsXml(tls: TransportTlsSpec, host: ResolvedHost): XmlTree {
  if (!tls.enabled) return { enabled: false };
  return {
    enabled: true,
    ...choicesXml(tls),
    ...Object.fromEntries(transportStores(tls).map((one) => [one.element, storeXml(one, host)])),
    'client-authentication-mode': tls.clientAuthenticationMode,
  };
}
