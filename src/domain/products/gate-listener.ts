/** A listener of one node as a load balancer reaches it. */
export interface GateListener {
  /** Name of the listener, where it has one. */
  readonly name?: string;
  /** As the spec calls it, e.g. `tls-tcp`. */
  readonly type: string;
  /** IP address or DNS name. */
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
  /** Whether each connection has to begin with a PROXY protocol header. */
  readonly proxyProtocol: boolean;
  /** Whether only the host itself can connect. */
  readonly local: boolean;
  /** As clients write an address of it. */
  readonly protocol: 'mqtt' | 'ws';
  /** Path of a WebSocket. */
  readonly path?: string;
}

/** What a load balancer must know of one node. */
export interface GateTarget {
  readonly listeners: readonly GateListener[];
  /** Where HTTP tells whether the node takes clients, with status 200 for yes; null where no other host can ask. */
  readonly readiness: { readonly address: string; readonly port: number; readonly path: string } | null;
}
