import type { CaState } from './ca/internal-ca.js';

/** A certificate with its private key, to be made into a keystore. */
export interface KeystoreSource {
  /** PEM. In any order; the certificate of the key and its issuers, the root may be left out. */
  readonly certificateChain: string;
  /** PEM: PKCS#8, PKCS#1 or SEC 1. */
  readonly privateKey: string;
  /** Of an encrypted private key. */
  readonly passphrase?: string;
  /** What it is for, in messages; default "the keystore". */
  readonly title?: string;
}

export interface KeyMaterialRequest {
  readonly cluster: string;
  readonly node: string;
  /** Host names and addresses by which clients and peers reach the node: the names of its certificate, no others. */
  readonly addresses: readonly string[];
  /** `hook`: the name of a command that the worker's configuration defines. */
  readonly issuer: 'internal-ca' | { readonly hook: string };
  /** Milliseconds for which a new certificate of the internal CA is valid; default 90 days. A command decides for itself. */
  readonly validity?: number;
  /** Issue anew although the present certificate is good; default false. */
  readonly force?: boolean;
}

/** A node's certificate and key. All texts are PEM; `privateKey` is a secret. */
export interface KeyMaterial {
  /** Leaf first, without the root. */
  readonly certificateChain: string;
  readonly privateKey: string;
  /** Whom peers and clients shall trust; during a rotation of the CA the new one and the old one. */
  readonly caCertificates: string;
  /** ISO 8601 in UTC. */
  readonly notAfter: string;
  /** From then on `materialFor` issues a new certificate: the last third of its life. ISO 8601 in UTC. */
  readonly renewAt: string;
  /** SHA-256 of the leaf: `AB:CD:…`. */
  readonly fingerprint: string;
}

/** Who gives nodes their key material. */
export interface KeyMaterialIssuer {
  /**
   * The node's present material, or new one where there is none, its renewal is due, its names differ or `force` is set.
   * Asking again gives the same. A node that is new gets its own at once.
   * @throws HivekeeperError InvalidInput, KeyMaterialInvalid, CommandFailed, CommandTimedOut
   */
  materialFor(request: KeyMaterialRequest, signal?: AbortSignal): Promise<KeyMaterial>;
  /** Where the change of a cluster's internal CA stands. */
  authority(cluster: string): Promise<CaState>;
  /**
   * Takes the change to its next phase; asking again gives the same.
   * @param nodes the members: before the end each must have a certificate of the new CA
   * @throws HivekeeperError InvalidInput when no change has begun, CheckFailed when the old CA is still needed
   */
  rotateAuthority(cluster: string, phase: 'begin' | 'switch' | 'finish', nodes: readonly string[]): Promise<CaState>;
  /**
   * The password of the stores that are made for a cluster: random, made once and kept, since a broker that runs opens a
   * changed store with the password that it started with.
   */
  storePassword(cluster: string): Promise<string>;
  /** A PKCS#12 keystore, the same bytes for the same input. @throws HivekeeperError KeyMaterialInvalid */
  keystoreFrom(source: KeystoreSource, password: string): Promise<Buffer>;
  /** A PKCS#12 truststore of PEM certificates, the same bytes for the same input. @throws HivekeeperError KeyMaterialInvalid */
  truststoreFrom(caCertificates: string, password: string): Buffer;
}
