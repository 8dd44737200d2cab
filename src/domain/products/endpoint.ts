/** One place where MQTT clients connect. */
export interface ClientEndpoint {
  /** Host name of the spec. */
  readonly host: string;
  /** IP address or DNS name at which it listens. */
  readonly address: string;
  readonly port: number;
  readonly protocol: 'mqtt' | 'ws';
  readonly tls: boolean;
  /** Path of a WebSocket. */
  readonly path?: string;
  /** Name of the listener, where it has one. */
  readonly listener?: string;
  /** Whether only the host itself can connect. */
  readonly local: boolean;
}

/** Where the metrics of one node are read. */
export interface MetricsEndpoint {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** Path below which they are served. */
  readonly path: string;
  /** False where the configuration of the port cannot be read from the spec, so that the vendor's default is given. */
  readonly known: boolean;
  readonly local: boolean;
}

/** A TCP port at which a node serves MQTT clients, as the node itself binds it. */
export interface ClientPort {
  /** IP address; null: every address of the host, or one that is known by name only. */
  readonly address: string | null;
  readonly port: number;
}
