import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import { expect, it, onTestFinished } from 'vitest';
import { makeKeyPair } from '../../../src/sandbox/hosts/index.js';
import { programPath } from '../../../src/sandbox/hosts/program-path.js';
import { mustSkip } from '../../support/requirements.js';

it('makes keys that the SSH library reads', () => {
  for (let index = 0; index < 500; index += 1) {
    const pair = makeKeyPair(`comment ${index}`);
    const key = ssh2.utils.parseKey(pair.privateKey);
    if (key instanceof Error) throw key;
    expect(key.getPublicSSH().toString('base64')).toBe(pair.publicKey.split(' ')[1]);
    const signature = key.sign(Buffer.from('text'));
    if (signature instanceof Error) throw signature;
    const publicKey = ssh2.utils.parseKey(pair.publicKey);
    if (publicKey instanceof Error) throw publicKey;
    expect(publicKey.verify(Buffer.from('text'), signature)).toBe(true);
  }
});

const missing = programPath('ssh-keygen') === undefined ? 'There is no ssh-keygen here.' : undefined;

it.skipIf(mustSkip({ missing, install: 'apt-get install openssh-client' }))(
  'makes keys that OpenSSH reads',
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hivekeeper-keys-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    for (let index = 0; index < 60; index += 1) {
      const pair = makeKeyPair('x'.repeat(index % 9));
      const file = path.join(folder, String(index));
      await writeFile(file, pair.privateKey, { mode: 0o600 });
      expect(execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' }).trim()).toBe(pair.publicKey.trim());
      expect(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' })).toContain(` ${pair.fingerprint} `);
    }
  },
);
