import { describe, expect, it } from 'vitest';
import { asHivemqSpec } from '../../../src/domain/products/hivemq/spec/index.js';
import { formatPath, inlineContents, parseClusterSpec, withStoredContents } from '../../../src/domain/spec/index.js';
import { exampleSpec } from './example.js';

const stored = { stored: 'ab'.repeat(32), name: 'a', bytes: 1 };
const read = parseClusterSpec({
  ...exampleSpec(),
  licenses: [{ name: 'prod.lic', content: { base64: 'YQ==' } }],
  extensions: [{ id: 'a', content: stored, files: { 'conf/a.xml': { text: '<a/>' }, 'conf/b': stored } }],
});
if (!read.ok) throw new Error(JSON.stringify(read.issues));
const { spec } = read;

describe('contents that stand in a spec itself', () => {
  it('are found where they are contents, and nothing else is', () => {
    expect(inlineContents(spec).map(({ path, content }) => [formatPath(path), content])).toEqual([
      ['licenses[0].content', { base64: 'YQ==' }],
      [formatPath(['extensions', 0, 'files', 'conf/a.xml']), { text: '<a/>' }],
    ]);
  });

  it('are named as they are stored, and everything else stays', () => {
    const named = { stored: 'cd'.repeat(32), bytes: 4 };
    const changed = withStoredContents(
      spec,
      new Map(inlineContents(spec).map(({ path }) => [formatPath(path), named])),
    );
    expect(inlineContents(changed)).toEqual([]);
    const { licenses, extensions } = asHivemqSpec(changed);
    expect(licenses).toEqual([{ name: 'prod.lic', content: named }]);
    expect(extensions[0]?.files).toEqual({ 'conf/a.xml': named, 'conf/b': stored });
    expect({ ...changed, licenses: [], extensions: [] }).toEqual({ ...spec, licenses: [], extensions: [] });
  });

  it('stay where they were not stored', () => {
    expect(withStoredContents(spec, new Map())).toEqual(spec);
  });
});
