import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { S3Access, S3Keys } from '../../../../src/adapters/s3/index.js';
import type { S3Server, S3ServerOptions } from '../../../../src/sandbox/services/index.js';
import { s3Requirement } from '../../../support/service-requirements.js';
import { s3ServerForTest } from '../../../support/services.js';

export const versitygw = await s3Requirement();

/** Long and odd enough to be found wherever they should not be. */
export const keys: S3Keys = { accessKeyId: 'TESTKEY0ID', secretAccessKey: 'test-secret-7f3a9c' };

export const BUCKET = 'hivemq';
export const PREFIX = 'hivemq/cluster/nodes/';

/** A server with one bucket; it ends with the test. */
export async function serverWithBucket(options: Partial<S3ServerOptions> = {}): Promise<S3Server> {
  const server = await s3ServerForTest({ ...keys, ...options });
  if (options.tls === undefined) await server.makeBucket(BUCKET);
  return server;
}

export function accessTo(server: Pick<S3Server, 'endpoint' | 'region'>): S3Access & { readonly credentials: S3Keys } {
  return { region: server.region, bucket: BUCKET, prefix: PREFIX, endpoint: server.endpoint, credentials: keys };
}

/** An object below the prefix, put where the server keeps it. */
export async function putObject(server: S3Server, name: string, text: string): Promise<string> {
  const key = `${PREFIX}${name}`;
  const file = path.join(server.folder, BUCKET, key);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  return key;
}

/** The text of an object as the vendor's extension writes it (version 4.3 of its source). */
export const announcementText = (id: string, host: string, port: number, createdAt: number): string =>
  Buffer.from(`4||||${createdAt}||||${id}||||${host}||||${port}`).toString('base64');
