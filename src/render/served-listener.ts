/** A store of a node as its broker opens it. */
export interface OpenedStore {
  /** Relative to the home of the broker, or absolute for one that somebody else put on the host. */
  readonly path: string;
  readonly isKeystore: boolean;
  /** Variables in the broker's environment with the passwords; a truststore has no private key. */
  readonly passwordVariable: string;
  readonly privateKeyPasswordVariable: string;
}

/** A place where a node serves clients, as seen from the node itself. */
export interface ServedListener {
  /** For people, e.g. `tls-tcp:8883` or the listener's name. */
  readonly title: string;
  readonly address: string;
  readonly port: number;
  /** Key and certificate that it serves; null without TLS. */
  readonly keystore: OpenedStore | null;
  /** Whether its certificate can be read by a handshake: with the PROXY protocol a header would have to come first. */
  readonly readable: boolean;
}
