import { z } from 'zod';
import { HivekeeperError } from '../../../errors/index.js';
import { brokerSchema } from '../../../spec/broker.js';
import { commonShape, type ClusterSpec } from '../../../spec/common.js';
import { checkCommon } from '../../../spec/common-checks.js';
import { controlCenterSchema, healthApiSchema, restApiSchema } from './apis.js';
import { checkHivemq } from './checks.js';
import { clusterSchema } from './cluster/index.js';
import { extensionSchema, licenseSchema } from './extensions.js';
import { listenerSchema } from './listener.js';
import { mqttSchema, restrictionsSchema, securitySchema } from './mqtt.js';
import { configOverrideSchema, envSchema, jmxSchema, logLevelSchema } from './service.js';
import { tlsIssuerSchema } from './tls/index.js';
import { usersSchema } from './users.js';

/** The keys that a spec has for HiveMQ besides the common ones; those of config.xml carry its names in camelCase. */
const hivemqSpecPart = {
  cluster: clusterSchema.prefault({}).describe('The cluster element of config.xml.'),
  listeners: z
    .array(listenerSchema)
    .min(1)
    .prefault([{ type: 'tcp', port: 1883 }])
    .describe('Where MQTT clients connect.'),
  restApi: restApiSchema.prefault({}).describe('The REST API; drains and backups need it.'),
  healthApi: healthApiSchema.prefault({}).describe('The health API; every operation that stops a node needs it.'),
  controlCenter: controlCenterSchema.prefault({}).describe('The web interface of the broker.'),
  tls: tlsIssuerSchema.prefault({}).describe('Who makes the key material of nodes.'),
  mqtt: mqttSchema.optional().describe("Limits and features of MQTT; default: the broker's own."),
  restrictions: restrictionsSchema.optional().describe("Limits of connections; default: the broker's own."),
  security: securitySchema.optional().describe("Strictness against clients; default: the broker's own."),
  overloadProtection: z
    .strictObject({ enabled: z.boolean().default(true).describe('Whether it is on.') })
    .optional()
    .describe("Slowing down of clients that the cluster cannot keep up with; default: the broker's own."),
  logLevel: logLevelSchema.default('INFO').describe('Level of the log; changed without a restart.'),
  configOverride: configOverrideSchema
    .optional()
    .describe('A whole config.xml of your own, with `${HIVEKEEPER_…}` in place of what differs between nodes.'),
  env: envSchema.default({}).describe("Further variables of the broker's environment."),
  jmx: jmxSchema.prefault({}).describe('Remote JMX.'),
  licenses: z.array(licenseSchema).max(100).default([]).describe('License files that every node has.'),
  extensions: z.array(extensionSchema).max(100).default([]).describe('Extensions that every node has.'),
  users: usersSchema.prefault({}).describe('Users of MQTT clients; default: none, and nothing is done about clients.'),
};

const broker = brokerSchema
  .extend({ product: z.literal('hivemq').describe('Broker product.') })
  .describe('The broker: product, version, package and how it runs.');

const keys = z.strictObject({ ...commonShape, broker, ...hivemqSpecPart });
export type HivemqSpec = z.infer<typeof keys>;

/** The whole spec of a HiveMQ cluster. */
export const hivemqSpecSchema = keys.superRefine(checkCommon).superRefine(checkHivemq);

const read = new WeakMap<ClusterSpec, HivemqSpec>();

/**
 * Reads the HiveMQ keys of a parsed spec. A spec is not changed once it is parsed, so the same object is read once:
 * planners ask for every node of a large cluster.
 * @throws HivekeeperError InvalidInput when the value is not a parsed spec of a HiveMQ cluster.
 */
export function asHivemqSpec(spec: ClusterSpec): HivemqSpec {
  const known = read.get(spec);
  if (known) return known;
  // Encoded first, as a schema of unknown output: parsing takes the form of a file, where durations have units.
  const schema: z.ZodType = hivemqSpecSchema;
  const encoded = z.safeEncode(schema, spec);
  const result = encoded.success ? hivemqSpecSchema.safeParse(encoded.data) : encoded;
  if (!result.success) {
    const message = `the spec of ${spec.name} is not a parsed HiveMQ spec: ${result.error.message}`;
    throw new HivekeeperError('InvalidInput', message);
  }
  read.set(spec, result.data);
  read.set(result.data, result.data);
  return result.data;
}
