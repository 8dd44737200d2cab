import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectExtension } from '../../../src/activities/steps/manifest/inspect-extension.js';
import { hivemq } from '../../../src/domain/products/hivemq/product.js';
import { buildExtension } from '../../../src/sandbox/distribution/index.js';

const folder = mkdtempSync(join(tmpdir(), 'hivekeeper-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the archive of an extension', () => {
  it('is taken when the broker would load it', async () => {
    const archive = join(folder, 'a.zip');
    await buildExtension('acme-audit', '1.0.0', archive);
    await expect(inspectExtension(hivemq, 'acme-audit', archive)).resolves.toBeUndefined();
  });

  it('is refused by the name of the extension when a page lies in its place', async () => {
    const archive = join(folder, 'ab'.repeat(32));
    writeFileSync(archive, '<html><body>Please log in</body></html>');
    await expect(inspectExtension(hivemq, 'acme-audit', archive)).rejects.toMatchObject({
      kind: 'UnsafeArchive',
      message: expect.stringMatching(
        /^The archive of the extension acme-audit is refused: .*not a zip file.*[^.]\. Nothing was unpacked\. Check where/,
      ) as unknown,
    });
  });
});
