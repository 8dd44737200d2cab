import { describe, expect, it } from 'vitest';
import { packageContent } from '../../../src/domain/spec/index.js';

const sha256 = { '4.30.0': 'a'.repeat(64), '4.31.0': 'b'.repeat(64) };

describe('packageContent', () => {
  it('puts the version into the address and takes its SHA-256', () => {
    const source = { url: 'https://a.example/{version}/hivemq-{version}.zip', sha256, fetch: 'worker' } as const;
    expect(packageContent(source, '4.31.0')).toEqual({
      ok: true,
      sha256: 'b'.repeat(64),
      content: { url: 'https://a.example/4.31.0/hivemq-4.31.0.zip', sha256: 'b'.repeat(64), fetch: 'worker' },
    });
  });

  it('keeps the headers', () => {
    const headers = { Authorization: { env: 'TOKEN' } };
    const source = { url: 'https://a.example/{version}', sha256, fetch: 'node', headers } as const;
    expect(packageContent(source, '4.30.0')).toMatchObject({ content: { headers } });
  });

  it('reads files too', () => {
    expect(packageContent({ file: '/a/hivemq-{version}.zip', sha256 }, '4.30.0')).toEqual({
      ok: true,
      sha256: 'a'.repeat(64),
      content: { file: '/a/hivemq-4.30.0.zip' },
    });
  });

  it('takes what is known by its SHA-256 alone from the content store', () => {
    expect(packageContent({ sha256 }, '4.31.0')).toEqual({
      ok: true,
      sha256: 'b'.repeat(64),
      content: { stored: 'b'.repeat(64) },
    });
    expect(packageContent({ sha256 }, '4.32.0').ok).toBe(false);
  });

  it.each(['4.32.0', 'latest', '', 'constructor', '__proto__', '../../etc'])(
    'has none for %j, and says what to add',
    (wanted) => {
      const found = packageContent({ file: '/a/{version}', sha256 }, wanted);
      expect(found.ok).toBe(false);
      if (!found.ok)
        expect(found.reason).toMatch(
          /add it under broker\.package\.sha256 \(known: 4\.30\.0, 4\.31\.0\)|is no version/,
        );
    },
  );
});
