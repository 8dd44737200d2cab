import { z } from 'zod';
import { duration } from '../../../../spec/duration.js';
import { secretSchema } from '../../../../spec/secret.js';

const keys = {
  accessKeyId: secretSchema.optional().describe('Access key id, as a secret reference.'),
  secretAccessKey: secretSchema.optional().describe('Secret access key, as a secret reference.'),
};

/** How a node proves itself to S3. Where keys may be left out they are expected on the host already. */
export const s3CredentialsSchema = z.strictObject({
  type: z
    .enum([
      'default',
      'environment_variables',
      'java_system_properties',
      'user_credentials_file',
      'instance_profile_credentials',
      'access_key',
      'temporary_session',
    ])
    .default('default')
    .describe('Where the extension takes its credentials from.'),
  ...keys,
  sessionToken: secretSchema.optional().describe('Session token of a temporary session, as a secret reference.'),
  expires: z.iso
    .datetime({ offset: true, error: 'a time such as 2026-12-31T12:00:00Z' })
    .optional()
    .describe('When the temporary session ends; Hivekeeper warns before.'),
});

const bucketName = z.string().regex(/^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
  error: 'a bucket name has 3 to 63 small letters, digits, dots and dashes',
});

const wholeSeconds = duration.refine((value) => value % 1000 === 0, { error: 'must be whole seconds' });

/** Nodes announce themselves as objects of a bucket (HiveMQ S3 cluster discovery extension). */
export const s3Discovery = z.strictObject({
  type: z.literal('s3').describe('Objects in an S3 bucket.'),
  layout: z
    .enum(['extension', 'plugin'])
    .default('extension')
    .describe(
      '`extension`: HiveMQ 4, intervals in seconds. `plugin`: the old plugin, conf/s3discovery.properties, minutes.',
    ),
  bucketRegion: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, { error: 'a region such as eu-central-1' })
    .describe('Region of the bucket.'),
  bucketName: bucketName.describe('Name of the bucket.'),
  filePrefix: z
    .string()
    .max(500)
    .regex(/^[A-Za-z0-9!_.*'()/-]*$/, { error: "a prefix has letters, digits and ! _ . * ' ( ) / -" })
    .default('hivemq/cluster/nodes/')
    .describe('What the keys of the objects begin with.'),
  fileExpiration: wholeSeconds
    .prefault('6m')
    .describe('After how long an announcement that was not renewed is void; 0s: never.'),
  updateInterval: wholeSeconds.prefault('3m').describe('How often a node renews its announcement; 0s: never.'),
  endpoint: z
    .string()
    .regex(/^(https?:\/\/)?(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?$/, {
      error: 'an endpoint is a host or an http(s) address without a path',
    })
    .optional()
    .describe('Another S3 server than that of Amazon.'),
  endpointRegion: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, { error: 'a region such as eu-central-1' })
    .optional()
    .describe('Region that requests to `endpoint` are signed for; default: `bucketRegion`.'),
  pathStyleAccess: z.boolean().optional().describe('Whether the bucket stands in the path instead of the host name.'),
  credentials: s3CredentialsSchema.prefault({}).describe('How a node proves itself to S3.'),
});
export type S3DiscoverySpec = z.infer<typeof s3Discovery>;
