import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isHivekeeperError } from '../../../src/domain/errors/index.js';
import { discoveryBuckets, type S3Access } from '../../../src/adapters/s3/index.js';
import { mustSkip } from '../../support/requirements.js';
import {
  accessTo,
  announcementText,
  BUCKET,
  keys,
  PREFIX,
  putObject,
  serverWithBucket,
  versitygw,
} from './support/s3-fixture.js';

describe.skipIf(mustSkip(versitygw))('the bucket of S3 discovery', () => {
  it('is found usable, and nothing is left of the trial', async () => {
    const server = await serverWithBucket({ region: 'eu-central-1' });
    const fine = { reachable: true, exists: true, permitted: true, problem: null };
    expect(await discoveryBuckets.bucketState(accessTo(server))).toEqual(fine);
    expect(await discoveryBuckets.bucketState(accessTo(server), { write: true })).toEqual(fine);
    expect(await discoveryBuckets.announced(accessTo(server))).toEqual({ announcements: [], foreign: [] });
    // Whatever else the server keeps there has a hidden name.
    expect((await readdir(path.join(server.folder, BUCKET))).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  it('lists what the nodes announced, page by page, and names what is foreign', async () => {
    const server = await serverWithBucket();
    const now = Date.now();
    for (const n of [1, 2, 3, 4, 5]) {
      await putObject(server, `id${n}`, announcementText(`id${n}`, `10.0.0.${n}`, 7800, now + n));
    }
    await putObject(server, 'notes.txt', 'who wrote this?');
    await putObject(server, 'large', 'A'.repeat(5000));
    const listing = await discoveryBuckets.announced(accessTo(server), { pageSize: 2 });
    expect(listing.announcements).toEqual(
      [1, 2, 3, 4, 5].map((n) => ({
        ...{ key: `${PREFIX}id${n}`, clusterId: `id${n}`, host: `10.0.0.${n}`, port: 7800, createdAt: now + n },
      })),
    );
    expect(listing.foreign).toEqual([
      { key: `${PREFIX}large`, reason: 'it is 5000 bytes long' },
      { key: `${PREFIX}notes.txt`, reason: 'it is no Base64 text' },
    ]);
  });

  it('looks at nothing beside the prefix', async () => {
    const server = await serverWithBucket();
    await putObject(server, '../elsewhere/id1', announcementText('id1', '10.0.0.1', 7800, 1));
    expect(await discoveryBuckets.announced(accessTo(server))).toEqual({ announcements: [], foreign: [] });
  });

  it('loses the announcement of a dead node, once', async () => {
    const server = await serverWithBucket();
    const key = await putObject(server, 'dead', announcementText('dead', '10.0.0.1', 7800, 1));
    await putObject(server, 'alive', announcementText('alive', '10.0.0.2', 7800, 1));
    expect(await discoveryBuckets.removeAnnouncement(accessTo(server), key)).toBe('removed');
    expect(await discoveryBuckets.removeAnnouncement(accessTo(server), key)).toBe('absent');
    expect(
      (await discoveryBuckets.announced(accessTo(server))).announcements.map(({ clusterId }) => clusterId),
    ).toEqual(['alive']);
  });

  it('loses nothing but announcements below its prefix', async () => {
    const server = await serverWithBucket();
    const notes = await putObject(server, 'notes.txt', 'mine');
    const other = await putObject(server, '../other/id1', announcementText('id1', '10.0.0.1', 7800, 1));
    for (const key of [notes, other.replace('nodes/../', '')]) {
      await expect(discoveryBuckets.removeAnnouncement(accessTo(server), key)).rejects.toMatchObject({
        kind: 'InvalidInput',
        message: expect.stringMatching(/is no announcement of a node: .* It was left alone/) as string,
      });
    }
    expect(await readFile(path.join(server.folder, BUCKET, notes), 'utf8')).toBe('mine');
  });

  describe('that cannot be used', () => {
    /** The state, and that the other calls fail with the same sentence; and that no secret is in any of it. */
    async function problemOf(access: S3Access): Promise<string> {
      const { problem } = await discoveryBuckets.bucketState(access);
      for (const call of [
        () => discoveryBuckets.announced(access),
        () => discoveryBuckets.removeAnnouncement(access, `${PREFIX}id`),
      ]) {
        const error: unknown = await call().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(isHivekeeperError(error) && [error.message, error.cause]).toEqual([problem, undefined]);
        expect(JSON.stringify(error)).not.toContain(keys.secretAccessKey);
      }
      expect(problem).not.toContain(keys.secretAccessKey);
      return problem ?? '';
    }

    it('is missing', async () => {
      const access = { ...accessTo(await serverWithBucket()), bucket: 'hivemq-typo' };
      expect(await discoveryBuckets.bucketState(access)).toMatchObject({
        reachable: true,
        exists: false,
        permitted: null,
      });
      expect(await problemOf(access)).toMatch(
        /Bucket hivemq-typo does not exist .* Create it in region us-east-1, or correct cluster\.discovery\.bucketName/,
      );
    });

    it('is in another region', async () => {
      const access = { ...accessTo(await serverWithBucket({ region: 'eu-central-1' })), region: 'us-east-1' };
      expect(await discoveryBuckets.bucketState(access)).toMatchObject({
        reachable: true,
        exists: null,
        permitted: null,
      });
      expect(await problemOf(access)).toMatch(
        /is not in region us-east-1 but in eu-central-1.* Set cluster\.discovery\.endpointRegion to eu-central-1/,
      );
      expect(await discoveryBuckets.bucketState({ ...access, endpointRegion: 'eu-central-1' })).toMatchObject({
        problem: null,
      });
    });

    it('is asked with a key id that nobody knows', async () => {
      const access = accessTo(await serverWithBucket());
      const wrong = { ...access, credentials: { ...keys, accessKeyId: 'NOBODY' } };
      expect(await discoveryBuckets.bucketState(wrong)).toMatchObject({ reachable: true, permitted: false });
      expect(await problemOf(wrong)).toMatch(
        /does not know the access key id that cluster\.discovery\.credentials names/,
      );
    });

    it('is asked with the wrong secret', async () => {
      const access = accessTo(await serverWithBucket());
      const wrong = { ...access, credentials: { ...keys, secretAccessKey: 'another' } };
      expect(await discoveryBuckets.bucketState(wrong)).toMatchObject({ reachable: true, permitted: false });
      expect(await problemOf(wrong)).toMatch(/does not belong to its access key id/);
    });

    it('is asked with a session that is none', async () => {
      const access = accessTo(await serverWithBucket());
      const wrong = { ...access, credentials: { ...keys, sessionToken: 'of-yesterday' } };
      expect(await discoveryBuckets.bucketState(wrong)).toMatchObject({ reachable: true, permitted: false });
      expect(await problemOf(wrong)).toMatch(/temporary session .* has expired or is not valid/);
    });

    it('belongs to somebody else', async () => {
      const server = await serverWithBucket();
      const stranger = { accessKeyId: 'stranger', secretAccessKey: 'stranger-secret' };
      await server.addStranger(stranger.accessKeyId, stranger.secretAccessKey);
      const access = { ...accessTo(server), credentials: stranger };
      expect(await discoveryBuckets.bucketState(access)).toMatchObject({
        reachable: true,
        exists: true,
        permitted: false,
      });
      expect(await problemOf(access)).toMatch(
        /do not have the rights that a node needs in bucket hivemq .* Allow them s3:ListBucket .* on hivemq\/cluster\/nodes\/\*/,
      );
    });

    it('may be read but not written', async () => {
      const server = await serverWithBucket();
      const reader = { accessKeyId: 'reader', secretAccessKey: 'reader-secret' };
      await server.addStranger(reader.accessKeyId, reader.secretAccessKey);
      const Statement = [
        {
          ...{ Effect: 'Allow', Principal: { AWS: [reader.accessKeyId] }, Action: ['s3:ListBucket', 's3:GetObject'] },
          Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`],
        },
      ];
      const { endpoint, region } = server;
      const owner = new S3Client({ endpoint, region, credentials: keys });
      onTestFinished(() => owner.destroy());
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
      await owner.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
      const access = { ...accessTo(server), credentials: reader };
      expect(await discoveryBuckets.bucketState(access)).toMatchObject({ permitted: true, problem: null });
      const state = await discoveryBuckets.bucketState(access, { write: true });
      expect(state).toMatchObject({ reachable: true, exists: true, permitted: false });
      expect(state.problem).toMatch(/do not have the rights that a node needs .*s3:PutObject/);
    });

    it('has an endpoint where nobody listens', async () => {
      const access = { ...accessTo(await serverWithBucket()), endpoint: 'http://127.0.0.1:9' };
      expect(await discoveryBuckets.bucketState(access)).toMatchObject({
        reachable: false,
        exists: null,
        permitted: null,
      });
      expect(await problemOf(access)).toMatch(
        /http:\/\/127\.0\.0\.1:9 cannot be reached from the worker \(ECONNREFUSED\)/,
      );
    });

    it('has an endpoint whose names begin with buckets only on paper', async () => {
      const access = { ...accessTo(await serverWithBucket()), endpoint: 'http://s3.hivekeeper.invalid:9' };
      expect(await problemOf(access)).toMatch(/cannot be reached .*pathStyleAccess: true/);
    });

    it('has an endpoint with the wrong scheme', async () => {
      const server = await serverWithBucket();
      const access = { ...accessTo(server), endpoint: server.endpoint.replace('http:', 'https:') };
      expect(await problemOf(access)).toMatch(/cannot be reached from the worker .*begin .* with http:\/\//);
    });

    it.each([
      [200, '<html><body>Welcome</body></html>'],
      [200, '<html><br>Welcome'],
      [200, ''],
      [404, '<h1>no'],
    ])('has an endpoint that is some web server (%i %s)', async (status, page) => {
      const web = createServer((_request, response) =>
        response.writeHead(status, { 'content-type': 'text/html' }).end(page),
      );
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void web.close());
      const { port } = web.address() as AddressInfo;
      const access = { ...accessTo(await serverWithBucket()), endpoint: `http://127.0.0.1:${port}` };
      expect((await discoveryBuckets.bucketState(access)).problem).toMatch(/does not speak S3/);
      await expect(discoveryBuckets.announced(access)).rejects.toThrow(/does not speak S3/);
    });

    it('gives up when the caller does', async () => {
      const mute = createTcpServer();
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      onTestFinished(() => void mute.close());
      const { port } = mute.address() as AddressInfo;
      const access = { ...accessTo(await serverWithBucket()), endpoint: `http://127.0.0.1:${port}` };
      const stop = new AbortController();
      const asked = discoveryBuckets.announced(access, { signal: stop.signal });
      mute.once('connection', () => stop.abort(new Error('enough')));
      await expect(asked).rejects.toThrow('enough');
    });
  });
});
