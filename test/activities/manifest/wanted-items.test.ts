import { describe, expect, it } from 'vitest';
import { settingsOf, sha256, wantedItems } from '../../../src/activities/steps/manifest/wanted-items.js';
import type { NodeManifest } from '../../../src/render/node-manifest.js';
import { emptyManifest } from './support/bench.js';

const manifest: NodeManifest = {
  ...emptyManifest,
  files: [
    { path: 'conf/config.xml', content: '<hivemq/>', mode: 0o640, effect: 'restart' },
    { path: 'conf/logback.xml', content: '<configuration/>', mode: 0o640, effect: 'hot' as const },
  ],
  variables: [{ name: 'HIVEKEEPER_A', value: { from: 'secret', secret: { env: 'A' } } }],
  contents: [{ path: 'license/a.lic', mode: 0o640, content: { text: 'a' }, effect: 'hot' as const }],
  extensions: [{ id: 'one', content: { stored: sha256('zip') }, enabled: true, effect: 'hot' as const }],
};
const items = (change: Partial<NodeManifest> = {}) => wantedItems({ ...manifest, ...change });

describe('what a node should have', () => {
  it('is named item by item, by what a change of it asks for', () => {
    const { restart, hot } = items();
    expect(Object.keys(restart)).toEqual(['conf/config.xml', 'variable HIVEKEEPER_A']);
    expect(Object.keys(hot)).toEqual(['conf/logback.xml', 'license/a.lic', 'extensions/one']);
  });

  it('differs in the item that differs, and in nothing else', () => {
    const extensions = [{ id: 'one', content: { stored: sha256('zip') }, enabled: false, effect: 'hot' as const }];
    const [before, after] = [items(), items({ extensions })];
    expect(after.restart).toEqual(before.restart);
    expect(settingsOf(after)).toBe(settingsOf(before));
    expect(after.hot['extensions/one']).not.toBe(before.hot['extensions/one']);
    expect({ ...after.hot, 'extensions/one': '' }).toEqual({ ...before.hot, 'extensions/one': '' });
  });

  it('is the same however the same content is named', () => {
    const stored = items({
      contents: [{ path: 'license/a.lic', mode: 0o640, content: { stored: sha256('a') }, effect: 'hot' as const }],
    });
    expect(stored).toEqual(items());
  });

  it('has settings that do not depend on the order of its items', () => {
    expect(settingsOf(items({ files: [...manifest.files].reverse() }))).toBe(settingsOf(items()));
  });
});
