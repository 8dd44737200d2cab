import { describe, expect, it } from 'vitest';
import { javaPackageName, parseClusterSpec } from '../../../src/domain/spec/index.js';
import { exampleSpec } from './example.js';

const sha256 = 'ab'.repeat(32);
const withJava = (java: unknown) => parseClusterSpec({ ...exampleSpec(), broker: { ...exampleSpec().broker, java } });

describe('broker.java', () => {
  it('is the system’s own unless the spec says otherwise', () => {
    const { java: _, ...broker } = exampleSpec().broker;
    const result = parseClusterSpec({ ...exampleSpec(), broker });
    expect(result.ok && result.spec.broker.java).toBe('system');
    expect(javaPackageName('system')).toBeNull();
  });

  it('is an archive held to its SHA-256, and its folder is named after that', () => {
    const url = 'https://example.org/jre.tar.gz';
    const result = withJava({ url, sha256 });
    expect(result.ok && result.spec.broker.java).toEqual({ url, sha256, fetch: 'node' });
    expect(javaPackageName({ url, sha256, fetch: 'node' })).toBe('java-abababababab');
    expect(javaPackageName({ stored: sha256 })).toBe('java-abababababab');
  });

  it('is a file only until the command line has brought it', () => {
    expect(withJava({ file: 'jre.tar.gz' }).ok).toBe(true);
    expect(() => javaPackageName({ file: 'jre.tar.gz' })).toThrow(/hivekeeper deploy brings it there/);
  });

  it.each([['17'], [{ text: 'x' }], [{ base64: 'eA==' }], [{ url: 'https://example.org/jre.tar.gz' }], [true]])(
    'refuses %j',
    (java) => {
      const result = withJava(java);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.issues[0]?.path.slice(0, 2)).toEqual(['broker', 'java']);
    },
  );
});
