import type { Content, KeyContent, Secret } from '../spec/index.js';

/** Key material that somebody brings, in one of the forms of a spec; what is left out stays as it is. */
export interface GivenKeyMaterial {
  readonly keystore?: KeyContent | undefined;
  /** Certificate chain in PEM, for `privateKey`. */
  readonly certificate?: Content | undefined;
  readonly privateKey?: KeyContent | undefined;
  /** Of the keystore; left out, that of the keystore before. */
  readonly password?: Secret | undefined;
  /** Of the private key in the keystore, or the passphrase of the PEM key. */
  readonly privateKeyPassword?: Secret | undefined;
  readonly truststore?: Content | undefined;
  readonly truststorePassword?: Secret | undefined;
  /** Trusted certificates in PEM, of which a truststore is made. */
  readonly trustedCertificates?: Content | undefined;
}

/** Which stores of a cluster the issuer of its spec makes. */
export interface IssuedStores {
  /** Titles of listeners that take up a changed store while they run. */
  readonly listeners: readonly string[];
  /** Where stores are read at a start only, e.g. `cluster transport`. */
  readonly atStart: readonly string[];
}
