import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { RemoteHost } from '../../../src/adapters/ports/index.js';
import { SshHostPool } from '../../../src/adapters/ssh/index.js';
import { startOpenSsh, type OpenSsh } from './openssh.js';

export interface SshFixture {
  readonly sshd: OpenSsh;
  readonly host: RemoteHost;
  /** A folder of the host, which is this machine. */
  readonly folder: string;
}

/** One sshd, one connection and one folder for the tests of a file. Read its fields within tests only. */
export function useSshHost(): SshFixture {
  let sshd: OpenSsh | undefined;
  let host: RemoteHost | undefined;
  let folder: string | undefined;
  const pool = new SshHostPool();
  beforeAll(async () => {
    sshd = await startOpenSsh();
    host = await pool.connect(sshd.target);
    folder = mkdtempSync(join(tmpdir(), 'hivekeeper-host-'));
  });
  afterAll(async () => {
    await pool.close();
    await sshd?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  return {
    get sshd() {
      return sshd!;
    },
    get host() {
      return host!;
    },
    get folder() {
      return folder!;
    },
  };
}
