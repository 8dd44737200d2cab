import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  type ListObjectsV2CommandOutput,
  type S3Client,
  type _Object as ListedObject,
} from '@aws-sdk/client-s3';
import type { S3Access } from './access.js';
import { type Announcement, ANNOUNCEMENT_LIMIT, type ForeignObject, readAnnouncement } from './announcement.js';
import type { BucketListing } from './port.js';
import { NoListing } from './trouble.js';

/** Requests at once: over SSH each takes a channel of the host's connection, and others need some too. */
const AT_ONCE = 4;

export interface ReadOptions {
  readonly abortSignal: AbortSignal;
  /** Objects listed with one request. Default: the server's own, 1000 */
  readonly pageSize?: number | undefined;
}

/** Lists all objects below the prefix, page by page, and reads each. One that goes away in between is left out. */
export async function readAnnouncements(
  client: S3Client,
  access: S3Access,
  options: ReadOptions,
): Promise<BucketListing> {
  const objects = await list(client, access, options);
  const read: (Announcement | ForeignObject | undefined)[] = [];
  for (let start = 0; start < objects.length; start += AT_ONCE) {
    const some = objects.slice(start, start + AT_ONCE);
    read.push(...(await Promise.all(some.map((object) => readOne(client, access, object, options)))));
  }
  const known = read.filter((object) => object !== undefined);
  return {
    announcements: known.filter((object) => 'clusterId' in object),
    foreign: known.filter((object) => 'reason' in object),
  };
}

async function list(client: S3Client, access: S3Access, options: ReadOptions): Promise<ListedObject[]> {
  const { abortSignal, pageSize: MaxKeys } = options;
  const objects: ListedObject[] = [];
  let ContinuationToken: string | undefined;
  do {
    const request = { Bucket: access.bucket, Prefix: access.prefix, MaxKeys, ContinuationToken };
    const page = await listPage(client, request, abortSignal);
    objects.push(...(page.Contents ?? []));
    ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
  return objects;
}

/** One page of objects. @throws NoListing when the answer is none of S3 */
export async function listPage(
  client: S3Client,
  request: ListObjectsV2CommandInput,
  abortSignal: AbortSignal,
): Promise<ListObjectsV2CommandOutput> {
  const page = await client.send(new ListObjectsV2Command(request), { abortSignal });
  // Every S3 server repeats the bucket's name; other well-formed documents parse as an empty page.
  if (page.Name === undefined) throw new NoListing();
  return page;
}

async function readOne(
  client: S3Client,
  { bucket }: S3Access,
  { Key: key = '', Size: size = 0 }: ListedObject,
  { abortSignal }: ReadOptions,
): Promise<Announcement | ForeignObject | undefined> {
  if (size > ANNOUNCEMENT_LIMIT) return { key, reason: `it is ${size} bytes long` };
  return readObject(client, bucket, key, abortSignal);
}

/** @returns undefined when there is no such object */
export async function readObject(
  client: S3Client,
  bucket: string,
  key: string,
  abortSignal: AbortSignal,
): Promise<Announcement | ForeignObject | undefined> {
  try {
    const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    return readAnnouncement(key, (await got.Body?.transformToString()) ?? '');
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}
