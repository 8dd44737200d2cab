import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WorkerSecrets, mask } from '../../../src/adapters/secrets/index.js';

describe('WorkerSecrets', () => {
  let folder: string;
  const environment = { ALLOWED: 's3cret\n', OTHER: 'hidden-value', EMPTY: '' };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-secrets-'));
    mkdirSync(join(folder, 'open'));
    writeFileSync(join(folder, 'open/key'), Buffer.from([0, 255, 10]));
    writeFileSync(join(folder, 'closed'), 'hidden-value');
    symlinkSync(join(folder, 'closed'), join(folder, 'open/way-out'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const some = (): WorkerSecrets =>
    new WorkerSecrets({ env: ['ALLOWED', 'EMPTY', 'UNSET'], files: [join(folder, 'open')] }, environment);

  it('resolves what is allowed', async () => {
    expect(await some().resolve({ env: 'ALLOWED' })).toBe('s3cret');
    expect(await some().resolveBytes({ file: join(folder, 'open/key') })).toEqual(Buffer.from([0, 255, 10]));
    expect(await new WorkerSecrets('all', environment).resolve({ file: join(folder, 'closed') })).toBe('hidden-value');
  });

  it('refuses all else, names the reference and never the value', async () => {
    const references = [
      { env: 'OTHER' },
      { env: 'UNSET' },
      { env: 'EMPTY' },
      { file: join(folder, 'closed') },
      { file: join(folder, 'open/../closed') },
      { file: join(folder, 'open/way-out') },
      { file: join(folder, 'open/none') },
      { file: join(folder, 'opener') },
    ];
    for (const reference of references) {
      const failure: unknown = await some()
        .resolve(reference)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'SecretMissing' });
      expect(String(failure)).toContain(Object.values(reference)[0]);
      expect(String(failure)).not.toContain('hidden-value');
    }
  });
});

describe('mask', () => {
  it('hides every value, also one within another', () => {
    expect(mask('a=abc b=ab c=', ['ab', 'abc', ''])).toBe('a=*** b=*** c=');
  });
});
