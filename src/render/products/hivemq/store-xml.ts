import type { KeystoreSpec, TruststoreSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import type { XmlTree } from '../../xml.js';
import { keyMaterial } from './key-material.js';
import { placeholder } from './placeholder.js';

/** One keystore or truststore as config.xml names it. */
export interface NamedStore {
  /** Names its file and its variables, e.g. `listener-8883`. */
  readonly use: string;
  /** Undefined: the issuer of the spec makes it. */
  readonly store: KeystoreSpec | TruststoreSpec | undefined;
  readonly isKeystore: boolean;
}

/** The element of a store: where it lies, with placeholders for its passwords. */
export function storeXml({ use, store, isKeystore }: NamedStore, host: ResolvedHost): XmlTree {
  const { path, passwordVariable, privateKeyPasswordVariable } = keyMaterial(use, store);
  return {
    // A relative path would count from the folder of the package, which changes with each upgrade.
    path: path.startsWith('/') ? path : `${host.home}/${path}`,
    password: placeholder(passwordVariable),
    ...(isKeystore ? { 'private-key-password': placeholder(privateKeyPasswordVariable) } : {}),
  };
}

/** The elements of protocols and cipher suites; what is left out is up to the Java machine. */
export function choicesXml({
  protocols,
  cipherSuites,
}: {
  readonly protocols?: readonly string[] | undefined;
  readonly cipherSuites?: readonly string[] | undefined;
}): XmlTree {
  return {
    ...(protocols ? { protocols: { protocol: protocols } } : {}),
    ...(cipherSuites ? { 'cipher-suites': { 'cipher-suite': cipherSuites } } : {}),
  };
}
