import fc from 'fast-check';
import { exampleSpec } from '../example.js';
import { clusterPart } from './cluster-arbitrary.js';

/** Targets of secret references; neither they nor what they refer to may stand in a rendered text. */
export const secretTargets = ['SPEC_SECRET_ONE', 'SPEC_SECRET_TWO', '/run/secrets/hivemq'] as const;

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const secret = fc.constantFrom({ env: secretTargets[0] }, { env: secretTargets[1] }, { file: secretTargets[2] });
const stored = fc
  .constantFrom('a', 'b', 'c')
  .map((letter) => ({ stored: letter.repeat(64), name: `${letter}.bin`, bytes: 7 }));

const keystore = fc.oneof(
  fc.record({ path: fc.constant('/etc/hivemq/own.jks'), password: secret, privateKeyPassword: optional(secret) }),
  fc.record({ content: stored, password: secret, privateKeyPassword: optional(secret) }),
  fc.record({ certificate: stored, privateKey: stored, privateKeyPassword: optional(secret) }),
);
const truststore = fc.oneof(
  fc.record({ path: fc.constant('/etc/hivemq/trust.jks'), password: secret }),
  fc.record({ content: stored, password: secret }),
  fc.record({ certificates: stored }),
);

const tls = fc.record({
  keystore: optional(keystore),
  truststore,
  clientAuthenticationMode: optional(fc.constantFrom('NONE', 'OPTIONAL', 'REQUIRED')),
  protocols: optional(fc.uniqueArray(fc.constantFrom('TLSv1.2', 'TLSv1.3'), { minLength: 1 })),
  cipherSuites: optional(fc.constant(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'])),
  preferServerCipherSuites: optional(fc.boolean()),
  handshakeTimeout: optional(fc.integer({ min: 0, max: 60_000 })),
});

const common = {
  bindAddress: optional(fc.constantFrom('host', 'loopback', '0.0.0.0', '::')),
  proxyProtocol: optional(fc.boolean()),
  named: fc.boolean(),
};
const websocket = {
  path: optional(fc.constantFrom('/mqtt', '/ws/v5', '/')),
  subprotocols: optional(fc.uniqueArray(fc.constantFrom('mqtt', 'mqttv3.1'), { minLength: 1 })),
  allowExtensions: optional(fc.boolean()),
};

const listener = fc.oneof(
  fc.record({ type: fc.constant('tcp'), ...common }),
  fc.record({ type: fc.constant('tls-tcp'), ...common, tls }),
  fc.record({ type: fc.constant('websocket'), ...common, ...websocket }),
  fc.record({ type: fc.constant('tls-websocket'), ...common, ...websocket, tls }),
);

/** Each with a port, and where it has one a name, of its own. */
const listeners = fc.array(listener, { minLength: 1, maxLength: 5 }).map((all) =>
  all.map(({ named, ...one }, index) => ({
    ...one,
    port: 20_000 + index,
    ...(named && { name: `listener ${index}` }),
  })),
);

const switched = (more: object = {}) => optional(fc.record({ enabled: optional(fc.boolean()), ...more }));
const within = (min: number, max: number) => optional(fc.integer({ min, max }));
const group = (keys: Record<string, fc.Arbitrary<unknown>>) => optional(fc.record(keys));

const mqtt = fc.record({
  sessionExpiry: group({ maxInterval: within(0, 4_294_967_295) }),
  messageExpiry: group({ maxInterval: within(1, 4_294_967_296) }),
  packets: group({ maxPacketSize: within(15, 268_435_460) }),
  receiveMaximum: group({ serverReceiveMaximum: within(1, 65_535) }),
  keepAlive: group({ maxKeepAlive: within(1, 65_535), allowUnlimited: optional(fc.boolean()) }),
  topicAlias: switched({ maxPerClient: within(1, 65_535) }),
  subscriptionIdentifier: switched(),
  wildcardSubscriptions: switched(),
  sharedSubscriptions: switched(),
  qualityOfService: group({ maxQos: within(0, 2) }),
  retainedMessages: switched(),
  queuedMessages: group({
    maxQueueSize: within(1, 2_147_483_647),
    strategy: optional(fc.constantFrom('discard', 'discard-oldest')),
  }),
});

const restrictions = fc.record({
  maxConnections: within(-1, 2_147_483_647),
  maxClientIdLength: within(1, 65_535),
  maxTopicLength: within(1, 65_535),
  noConnectIdleTimeout: within(1, 3_600_000),
  incomingBandwidthThrottling: within(0, 9_007_199_254_740_991),
});

const security = fc.record({
  allowEmptyClientId: switched(),
  payloadFormatValidation: switched(),
  utf8Validation: switched(),
  allowRequestProblemInformation: switched(),
});

const controlCenter = fc.record({
  enabled: fc.boolean(),
  port: fc.constant(21_000),
  https: optional(fc.record({ port: fc.constant(21_001), tls })),
  users: fc
    .subarray(['admin', 'ops@example.org', 'a.b-c_d'])
    .chain((names) => fc.tuple(...names.map((name) => secret.map((password) => ({ name, password }))))),
});

const env = fc.dictionary(
  fc.constantFrom('REGION', 'OWN_TOKEN', 'PLACE_1'),
  fc.oneof(fc.constantFrom('eu-1', 'a b', ''), secret),
);

const licenses = fc
  .subarray(['prod.lic', 'bridge.elic', 'hub.plic'])
  .map((names) => names.map((name) => ({ name, content: { stored: 'd'.repeat(64) } })));

const rest = fc.record({
  listeners,
  restApi: fc.record({
    enabled: fc.boolean(),
    port: fc.constant(22_000),
    auth: optional(fc.record({ header: secret })),
  }),
  healthApi: fc.record({ enabled: fc.boolean(), port: fc.constant(22_001) }),
  controlCenter,
  mqtt: optional(mqtt),
  restrictions: optional(restrictions),
  security: optional(security),
  overloadProtection: switched(),
  logLevel: optional(fc.constantFrom('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR')),
  env,
  jmx: switched({ port: fc.constant(22_002) }),
  licenses,
});

/** As a file would have it: what is undefined is not there. */
const compact = (value: object): object => JSON.parse(JSON.stringify(value)) as object;

/** Any valid spec of a HiveMQ cluster, in the form of a file. */
export const wholeSpec: fc.Arbitrary<object> = fc.tuple(clusterPart, rest).map(([cluster, others]) =>
  // Listeners may leave their keystore to the issuer.
  compact({ ...exampleSpec(), ...others, ...cluster, tls: { issuer: 'internal-ca' } }),
);
