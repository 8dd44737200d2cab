import type { KeystoreSpec, TruststoreSpec } from '../../../domain/products/hivemq/spec/tls/index.js';

/** Where a store of key material lies and which variables hold its passwords. */
export interface StoreReference {
  /** Absolute where the spec names a file on the host, else relative to the broker's home. */
  readonly path: string;
  readonly passwordVariable: string;
  /** For keystores; the variable holds the password of the store where the key has none of its own. */
  readonly privateKeyPasswordVariable: string;
}

/**
 * Names the file and the variables of one use of key material, e.g. `transport-server`.
 * @param store undefined when the issuer of the spec makes it.
 */
export function keyMaterial(use: string, store: KeystoreSpec | TruststoreSpec | undefined): StoreReference {
  const variable = `HIVEKEEPER_${use.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`;
  return {
    path: store?.path ?? `conf/tls/${use}.${store?.content ? 'keystore' : 'p12'}`,
    passwordVariable: `${variable}_PASSWORD`,
    privateKeyPasswordVariable: `${variable}_KEY_PASSWORD`,
  };
}

/** The variable with the hash of a Control Center user's password, by the user's place in the list. */
export const controlCenterPasswordVariable = (index: number): string => `HIVEKEEPER_CONTROL_CENTER_${index + 1}`;
