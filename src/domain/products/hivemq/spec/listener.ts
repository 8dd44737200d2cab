import { z } from 'zod';
import { port } from '../../../spec/text.js';
import { absent, unsupportedMessage } from '../../../spec/unsupported.js';
import { bindAddress } from './bind-address.js';

const listenerName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, {
  error: 'a listener name has at most 64 letters, digits, blanks, dots, dashes and underscores',
});

const common = {
  port: port.describe('TCP port.'),
  bindAddress: bindAddress.default('0.0.0.0').describe('Address to listen at; `host` is the own address of each host.'),
  name: listenerName.optional().describe('Name of the listener in logs and metrics.'),
  tls: absent('TLS for listeners'),
};

const tlsLater = unsupportedMessage('TLS for listeners');
const laterTypes: Readonly<Record<string, string>> = { 'tls-tcp': tlsLater, 'tls-websocket': tlsLater };

const tcpSchema = z.strictObject({ type: z.literal('tcp').describe('MQTT over TCP.'), ...common });

const websocketSchema = z.strictObject({
  type: z.literal('websocket').describe('MQTT over WebSocket.'),
  ...common,
  path: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]*)+$/, { error: 'a path starts with a slash and has letters, digits and . _ ~ -' })
    .default('/mqtt')
    .describe('Path of the WebSocket.'),
});

/** Where MQTT clients connect. */
export const listenerSchema = z.discriminatedUnion('type', [tcpSchema, websocketSchema], {
  error: ({ input }) => {
    const { type } = z.looseObject({ type: z.string().optional() }).catch({}).parse(input);
    if (type === undefined) return 'a listener is { type, port }, with type tcp or websocket';
    return Object.hasOwn(laterTypes, type) ? laterTypes[type] : 'type must be one of tcp, websocket';
  },
});
export type ListenerSpec = z.infer<typeof listenerSchema>;
