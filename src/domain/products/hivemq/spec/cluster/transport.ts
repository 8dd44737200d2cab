import { z } from 'zod';
import { address, port } from '../../../../spec/text.js';
import { bindAddress } from '../bind-address.js';
import { keystoreSchema, tlsShape, truststoreSchema } from '../tls/index.js';

const common = {
  bindAddress: bindAddress
    .default('host')
    .describe("Address that cluster transport binds; `host` is each host's cluster address."),
  bindPort: port.default(8000).describe('Port of cluster transport.'),
  externalAddress: address
    .optional()
    .describe(
      'Address at which other nodes reach a node behind address translation; see also `hosts[].externalAddress`.',
    ),
  externalPort: z
    .int()
    .min(0)
    .max(65_535)
    .default(0)
    .describe('Port at which other nodes reach a node behind address translation; 0: the one that is bound.'),
};

/** TLS between nodes. Only transport is encrypted: discovery always uses plain TCP (HiveMQ user guide, clusters). */
const transportTlsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether transport is encrypted; without this mapping it is not.'),
  ...tlsShape,
  serverKeystore: keystoreSchema.optional().describe("The node's key and certificate; default: made by `tls.issuer`."),
  serverCertificateTruststore: truststoreSchema
    .optional()
    .describe('What server certificates are checked against; default: made by `tls.issuer`.'),
  clientAuthenticationKeystore: keystoreSchema
    .optional()
    .describe('Key and certificate that a node shows where others ask for one.'),
  clientCertificateTruststore: truststoreSchema
    .optional()
    .describe('What the certificates of connecting nodes are checked against.'),
});

const tcpTransport = z.strictObject({
  // Absent means tcp, unlike the vendor's default of UDP.
  type: z.literal('tcp').optional().default('tcp').describe('TCP, the transport for production.'),
  ...common,
  tls: transportTlsSchema.optional().describe('TLS between the nodes; default: none.'),
});

const multicastAddress = z.string().regex(/^(22[4-9]|23\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/, {
  error: 'must be an IPv4 multicast address, 224.0.0.0 to 239.255.255.255',
});

const udpTransport = z.strictObject({
  type: z.literal('udp').describe('UDP, for tests in a local network only.'),
  ...common,
  tls: z
    .never({ error: 'TLS between nodes needs TCP: set type: tcp, and discovery to static, dns or s3' })
    .optional()
    .describe('Not over UDP.'),
  multicastEnabled: z.boolean().default(true).describe('Whether multicast is used; multicast discovery needs it.'),
  multicastAddress: multicastAddress.default('228.8.8.8').describe('Multicast address of transport and discovery.'),
  multicastPort: port.default(45_588).describe('Multicast port of transport and discovery.'),
});

/** What nodes talk to each other over: the tables "TCP transport", "UDP transport" and "TLS transport" of the vendor. */
export const transportSchema = z.discriminatedUnion('type', [tcpTransport, udpTransport], {
  error: 'type must be tcp or udp; TLS is tcp with tls: { … }',
});
export type TransportSpec = z.infer<typeof transportSchema>;
export type TransportTlsSpec = z.infer<typeof transportTlsSchema>;
