import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withInlineStored } from '../../../src/activities/prepare/store-inline.js';
import { DirectoryContentStore } from '../../../src/adapters/content/index.js';
import { asHivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import { parseClusterSpec } from '../../../src/domain/spec/index.js';
import { exampleSpec } from '../../domain/spec/example.js';

const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-inline-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = new DirectoryContentStore(join(folder, 'content'));
const nothing = (): Promise<never> => Promise.reject(new Error('no secret is needed'));
const secrets = { resolve: nothing, resolveBytes: nothing };
const { signal } = new AbortController();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function specWith(more: object) {
  const read = parseClusterSpec({ ...exampleSpec(), ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  return read.spec;
}

describe('contents that come in a spec', () => {
  it('are in the store, and the spec has their hash, name and size', async () => {
    const spec = specWith({
      licenses: [{ name: 'prod.lic', content: { base64: Buffer.from('license').toString('base64') } }],
      extensions: [{ id: 'a', files: { 'conf/config.properties': { text: 'greeting=hello' } } }],
    });
    const { licenses, extensions } = asHivemqSpec(await withInlineStored({ store, secrets }, spec, signal));
    expect(licenses[0]?.content).toEqual({ stored: sha256('license'), bytes: 7 });
    expect(extensions[0]?.files).toEqual({
      'conf/config.properties': { stored: sha256('greeting=hello'), name: 'config.properties', bytes: 14 },
    });
    expect((await store.read(sha256('license'))).toString()).toBe('license');
    expect((await store.read(sha256('greeting=hello'))).toString()).toBe('greeting=hello');
  });

  it('leave a spec without any as it is', async () => {
    const spec = specWith({ extensions: [{ id: 'a', content: { stored: 'ab'.repeat(32) } }] });
    expect(await withInlineStored({ store, secrets }, spec, signal)).toBe(spec);
  });
});
