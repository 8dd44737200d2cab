import { z } from 'zod';
import { bindAddress } from './bind-address.js';
import { keystoreSchema, tlsShape, truststoreSchema } from './tls/index.js';

const listenerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, {
  error: 'a listener name has at most 64 letters, digits, blanks, dots, dashes and underscores',
});

/** A TCP port; 0 asks Hivekeeper to choose a free one at the first deployment and to keep it. */
export const portOrChosen = z.int().min(0).max(65_535);

const common = {
  port: portOrChosen.describe('TCP port; 0: Hivekeeper chooses a free one and records it.'),
  bindAddress: bindAddress.default('0.0.0.0').describe('Address to listen at; `host` is the own address of each host.'),
  name: listenerName.optional().describe('Name of the listener in logs and metrics.'),
  proxyProtocol: z
    .boolean()
    .default(false)
    .describe('Whether connections begin with a PROXY protocol header, from a load balancer.'),
};

/** TLS of a listener for MQTT clients. */
export const listenerTlsSchema = z.strictObject({
  ...tlsShape,
  keystore: keystoreSchema.optional().describe("The node's key and certificate; default: made by `tls.issuer`."),
  truststore: truststoreSchema.optional().describe('What client certificates are checked against.'),
  preferServerCipherSuites: z.boolean().optional().describe("Whether the server's order of cipher suites counts."),
  handshakeTimeout: z
    .int()
    .min(0)
    .max(3_600_000)
    .optional()
    .describe('Milliseconds that a handshake may take; 0: no limit.'),
});
export type ListenerTlsSpec = z.infer<typeof listenerTlsSchema>;

const websocket = {
  path: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]*)+$/, { error: 'a path starts with a slash and has letters, digits and . _ ~ -' })
    .default('/mqtt')
    .describe('Path of the WebSocket.'),
  subprotocols: z
    .array(z.enum(['mqtt', 'mqttv3.1']))
    .min(1)
    .default(['mqttv3.1', 'mqtt'])
    .describe('Subprotocols that clients may ask for.'),
  allowExtensions: z.boolean().default(false).describe('Whether WebSocket extensions are allowed.'),
};

const tls = { tls: listenerTlsSchema.prefault({}).describe('TLS of this listener.') };

const tcpListener = z.strictObject({ type: z.literal('tcp').describe('MQTT over TCP.'), ...common });
const tlsTcpListener = z.strictObject({ type: z.literal('tls-tcp').describe('MQTT over TLS.'), ...common, ...tls });
const websocketListener = z.strictObject({
  type: z.literal('websocket').describe('MQTT over WebSocket.'),
  ...common,
  ...websocket,
});
const tlsWebsocketListener = z.strictObject({
  type: z.literal('tls-websocket').describe('MQTT over WebSocket with TLS.'),
  ...common,
  ...websocket,
  ...tls,
});

/** Where MQTT clients connect. */
export const listenerSchema = z.discriminatedUnion(
  'type',
  [tcpListener, tlsTcpListener, websocketListener, tlsWebsocketListener],
  { error: 'a listener is { type, port }, with type tcp, tls-tcp, websocket or tls-websocket' },
);
export type ListenerSpec = z.infer<typeof listenerSchema>;

/** What a listener is called where it has no name of its own, e.g. `tls-tcp:8883`. */
export const listenerTitle = ({ name, type, port }: ListenerSpec): string => name ?? `${type}:${port}`;
