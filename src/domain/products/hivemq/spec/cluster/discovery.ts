import { z } from 'zod';
import { positiveDuration } from '../../../../spec/duration.js';
import { address, port } from '../../../../spec/text.js';
import { s3Discovery } from './s3.js';

const staticDiscovery = z.strictObject({
  // Absent means static, unlike the vendor's default of multicast.
  type: z.literal('static').optional().default('static').describe('Every node has the list of all members.'),
});

const multicastDiscovery = z.strictObject({
  type: z.literal('multicast').describe('All nodes at the multicast address of UDP transport.'),
});

const broadcastDiscovery = z.strictObject({
  type: z.literal('broadcast').describe('All nodes of the IP subnet.'),
  broadcastAddress: z
    .ipv4({ error: 'must be an IPv4 broadcast address, e.g. 192.168.1.255' })
    .default('255.255.255.255')
    .describe("Broadcast address of the nodes' subnet."),
  port: port.default(8555).describe('Port for discovery messages; the same range on all nodes.'),
  portRange: z
    .int()
    .min(0)
    .max(1_000)
    .default(5)
    .describe('How many further ports are asked: from port to port + range.'),
});

const extensionDiscovery = z.strictObject({
  type: z.literal('extension').describe('An extension of your own finds the nodes.'),
  extension: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, { error: 'the id of an extension' })
    .optional()
    .describe('Id of that extension; when given it must be among `extensions`.'),
});

/** A and AAAA records; each address is paired with the own transport port, so all nodes have the same one. */
const dnsDiscovery = z.strictObject({
  type: z.literal('dns').describe('Addresses that a DNS name resolves to.'),
  discoveryAddress: address.describe('DNS name whose addresses are the nodes.'),
  resolutionTimeout: positiveDuration.prefault('30s').describe('How long an answer may take.'),
  reloadInterval: positiveDuration.prefault('30s').describe('How often the name is asked again.'),
  dnsServerAddress: z
    .string()
    .regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$/, {
      // The extension splits at the first colon.
      error: 'a DNS server is a host, or host:port, and no IPv6 address: the extension cannot read one',
    })
    .optional()
    .describe("DNS server; default: the host's own."),
});

/** How nodes find each other. */
export const discoverySchema = z.discriminatedUnion(
  'type',
  [staticDiscovery, multicastDiscovery, broadcastDiscovery, extensionDiscovery, dnsDiscovery, s3Discovery],
  { error: 'type must be one of static, multicast, broadcast, extension, dns, s3' },
);
export type DiscoverySpec = z.infer<typeof discoverySchema>;
