import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Config } from './config.js';
import { findCredentials, type Surroundings } from './credentials.js';

/** What a look at the bucket found out. */
export type BucketState = 'there' | 'missing' | 'forbidden' | 'other';

/** A custom endpoint takes its region from its own key, else from where the AWS SDK for Java looks; else there is none. */
function regionOf(config: S3Config, { env, properties }: Surroundings): string {
  if (config.endpoint === undefined) return config.region;
  const region = config.endpointRegion ?? properties.get('aws.region') ?? env['AWS_REGION'];
  if (region === undefined) throw new Error('Unable to load region from any of the providers in the chain');
  return region;
}

/** The bucket of a configuration. */
export class Bucket {
  private readonly client: S3Client;

  /** @throws when no region is known */
  constructor(
    readonly config: S3Config,
    surroundings: Surroundings,
  ) {
    this.client = new S3Client({
      region: regionOf(config, surroundings),
      credentials: () => findCredentials(config, surroundings),
      ...(config.endpoint === undefined ? {} : { endpoint: config.endpoint }),
      ...(config.pathStyle === undefined ? {} : { forcePathStyle: config.pathStyle }),
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 2000, requestTimeout: 5000 },
    });
  }

  /** @throws when the bucket cannot be asked at all */
  async look(): Promise<BucketState> {
    try {
      await this.client.send(new HeadBucketCommand({ Bucket: this.config.bucket }));
      return 'there';
    } catch (error) {
      if (!(error instanceof S3ServiceException)) throw error;
      const status = error.$metadata.httpStatusCode;
      return status === 404 ? 'missing' : status === 403 ? 'forbidden' : 'other';
    }
  }

  async put(key: string, content: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.config.bucket, Key: key, Body: content }));
  }

  async get(key: string): Promise<string> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.config.bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.config.bucket, Key: key }));
  }

  /** All keys below the prefix, page by page. */
  async keys(): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({
          Bucket: this.config.bucket,
          Prefix: this.config.prefix,
          ContinuationToken: token,
        }),
      );
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return keys;
  }

  close(): void {
    this.client.destroy();
  }
}
