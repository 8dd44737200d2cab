import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExtensionHost } from '../../../src/sandbox/broker/discovery/contract.js';
import { createDiscovery as createDns } from '../../../src/sandbox/broker/discovery/dns/main.js';
import { parseProperties } from '../../../src/sandbox/broker/discovery/properties-file.js';
import { problemOf, readS3Config } from '../../../src/sandbox/broker/discovery/s3/config.js';
import { createDiscovery as createS3 } from '../../../src/sandbox/broker/discovery/s3/main.js';
import { isExpired, readNodeFile, writeNodeFile } from '../../../src/sandbox/broker/discovery/s3/node-file.js';

describe('a properties file', () => {
  it('is read as Java reads it', () => {
    const text =
      '# comment\n! comment\n  a = 1 \nb:2\nc 3\nd\ne\\ f=g\\=h\ni=one \\\n   two\nj=\\u0041\\t.\nk==\na=last\r\nl=C:\\\\x\n';
    expect(Object.fromEntries(parseProperties(text))).toEqual({
      a: 'last',
      b: '2',
      c: '3',
      d: '',
      'e f': 'g=h',
      i: 'one two',
      j: 'A\t.',
      k: '=',
      l: 'C:\\x',
    });
  });
});

describe('the object of a node', () => {
  const file = { createdAt: 1_700_000_000_000, clusterId: 'abcde', address: { host: '127.0.0.1', port: 7800 } };

  it('is base64 of five parts', () => {
    const content = writeNodeFile(file);
    expect(Buffer.from(content, 'base64').toString()).toBe('4||||1700000000000||||abcde||||127.0.0.1||||7800');
    expect(readNodeFile(content)).toEqual(file);
    for (const text of ['4||||1||||a||||b', '5||||1||||a||||b||||1', '4||||x||||a||||b||||1', ''])
      expect(readNodeFile(Buffer.from(text).toString('base64'))).toBeUndefined();
  });

  it('expires in seconds, or never', () => {
    expect(isExpired(file, 10, file.createdAt + 10_000)).toBe(false);
    expect(isExpired(file, 10, file.createdAt + 10_001)).toBe(true);
    expect(isExpired(file, 0, file.createdAt + 10_000_000)).toBe(false);
  });
});

describe('the configuration of S3 discovery', () => {
  const good = {
    'credentials-type': 'default',
    's3-bucket-region': 'eu-central-1',
    's3-bucket-name': 'b',
    'file-expiration': '360',
    'update-interval': '180',
  };
  const problem = (change: Record<string, string>): string | undefined =>
    problemOf(new Map(Object.entries({ ...good, ...change })));

  it.each([
    [{}, undefined],
    [{ 'file-expiration': '0', 'update-interval': '0' }, undefined],
    [{ 'credentials-type': '' }, 'Authentication type is empty!'],
    [{ 'credentials-type': 'access_key' }, 'Access key id is empty!'],
    [{ 's3-bucket-region': '' }, 'Bucket region is empty!'],
    [{ 'file-expiration': '' }, 'File expiration interval is not set!'],
    [{ 'file-expiration': '-1' }, 'File expiration interval is negative!'],
    [{ 'update-interval': '-1' }, 'File update interval is negative!'],
    [{ 'update-interval': '0' }, 'File update interval is deactivated but expiration is set!'],
    [{ 'file-expiration': '0' }, 'File expiration is deactivated but update interval is set!'],
    [{ 'update-interval': '361' }, 'File update interval is larger than expiration interval!'],
  ])('with %j has the problem %s', (change, expected) => expect(problem(change)).toBe(expected));

  it('has the endpoint of Amazon unless another is named, which gets a scheme', () => {
    const endpoint = (text: string): string | undefined =>
      readS3Config(new Map(Object.entries({ ...good, 's3-endpoint': text }))).endpoint;
    expect(['s3.amazonaws.com', '', 'minio:9000', 'http://minio:9000'].map(endpoint)).toEqual([
      undefined,
      undefined,
      'https://minio:9000',
      'http://minio:9000',
    ]);
  });
});

describe('the code of the discovery extensions', () => {
  let home: string;
  let said: string[];
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'hivekeeper-extension-'));
    mkdirSync(path.join(home, 'conf'));
    said = [];
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const host = (): ExtensionHost => {
    const say = (message: string): void => {
      said.push(message);
    };
    return { home, env: {}, properties: new Map(), log: { debug: () => undefined, warn: say, error: say } };
  };
  const input = { ownClusterId: 'abcde', ownAddress: { host: '127.0.0.1', port: 7800 } };
  const nothing = { nodes: undefined };

  it('of S3 says what is missing at the start and again at each look, and forgets nobody', async () => {
    const callback = createS3(host());
    expect(await callback.init(input)).toMatchObject(nothing);
    expect(await callback.reload(input)).toMatchObject(nothing);
    const file = path.join(home, 'conf', 'config.properties');
    const name = 'HiveMQ S3 Cluster Discovery Extension';
    const missing = `${name}: Could not find '${file}'. Please verify that the properties file is located correctly.`;
    expect(said).toEqual([
      missing,
      `${name}: Configuration couldn't be loaded. Skipping initial discovery.`,
      missing,
      `${name}: Configuration couldn't be reloaded. Skipping reload callback.`,
    ]);
    await callback.destroy(input);
  });

  it('warns of the old place of the configuration once', async () => {
    writeFileSync(path.join(home, 's3discovery.properties'), 's3-bucket-name=\n');
    const callback = createS3(host());
    await callback.init(input);
    await callback.reload(input);
    expect(said.filter((line) => line.includes('legacy location'))).toHaveLength(1);
    expect(said.filter((line) => line.endsWith('Bucket name is empty!'))).toHaveLength(2);
  });

  it('of DNS asks again as its configuration says', async () => {
    writeFileSync(path.join(home, 'conf', 'config.properties'), 'reloadInterval=7\n');
    const callback = createDns(host());
    expect(await callback.init(input)).toEqual({ nodes: undefined, reloadInterval: 7 });
    expect(said.at(-1)).toBe('HiveMQ DNS Cluster Discovery Extension: Discovery address not set, skipping DNS query.');
  });
});
