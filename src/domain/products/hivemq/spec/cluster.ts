import { z } from 'zod';
import { port } from '../../../spec/text.js';
import { absent, enumWithLater, unsupportedMessage } from '../../../spec/unsupported.js';
import { bindAddress } from './bind-address.js';

const udp =
  'UDP cluster transport works with multicast discovery only, never with static discovery, and is not supported by this version; use tcp';

const transportSchema = z.strictObject({
  type: enumWithLater(['tcp'], { udp }).default('tcp').describe('Protocol between the nodes.'),
  bindAddress: bindAddress
    .default('host')
    .describe("Address that cluster transport binds; `host` is each host's cluster address."),
  bindPort: port.default(8000).describe('TCP port of cluster transport.'),
  tls: absent('TLS for cluster transport'),
});

const later = (what: string) => `${unsupportedMessage(`${what} discovery`)}; use static`;

const discoverySchema = z.strictObject({
  type: enumWithLater(['static'], {
    multicast: later('multicast'),
    broadcast: later('broadcast'),
    extension: later('extension'),
    dns: later('dns'),
    s3: later('s3'),
  })
    .default('static')
    .describe('How nodes find each other. `static`: every node has the list of all members.'),
});

const heartbeatSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether nodes send each other heartbeats.'),
  interval: z.int().min(1).max(600_000).default(3000).describe('Milliseconds between two heartbeats.'),
  timeout: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(9000)
    .describe('Milliseconds without an answer after which a node is taken out of the cluster for the time being.'),
});

const tcpHealthCheckSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether nodes hold a connection to each other to notice a loss at once.'),
  bindAddress: bindAddress.optional().describe('Address that the check binds; default: left to the broker.'),
  bindPort: z.int().min(0).max(65_535).default(0).describe('TCP port of the check; 0 takes a free one.'),
  portRange: z.int().min(0).max(1_000).default(50).describe('How many ports are tried on other nodes.'),
});

const failureDetectionSchema = z.strictObject({
  heartbeat: heartbeatSchema.prefault({}).describe('Heartbeats between nodes.'),
  tcpHealthCheck: tcpHealthCheckSchema.prefault({}).describe('Held connections between nodes.'),
});

/** The cluster element of config.xml. Defaults are the vendor's tables, except that transport is TCP and discovery static. */
export const clusterSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether the nodes form a cluster.'),
  replicaCount: z
    .int()
    .min(2, { error: 'a replica count below two loses persistent data whenever a node restarts; use 2 or more' })
    .max(1_000)
    .default(2)
    .describe('How many nodes hold each piece of persistent data.'),
  transport: transportSchema.prefault({}).describe('What nodes talk to each other over.'),
  discovery: discoverySchema.prefault({}).describe('How nodes find each other.'),
  failureDetection: failureDetectionSchema.prefault({}).describe('How a lost node is noticed.'),
});
