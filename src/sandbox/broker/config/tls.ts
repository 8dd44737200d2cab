import type { Element } from './xml.js';

/** A key store or trust store of config.xml. */
export interface StoreConfig {
  /** As written; a relative one counts from the home (executed on the Community Edition). */
  path: string;
  password: string;
  /** Absent for trust stores. */
  privateKeyPassword: string | undefined;
}

export type ClientAuthentication = 'NONE' | 'OPTIONAL' | 'REQUIRED';

/** What one end of a connection needs for TLS. */
export interface TlsConfig {
  keystore: StoreConfig | undefined;
  truststore: StoreConfig | undefined;
  clientAuthentication: ClientAuthentication;
  /** JSSE names, such as TLSv1.2; empty: TLSv1.3 and TLSv1.2, which is what the Community Edition enables. */
  protocols: string[];
  /** JSSE names; empty: all that the machine has. */
  cipherSuites: string[];
}

/** TLS between nodes: each is a server for some peers and a client of the others. */
export interface TransportTlsConfig {
  server: TlsConfig;
  client: TlsConfig;
}

const modes = ['NONE', 'OPTIONAL', 'REQUIRED'] as const;

function readStore(element: Element): StoreConfig | undefined {
  if (!element.exists) return undefined;
  return {
    path: element.child('path').text(''),
    password: element.child('password').text(''),
    privateKeyPassword: element.child('private-key-password').text('') || undefined,
  };
}

/** A mode that does not exist makes the Community Edition fall back to its default configuration (executed). */
function readMode(element: Element): ClientAuthentication {
  const text = element.text('NONE');
  const mode = modes.find((known) => known === text);
  if (!mode) throw new Error(`${text} is no client authentication mode.`);
  return mode;
}

function names(element: Element, group: string, name: string): string[] {
  return element
    .child(group)
    .all(name)
    .map((one) => one.text(''))
    .filter(Boolean);
}

/**
 * The `<tls>` of a listener (Community Edition, TLSEntity).
 * @throws when it or its key store is missing: the Community Edition then starts with its default configuration (executed)
 */
export function readListenerTls(tls: Element): TlsConfig {
  const keystore = readStore(tls.child('keystore'));
  if (!keystore) throw new Error('A TLS listener needs a key store.');
  return {
    keystore,
    truststore: readStore(tls.child('truststore')),
    clientAuthentication: readMode(tls.child('client-authentication-mode')),
    protocols: names(tls, 'protocols', 'protocol'),
    cipherSuites: names(tls, 'cipher-suites', 'cipher-suite'),
  };
}

/** The `<tls>` of the cluster's TCP transport (documentation, table "TLS transport parameters"); disabled by default. */
export function readTransportTls(tls: Element): TransportTlsConfig | undefined {
  if (!tls.child('enabled').flag(false)) return undefined;
  const common = {
    clientAuthentication: readMode(tls.child('client-authentication-mode')),
    protocols: names(tls, 'protocols', 'protocol'),
    cipherSuites: names(tls, 'cipher-suites', 'cipher-suite'),
  };
  const store = (name: string): StoreConfig | undefined => readStore(tls.child(name));
  return {
    server: { ...common, keystore: store('server-keystore'), truststore: store('client-certificate-truststore') },
    client: {
      ...common,
      keystore: store('client-authentication-keystore'),
      truststore: store('server-certificate-truststore'),
    },
  };
}
