import { describe, expect, it } from 'vitest';
import { contentSchema, secretSchema } from '../../../src/domain/spec/index.js';

const sha256 = 'c'.repeat(64);

describe('content', () => {
  it.each([
    [{ file: './a.lic' }, { file: './a.lic' }],
    [
      { url: 'https://a.example/x?y=1', sha256 },
      { url: 'https://a.example/x?y=1', sha256, fetch: 'node' },
    ],
    [
      { url: 'http://[::1]:8080/x', sha256, fetch: 'worker' },
      { url: 'http://[::1]:8080/x', sha256, fetch: 'worker' },
    ],
    [{ text: 'a\nb' }, { text: 'a\nb' }],
    [{ base64: 'YWI=' }, { base64: 'YWI=' }],
    [
      { stored: sha256, name: 'a.zip', bytes: 3 },
      { stored: sha256, name: 'a.zip', bytes: 3 },
    ],
  ])('reads %j', (value, expected) => {
    expect(contentSchema.parse(value)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['no checksum', { url: 'https://a.example/x' }],
    ['two kinds', { file: 'a', text: 'b' }],
    ['not the web', { url: 'file:///etc/passwd', sha256 }],
    ['a password in the address', { url: 'https://u:p@a.example/', sha256 }],
    ['a blank in the address', { url: 'https://a.example/a b', sha256 }],
    ['a checksum in capitals', { url: 'https://a.example/', sha256: 'C'.repeat(64) }],
    ['too much text', { text: 'x'.repeat(64 * 1024 + 1) }],
    ['broken base64', { base64: 'YWI' }],
    ['a credential in the open', { url: 'https://a.example/', sha256, headers: { 'X-Api-Key': 'k' } }],
    ['a header of two lines', { url: 'https://a.example/', sha256, headers: { 'A\r\nB': 'k' } }],
    ['nothing', {}],
  ])('refuses %s', (_, value) => {
    expect(contentSchema.safeParse(value).success).toBe(false);
  });
});

describe('secret', () => {
  it('is a reference', () => {
    expect(secretSchema.parse({ env: 'A_B' })).toEqual({ env: 'A_B' });
    expect(secretSchema.parse({ file: '/run/secrets/a' })).toEqual({ file: '/run/secrets/a' });
  });

  it.each<unknown>(['hunter2', { env: 'A B' }, { env: 'A', file: 'b' }, { value: 'x' }, {}])('is never %j', (value) => {
    expect(secretSchema.safeParse(value).success).toBe(false);
  });
});
