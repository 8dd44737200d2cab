import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { proveMaterials } from '../../../src/activities/prepare/prove-materials.js';
import type { ClusterSpec } from '../../../src/domain/spec/index.js';
import { planStep } from '../../../src/domain/steps/index.js';
import { product } from '../../domain/support/specs.js';
import { useNodeBench } from '../manifest/support/node-bench.js';

const bench = useNodeBench();
const root = planStep('applySettings', { host: 'n1', members: ['n1'] });
const prove = (spec: ClusterSpec): Promise<void> =>
  proveMaterials(bench().context(spec).session, root, { stored: true, signal: new AbortController().signal });
const own = (): string[] => readdirSync(bench().home).sort();

async function zipOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), path);
  zip.end();
  return buffer(zip.outputStream);
}
const xml = (id: string): string =>
  `<hivemq-extension><id>${id}</id><name>One</name><version>1</version></hivemq-extension>`;
const path = 'one/hivemq-extension.xml';

describe('an archive of an extension is refused before any node is touched', () => {
  const withZip = async (zip: Buffer): Promise<ClusterSpec> => {
    const { sha256: stored } = await bench().store.put(zip);
    return product.additions.withExtension(bench().plain, { id: 'one', content: { stored } });
  };

  it.each([
    ['that has no description', { 'one/a.jar': '' }, 'it has no one/hivemq-extension.xml'],
    ['whose folder has another id', { 'other/hivemq-extension.xml': xml('other') }, 'its top folder is other'],
    ['that has no folder', { 'hivemq-extension.xml': xml('one') }, 'it has no single top folder'],
    ['whose description has another id', { [path]: xml('other') }, 'has the id other, and must have one'],
    ['without an id', { [path]: xml('') }, 'has no <id>'],
    ['without a name', { [path]: xml('one').replace('One', '') }, 'has no <name>'],
    [
      'without a version',
      { [path]: xml('one').replace(/<version>.*<.version>/, '<!-- <version>1</version> -->') },
      'has no <version>',
    ],
    ['with something else as description', { [path]: '<html/>' }, 'does not describe an extension'],
  ])('%s', async (_, files, said) => {
    const before = own();
    await expect(prove(await withZip(await zipOf(files)))).rejects.toMatchObject({
      kind: 'UnsafeArchive',
      message: expect.stringContaining(said) as string,
    });
    expect(own()).toEqual(before);
  });

  it('that leads out of its folder, or is no zip', async () => {
    const zip = await zipOf({ [path]: xml('one'), 'one/xx/xx/a': '' });
    const out = Buffer.from(zip.toString('latin1').replaceAll('one/xx/xx/a', 'one/../../a'), 'latin1');
    await expect(prove(await withZip(out))).rejects.toMatchObject({ kind: 'UnsafeArchive' });
    await expect(prove(await withZip(Buffer.from('no zip')))).rejects.toMatchObject({ kind: 'UnsafeArchive' });
  });

  it('and one that the broker would load is not', async () => {
    await prove(await withZip(await zipOf({ [path]: xml('one'), 'one/a.jar': '' })));
  });
});

describe('an extension without an archive', () => {
  it('must lie on the node or in its package, where that is there', async () => {
    const spec = product.additions.withExtensionEnabled(bench().plain, 'one', true);
    // A host without a package tells nothing.
    await prove(spec);
    mkdirSync(join(bench().home, 'packages/hivemq-4.30.0/extensions/other'), { recursive: true });
    await expect(prove(spec)).rejects.toMatchObject({
      kind: 'CheckFailed',
      message: expect.stringMatching(/^n1: the extension one does not come with the broker's package\./) as string,
    });
    mkdirSync(join(bench().home, 'packages/hivemq-4.30.0/extensions/one'));
    await prove(spec);
  });
});

describe.each(['node', 'worker'] as const)('a download by the %s is proven before any node is touched', (fetch) => {
  let server: Server;
  let asked: string[] = [];
  let good: Buffer;
  beforeAll(async () => {
    good = await zipOf({ [path]: xml('one') });
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/good.zip') response.end(good);
      else if (request.url === '/page.zip') {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end('<!doctype html><title>Log in</title>');
      } else {
        response.statusCode = 404;
        response.end('gone');
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  const spec = (name: string, sha256 = createHash('sha256').update(good).digest('hex')): ClusterSpec => {
    const { port } = server.address() as AddressInfo;
    const content = { url: `http://127.0.0.1:${port}/${name}`, sha256, fetch };
    return product.additions.withExtension(bench().plain, { id: 'one', content });
  };

  it('that is there', async () => {
    asked = [];
    await prove(spec('good.zip'));
    // The worker looked into it and keeps it for the nodes.
    await prove(spec('good.zip'));
    expect(asked).toEqual(['/good.zip']);
  });

  it('that is not', async () => {
    const before = own();
    await expect(prove(spec('none.zip'))).rejects.toMatchObject({
      kind: 'ContentMissing',
      message: expect.stringContaining('404') as string,
    });
    expect(own()).toEqual(before);
  });

  it('that is a web page', async () => {
    await expect(prove(spec('page.zip'))).rejects.toMatchObject({
      kind: 'ChecksumMismatch',
      message: expect.stringContaining('the address answered with a web page (text/html), not a zip') as string,
    });
  });

  it('that has another checksum', async () => {
    await expect(prove(spec('good.zip', 'ab'.repeat(32)))).rejects.toMatchObject({
      kind: 'ChecksumMismatch',
      message: expect.stringContaining(`expected ${'ab'.repeat(32)}`) as string,
    });
  });
});
