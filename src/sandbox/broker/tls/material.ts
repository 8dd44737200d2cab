import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { getCiphers, type SecureContextOptions, type SecureVersion } from 'node:tls';
import type { StoreConfig, TlsConfig } from '../config/tls.js';
import { readPkcs12, type StoreContent, UnreadableStore } from './pkcs12.js';

/** Why TLS cannot be had, in the words of the Community Edition (SslUtil, SslFactory). */
export class TlsFailure extends Error {}

/** The contents of the stores and what follows from the configuration: how the one who serves asks for a certificate. */
export interface TlsMaterial {
  options: SecureContextOptions;
  requestCert: boolean;
  rejectUnauthorized: boolean;
}

type StoreKind = 'KeyStore' | 'TrustStore';

/** A relative path counts from the home (executed on the Community Edition). */
export function storePath(store: StoreConfig, home: string): string {
  return isAbsolute(store.path) ? store.path : join(home, store.path);
}

async function readStore(kind: StoreKind, store: StoreConfig, home: string): Promise<StoreContent> {
  const path = storePath(store, home);
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) throw new TlsFailure(`Cannot find ${kind} at path '${path}'`);
  try {
    return await readPkcs12(bytes, store.password);
  } catch (error) {
    if (!(error instanceof UnreadableStore)) throw error;
    throw new TlsFailure(`Not able to open or read ${kind} '${path}' with type 'JKS'`);
  }
}

async function readKey(store: StoreConfig | undefined, home: string): Promise<StoreContent> {
  if (!store) return { key: undefined, certificates: [] };
  const content = await readStore('KeyStore', store, home);
  // In PKCS#12 the key has the password of the store (executed with the Community Edition and a store of keytool).
  if (store.privateKeyPassword !== store.password) {
    throw new TlsFailure(
      'Not able to recover key from KeyStore, please check your private-key-password and your keyStorePassword',
    );
  }
  return content;
}

const versions: Record<string, SecureVersion> = {
  TLSv1: 'TLSv1',
  'TLSv1.1': 'TLSv1.1',
  'TLSv1.2': 'TLSv1.2',
  'TLSv1.3': 'TLSv1.3',
};
const order = Object.keys(versions);

/** The lowest and the highest protocol of a list; what lies between them is allowed as well. */
function protocolRange(wanted: readonly string[]): { minVersion: SecureVersion; maxVersion: SecureVersion } {
  const unknown = wanted.find((name) => !(name in versions));
  if (unknown !== undefined) throw new TlsFailure(`Unsupported protocol${unknown}`);
  const known = [...wanted].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return {
    minVersion: versions[known[0] ?? 'TLSv1.2'] ?? 'TLSv1.2',
    maxVersion: versions[known.at(-1) ?? 'TLSv1.3'] ?? 'TLSv1.3',
  };
}

/** OpenSSL's name of a JSSE cipher suite; undefined when this machine has none. */
export function openSslName(suite: string): string | undefined {
  const known = new Set(getCiphers());
  if (known.has(suite.toLowerCase())) return suite;
  const name = suite
    .replace(/^(TLS|SSL)_/, '')
    .replace('_WITH_', '-')
    .replace(/AES_(128|256)/, 'AES$1')
    .replace(/_CBC_SHA/, '-SHA')
    .replace(/^RSA-/, '')
    .replace('CHACHA20_POLY1305_SHA256', 'CHACHA20-POLY1305')
    .replaceAll('_', '-');
  return known.has(name.toLowerCase()) ? name : undefined;
}

/**
 * Reads what a listener or the transport needs for TLS.
 * @param home where relative paths begin
 * @throws TlsFailure
 */
export async function readMaterial(
  config: TlsConfig,
  home: string,
): Promise<TlsMaterial & { unknownSuites: string[] }> {
  const { key, certificates } = await readKey(config.keystore, home);
  const trusted = config.truststore && (await readStore('TrustStore', config.truststore, home));
  const suites = config.cipherSuites.map((suite) => ({ suite, name: openSslName(suite) }));
  const ciphers = suites.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return {
    options: {
      ...(key !== undefined && { key, cert: certificates.join('') }),
      ...(trusted && { ca: trusted.certificates }),
      ...(ciphers.length > 0 && { ciphers: ciphers.join(':') }),
      ...protocolRange(config.protocols),
    },
    requestCert: config.clientAuthentication !== 'NONE',
    rejectUnauthorized: config.clientAuthentication === 'REQUIRED',
    unknownSuites: suites.filter(({ name }) => name === undefined).map(({ suite }) => suite),
  };
}
