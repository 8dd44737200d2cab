import { z } from 'zod';
import { address } from '../../../../spec/text.js';
import { bindAddress } from '../bind-address.js';

const heartbeatSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether nodes send each other heartbeats.'),
  interval: z
    .int()
    .min(1)
    .max(600_000)
    .optional()
    .describe('Milliseconds between two heartbeats; default: 3000 over TCP, 8000 over UDP.'),
  timeout: z
    .int()
    .min(1)
    .max(3_600_000)
    .optional()
    .describe(
      'Milliseconds without an answer after which a node is taken out of the cluster for the time being; default: 9000 over TCP, 40000 over UDP.',
    ),
});

const portOrAny = z.int().min(0).max(65_535);

const tcpHealthCheckSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether nodes hold a connection to each other to notice a loss at once.'),
  bindAddress: bindAddress.optional().describe('Address that the check binds; default: left to the broker.'),
  bindPort: portOrAny.default(0).describe('TCP port of the check; 0 takes a free one.'),
  externalAddress: address.optional().describe('Address of the check behind address translation.'),
  externalPort: portOrAny
    .default(0)
    .describe('Port of the check behind address translation; 0: the one that is bound.'),
  portRange: z.int().min(0).max(1_000).default(50).describe('How many ports are tried on other nodes.'),
});

/** How a lost node is noticed. */
export const failureDetectionSchema = z.strictObject({
  heartbeat: heartbeatSchema.prefault({}).describe('Heartbeats between nodes.'),
  tcpHealthCheck: tcpHealthCheckSchema.prefault({}).describe('Held connections between nodes.'),
});

/** The vendor's defaults in milliseconds, by transport. */
const heartbeatDefaults = { tcp: { interval: 3000, timeout: 9000 }, udp: { interval: 8000, timeout: 40_000 } } as const;

/** Interval and timeout of the heartbeat in milliseconds, the defaults of the transport filled in. */
export function heartbeatTimes(
  transport: keyof typeof heartbeatDefaults,
  heartbeat: { readonly interval?: number | undefined; readonly timeout?: number | undefined },
): { interval: number; timeout: number } {
  const defaults = heartbeatDefaults[transport];
  return { interval: heartbeat.interval ?? defaults.interval, timeout: heartbeat.timeout ?? defaults.timeout };
}
