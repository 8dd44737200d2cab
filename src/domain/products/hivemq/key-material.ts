import { HivekeeperError } from '../../errors/index.js';
import type { GivenKeyMaterial, IssuedStores } from '../key-material.js';
import { asHivemqSpec, type HivemqSpec, type KeystoreSpec, type ListenerSpec, listenerTitle } from './spec/index.js';
import type { ListenerTlsSpec, TruststoreSpec } from './spec/index.js';

type TlsListener = Extract<ListenerSpec, { tls: ListenerTlsSpec }>;

const hasTls = (listener: ListenerSpec): listener is TlsListener => 'tls' in listener;
const isCalled = (listener: ListenerSpec, name: string): boolean =>
  [listener.name, `${listener.type}:${listener.port}`, String(listener.port)].includes(name);

const invalid = (spec: HivemqSpec, message: string): HivekeeperError =>
  new HivekeeperError('InvalidInput', `${spec.name}: ${message}`);

/** The stores that the issuer of the spec makes; none with issuer `files`. */
export function issuedStores({ tls, listeners, controlCenter, cluster }: HivemqSpec): IssuedStores {
  if (tls.issuer === 'files') return { listeners: [], atStart: [] };
  const { transport } = cluster;
  const transportTls =
    cluster.enabled && transport.type === 'tcp' && transport.tls?.enabled ? transport.tls : undefined;
  const ofTransport =
    transportTls !== undefined &&
    (transportTls.serverKeystore === undefined || transportTls.serverCertificateTruststore === undefined);
  const ofControlCenter = controlCenter.enabled && controlCenter.https?.tls.keystore === undefined;
  return {
    listeners: listeners.flatMap((one) => (hasTls(one) && one.tls.keystore === undefined ? [listenerTitle(one)] : [])),
    atStart: [
      ...(ofTransport ? ['cluster transport'] : []),
      ...(ofControlCenter && controlCenter.https ? ['the Control Center'] : []),
    ],
  };
}

/**
 * The spec with this material at the listener of that name, `type:port` or port; without one, at all listeners with TLS,
 * which must have had the same.
 * @throws HivekeeperError InvalidInput for a listener that is none or has no TLS, and for material that does not fit together
 */
export function withKeyMaterial(spec: HivemqSpec, name: string | undefined, given: GivenKeyMaterial): HivemqSpec {
  const chosen = new Set<ListenerSpec>(chosenListeners(spec, name));
  const listeners = spec.listeners.map((listener) =>
    hasTls(listener) && chosen.has(listener) ? { ...listener, tls: withGiven(spec, listener, given) } : listener,
  );
  const changed: HivemqSpec = { ...spec, listeners };
  return asHivemqSpec(changed);
}

function chosenListeners(spec: HivemqSpec, name: string | undefined): TlsListener[] {
  const withTls = spec.listeners.filter(hasTls);
  const titles = withTls.map(listenerTitle).join(', ');
  if (withTls.length === 0) throw invalid(spec, 'no listener has TLS; add one with type tls-tcp to its spec first');
  if (name === undefined) {
    const stores = new Set(withTls.map(({ tls }) => JSON.stringify([tls.keystore, tls.truststore])));
    if (stores.size === 1) return withTls;
    throw invalid(spec, `its listeners have different key material; name one of them: ${titles}`);
  }
  const found = withTls.filter((listener) => isCalled(listener, name));
  if (found.length > 0) return found;
  const plain = spec.listeners.some((listener) => isCalled(listener, name));
  throw invalid(
    spec,
    `${plain ? `the listener ${name} has no TLS` : `no listener is called ${name}`}; with TLS: ${titles}`,
  );
}

function withGiven(spec: HivemqSpec, { tls }: TlsListener, given: GivenKeyMaterial): ListenerTlsSpec {
  const keystore = keystoreOf(spec, tls.keystore, given);
  const truststore = truststoreOf(spec, tls.truststore, given);
  return { ...tls, ...(keystore && { keystore }), ...(truststore && { truststore }) };
}

function keystoreOf(
  spec: HivemqSpec,
  before: KeystoreSpec | undefined,
  { keystore, certificate, privateKey, password, privateKeyPassword }: GivenKeyMaterial,
): KeystoreSpec | undefined {
  const ofKey = privateKeyPassword && { privateKeyPassword };
  if (certificate && privateKey) return { certificate, privateKey, ...ofKey };
  if (!keystore) return undefined;
  const store = password ?? before?.password;
  if (!store) throw invalid(spec, 'a keystore needs its password, as a reference: env:NAME or file:PATH');
  const keptOfKey = password
    ? undefined
    : before?.privateKeyPassword && { privateKeyPassword: before.privateKeyPassword };
  return { content: keystore, password: store, ...keptOfKey, ...ofKey };
}

function truststoreOf(
  spec: HivemqSpec,
  before: TruststoreSpec | undefined,
  { truststore, truststorePassword, trustedCertificates }: GivenKeyMaterial,
): TruststoreSpec | undefined {
  if (trustedCertificates) return { certificates: trustedCertificates };
  if (!truststore) return undefined;
  const password = truststorePassword ?? before?.password;
  if (!password) throw invalid(spec, 'a truststore needs its password, as a reference: env:NAME or file:PATH');
  return { content: truststore, password };
}
