import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type S3Server as Server, startS3Server } from '../../../../src/sandbox/services/index.js';
import { s3Requirement } from '../../../support/service-requirements.js';

/** A real S3 server with one bucket, and a look into it. */
export class S3Server {
  static readonly accessKeyId = 'stage-access';
  static readonly secretAccessKey = 'stage-secret-key';
  static readonly bucket = 'discovery';

  private constructor(
    private readonly server: Server,
    private readonly client: S3Client,
  ) {}

  static async start(): Promise<S3Server> {
    const { accessKeyId, secretAccessKey, bucket } = S3Server;
    const { program } = await s3Requirement();
    const server = await startS3Server({ program, accessKeyId, secretAccessKey });
    await server.makeBucket(bucket);
    const { endpoint, region } = server;
    const credentials = { accessKeyId, secretAccessKey };
    return new S3Server(server, new S3Client({ endpoint, region, credentials, forcePathStyle: true }));
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  async keys(): Promise<string[]> {
    const { Contents } = await this.client.send(new ListObjectsV2Command({ Bucket: S3Server.bucket }));
    return (Contents ?? []).map(({ Key }) => Key ?? '');
  }

  async get(key: string): Promise<string> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: S3Server.bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }

  async put(key: string, content: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: S3Server.bucket, Key: key, Body: content }));
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: S3Server.bucket, Key: key }));
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.server.stop();
  }
}
