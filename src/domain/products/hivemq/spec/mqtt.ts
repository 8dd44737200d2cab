import { z } from 'zod';

const on = (what: string) =>
  z
    .strictObject({ enabled: z.boolean().default(true).describe('Whether it is allowed.') })
    .prefault({})
    .describe(what);

/** Limits and features of MQTT, the `mqtt` element of config.xml. Defaults and bounds are the vendor's. */
export const mqttSchema = z.strictObject({
  sessionExpiry: z
    .strictObject({
      maxInterval: z.int().min(0).max(4_294_967_295).default(4_294_967_295).describe('Seconds; the largest: never.'),
    })
    .prefault({})
    .describe('How long a session outlives its connection at most.'),
  messageExpiry: z
    .strictObject({
      maxInterval: z.int().min(1).max(4_294_967_296).default(4_294_967_296).describe('Seconds; the largest: never.'),
    })
    .prefault({})
    .describe('How long a message is kept at most.'),
  packets: z
    .strictObject({ maxPacketSize: z.int().min(15).max(268_435_460).default(268_435_460).describe('Bytes.') })
    .prefault({})
    .describe('Size of an MQTT packet.'),
  receiveMaximum: z
    .strictObject({
      serverReceiveMaximum: z.int().min(1).max(65_535).default(10).describe('Unacknowledged messages of a client.'),
    })
    .prefault({})
    .describe('How much a client may send before it is acknowledged.'),
  keepAlive: z
    .strictObject({
      maxKeepAlive: z.int().min(1).max(65_535).default(65_535).describe('Seconds.'),
      allowUnlimited: z.boolean().default(true).describe('Whether a client may switch keep alive off.'),
    })
    .prefault({})
    .describe('Keep alive of clients.'),
  topicAlias: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Whether topic aliases may be used.'),
      maxPerClient: z.int().min(1).max(65_535).default(5).describe('Aliases of one client.'),
    })
    .prefault({})
    .describe('Topic aliases of MQTT 5.'),
  subscriptionIdentifier: on('Subscription identifiers of MQTT 5.'),
  wildcardSubscriptions: on('Subscriptions with wildcards.'),
  sharedSubscriptions: on('Shared subscriptions.'),
  qualityOfService: z
    .strictObject({ maxQos: z.int().min(0).max(2).default(2).describe('Highest quality of service.') })
    .prefault({})
    .describe('Quality of service.'),
  retainedMessages: on('Retained messages.'),
  queuedMessages: z
    .strictObject({
      maxQueueSize: z.int().min(1).max(2_147_483_647).default(1000).describe('Messages of one client.'),
      strategy: z
        .enum(['discard', 'discard-oldest'])
        .default('discard')
        .describe('What is dropped when the queue is full: the new message, or the oldest.'),
    })
    .prefault({})
    .describe('Queues of clients that are offline or slow.'),
});

/** Limits of connections, the `restrictions` element of config.xml. Defaults and bounds are the vendor's. */
export const restrictionsSchema = z.strictObject({
  maxConnections: z.int().min(-1).max(2_147_483_647).default(-1).describe('Connections of one node; -1: no limit.'),
  maxClientIdLength: z.int().min(1).max(65_535).default(65_535).describe('Characters of a client id.'),
  maxTopicLength: z.int().min(1).max(65_535).default(65_535).describe('Characters of a topic.'),
  noConnectIdleTimeout: z
    .int()
    .min(1)
    .max(3_600_000)
    .default(10_000)
    .describe('Milliseconds that a connection may take until its CONNECT.'),
  incomingBandwidthThrottling: z
    .int()
    .min(0)
    .max(9_007_199_254_740_991)
    .default(0)
    .describe('Bytes a second of all clients of a node; 0: no limit.'),
});

/** Strictness against clients, the `security` element of config.xml. Defaults are the vendor's. */
export const securitySchema = z.strictObject({
  allowEmptyClientId: on('Clients that leave the choice of their id to the broker.'),
  payloadFormatValidation: z
    .strictObject({ enabled: z.boolean().default(false).describe('Whether it is checked.') })
    .prefault({})
    .describe('Whether payloads that claim to be UTF-8 are checked.'),
  utf8Validation: z
    .strictObject({ enabled: z.boolean().default(true).describe('Whether it is checked.') })
    .prefault({})
    .describe('Whether topics and client ids are checked to be UTF-8.'),
  allowRequestProblemInformation: on('Reasons of failures for MQTT 5 clients that ask for them.'),
});
