import { randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { HivekeeperError, isHivekeeperError } from '../../domain/errors/index.js';
import type { S3Access } from './access.js';
import { clientFor } from './client.js';
import { resolveKeys } from './node-keys.js';
import type { BucketState, DiscoveryBuckets } from './port.js';
import { listPage, readAnnouncements, readObject } from './read-announcements.js';
import { s3Error, sentence } from './sentences.js';
import { type Trouble, troubleOf } from './trouble.js';

/** Milliseconds for a whole call, all pages and objects of a large cluster included. */
const CALL_WITHIN_MS = 60_000;

/** The real thing, by the AWS SDK. */
export const discoveryBuckets: DiscoveryBuckets = {
  async bucketState(access, { signal, write = false } = {}) {
    try {
      await within(access, signal, async (client, options) => {
        await look(client, access, options);
        if (write) await tryToWrite(client, access, options);
      });
      return { reachable: true, exists: true, permitted: true, problem: null };
    } catch (error) {
      signal?.throwIfAborted();
      return stateOf(access, error);
    }
  },

  async announced(access, { signal, pageSize } = {}) {
    return translated(access, signal, (client, options) => readAnnouncements(client, access, { ...options, pageSize }));
  },

  async removeAnnouncement(access, key, { signal } = {}) {
    if (!key.startsWith(access.prefix)) throw notOurs(access, key, `it is not below ${access.prefix}`);
    return translated(access, signal, async (client, { abortSignal }) => {
      const object = { Bucket: access.bucket, Key: key };
      // Read before, because a delete succeeds for what is not there, and to be sure of what is removed.
      const found = await readObject(client, access.bucket, key, abortSignal);
      if (found === undefined) return 'absent';
      if ('reason' in found) throw notOurs(access, key, found.reason);
      await client.send(new DeleteObjectCommand(object), { abortSignal });
      return 'removed';
    });
  },
};

function notOurs({ bucket }: S3Access, key: string, why: string): HivekeeperError {
  const message = `${key} in bucket ${bucket} is no announcement of a node: ${why}. It was left alone; remove it by hand if it is in the way.`;
  return new HivekeeperError('InvalidInput', message, { bucket, key });
}

interface SendOptions {
  readonly abortSignal: AbortSignal;
}

type Work<T> = (client: S3Client, options: SendOptions) => Promise<T>;

/** Thrown for what the SDK threw, with its meaning. */
class S3Trouble extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble.code);
  }
}

async function within<T>(access: S3Access, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
  const deadline = AbortSignal.timeout(CALL_WITHIN_MS);
  const abortSignal = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const keys = await resolveKeys(access, abortSignal);
  const client = clientFor(access, keys, abortSignal);
  try {
    return await work(client, { abortSignal });
  } catch (error) {
    signal?.throwIfAborted();
    if (isHivekeeperError(error, 'HostUnreachable') || isHivekeeperError(error, 'InvalidInput')) throw error;
    if (deadline.aborted) throw new S3Trouble({ kind: 'unreachable', code: `no answer in ${CALL_WITHIN_MS / 1000} s` });
    throw new S3Trouble(troubleOf(error));
  } finally {
    client.destroy();
  }
}

async function translated<T>(access: S3Access, signal: AbortSignal | undefined, work: Work<T>): Promise<T> {
  try {
    return await within(access, signal, work);
  } catch (error) {
    throw error instanceof S3Trouble ? s3Error(access, error.trouble) : error;
  }
}

/** As a node does: HEAD, then list. The answer to a HEAD has no body, so that only the listing tells the reason. */
async function look(client: S3Client, access: S3Access, options: SendOptions): Promise<void> {
  const head = await client.send(new HeadBucketCommand({ Bucket: access.bucket }), options).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (head && troubleOf(head.error).kind === 'unreachable') throw head.error;
  await listPage(client, { Bucket: access.bucket, Prefix: access.prefix, MaxKeys: 1 }, options.abortSignal);
  if (head) throw head.error;
}

/** Nodes that read the bucket in this moment skip the object: it is no announcement. */
async function tryToWrite(client: S3Client, access: S3Access, options: SendOptions): Promise<void> {
  const object = { Bucket: access.bucket, Key: `${access.prefix}hivekeeper-probe-${randomUUID()}` };
  await client.send(
    new PutObjectCommand({ ...object, Body: 'Hivekeeper was here to see whether it may be.' }),
    options,
  );
  try {
    const got = await client.send(new GetObjectCommand(object), options);
    await got.Body?.transformToString();
  } finally {
    await client.send(new DeleteObjectCommand(object), options);
  }
}

function stateOf(access: S3Access, error: unknown): BucketState {
  if (isHivekeeperError(error, 'SecretMissing')) {
    return { reachable: false, exists: null, permitted: false, problem: error.message };
  }
  if (!(error instanceof S3Trouble)) throw error;
  const { trouble } = error;
  return { ...verdict(trouble), problem: sentence(access, trouble) };
}

function verdict({ kind }: Trouble): Omit<BucketState, 'problem'> {
  switch (kind) {
    case 'unreachable':
    case 'untrusted':
    case 'no-s3':
      return { reachable: false, exists: null, permitted: null };
    case 'bucket-missing':
      return { reachable: true, exists: false, permitted: null };
    case 'wrong-region':
      return { reachable: true, exists: null, permitted: null };
    case 'unknown-key':
    case 'wrong-secret':
    case 'bad-session':
    case 'clock':
      return { reachable: true, exists: null, permitted: false };
    case 'no-permission':
      return { reachable: true, exists: true, permitted: false };
    case 'server-failed':
    case 'refused':
      return { reachable: true, exists: null, permitted: null };
  }
}
