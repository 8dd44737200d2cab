import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Requirement } from '../../../support/requirements.js';
import { findProgram, freePort, Program } from './program.js';

export function s3Requirement(): Requirement {
  const missing = findProgram('versitygw') === undefined ? 'Discovery through S3 needs versitygw.' : undefined;
  return { missing, install: 'go install github.com/versity/versitygw/cmd/versitygw@latest' };
}

/** A real S3 server with one bucket. */
export class S3Server {
  static readonly accessKeyId = 'stage-access';
  static readonly secretAccessKey = 'stage-secret-key';
  static readonly bucket = 'discovery';

  private constructor(
    private readonly program: Program,
    private readonly folder: string,
    readonly endpoint: string,
    private readonly client: S3Client,
  ) {}

  static async start(): Promise<S3Server> {
    const folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-s3-'));
    for (const name of ['data', 'meta']) mkdirSync(path.join(folder, name));
    const host = '127.0.0.1';
    const port = await freePort(host);
    const endpoint = `http://${host}:${port}`;
    const program = await Program.start(
      findProgram('versitygw') ?? 'versitygw',
      [
        '--port',
        `${host}:${port}`,
        '--quiet',
        'posix',
        '--sidecar',
        path.join(folder, 'meta'),
        path.join(folder, 'data'),
      ],
      { ROOT_ACCESS_KEY: S3Server.accessKeyId, ROOT_SECRET_KEY: S3Server.secretAccessKey },
      () =>
        fetch(endpoint).then(
          () => true,
          () => false,
        ),
    );
    const { accessKeyId, secretAccessKey } = S3Server;
    const client = new S3Client({ endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } });
    await client.send(new CreateBucketCommand({ Bucket: S3Server.bucket }));
    return new S3Server(program, folder, endpoint, client);
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
    await this.program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
