import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  FencedHost,
  assertFence,
  fencedScript,
  readIdentity,
  writeIdentity,
  type Fence,
} from '../../../src/adapters/fence/index.js';
import { opensshMissing } from '../support/openssh.js';
import { useSshHost } from '../support/ssh-fixture.js';

describe.skipIf(opensshMissing !== null)('the fence on a host', () => {
  const ssh = useSshHost();
  let count = 0;
  const fence = (change: Partial<Fence> = {}): Fence => ({
    home: join(ssh.folder, `home ${String(count)}`),
    cluster: 'prod',
    node: 'n1',
    token: 5,
    user: ssh.sshd.target.user,
    ...change,
  });
  const fresh = (): Fence => {
    count += 1;
    return fence();
  };

  it('takes a new home, keeps its token and runs the program with its parameters', async () => {
    const own = fresh();
    const result = await fencedScript(ssh.host, own, 'printf "%s|" "$@"', ['a b', "it's"]);
    expect(result.stdout).toBe("a b|it's|");
    expect(readFileSync(join(own.home, '.hivekeeper/fence'), 'utf8')).toBe('prod 5\n');
    await assertFence(ssh.host, { ...own, token: 7 });
    expect(readFileSync(join(own.home, '.hivekeeper/fence'), 'utf8')).toBe('prod 7\n');
  });

  it('refuses an older operation and another cluster, and changes nothing', async () => {
    const own = fresh();
    await assertFence(ssh.host, own);
    const touched = join(own.home, 'touched');
    const late = await fencedScript(ssh.host, { ...own, token: 4 }, 'touch "$1"', [touched]).catch((e: unknown) => e);
    expect(late).toMatchObject({ kind: 'FencedOut', details: { expectedToken: 4, token: 5, cluster: 'prod' } });
    const other = await fencedScript(ssh.host, { ...own, cluster: 'stage', token: 9 }, 'touch "$1"', [touched]).catch(
      (e: unknown) => e,
    );
    expect(other).toMatchObject({ kind: 'FencedOut', details: { expectedCluster: 'stage', cluster: 'prod' } });
    expect(await ssh.host.readFile(touched)).toBeNull();
    expect(readFileSync(join(own.home, '.hivekeeper/fence'), 'utf8')).toBe('prod 5\n');
  });

  it('passes on the exit code of the program', async () => {
    await expect(fencedScript(ssh.host, fresh(), 'echo why >&2; exit 12\ntrue')).rejects.toMatchObject({
      kind: 'CommandFailed',
      details: { code: 12 },
    });
  });

  it('runs one program at a time on a home', async () => {
    const own = fresh();
    const program = 'mkdir "$1" || exit 1; sleep 0.05; rmdir "$1"';
    const all = Array.from({ length: 5 }, () => fencedScript(ssh.host, own, program, [join(own.home, 'one')]));
    await Promise.all(all);
  });

  it('does not leave its lock with a process that the program started', async () => {
    const own = fresh();
    await fencedScript(ssh.host, own, 'setsid sleep 5 </dev/null >/dev/null 2>&1 &');
    expect((await fencedScript(ssh.host, own, 'echo free')).stdout).toBe('free\n');
  });

  it('fences all changes of a host and no reading', async () => {
    const own = fresh();
    const old = new FencedHost(ssh.host, own);
    const path = join(own.home, 'file');
    expect(await old.writeFile(path, 'a', { mode: 0o600 })).toBe('written');
    await assertFence(ssh.host, { ...own, token: 6 });
    const options = { mode: 0o600, sha256: '0'.repeat(64) };
    const attempts = await Promise.allSettled([
      old.exec({ argv: ['true'] }),
      old.run({ argv: ['true'] }),
      old.script('true', [], { asUser: own.user }),
      old.script('true', []),
      old.writeFile(path, 'b', { mode: 0o600 }),
      old.upload(path, `${path}2`, options),
    ]);
    for (const attempt of attempts) expect(attempt).toMatchObject({ reason: { kind: 'FencedOut' } });
    expect(await old.readFile(path)).toBe('a');
  });

  it('writes and reads the identity of a node', async () => {
    const own = fresh();
    expect(await readIdentity(ssh.host, own.home)).toBeNull();
    const rest = {
      status: 'member',
      version: '4.30.0',
      files: { "conf/it's $x": 'a'.repeat(64) },
      movedData: [],
    } as const;
    await writeIdentity(ssh.host, own, { ...rest, movedData: [] });
    expect(await readIdentity(ssh.host, own.home)).toEqual({ ...rest, cluster: 'prod', node: 'n1', token: 5 });
  });

  it('does not take a damaged identity for none', async () => {
    const own = fresh();
    mkdirSync(join(own.home, '.hivekeeper'), { recursive: true });
    writeFileSync(join(own.home, '.hivekeeper/node.json'), '{"cluster":');
    await expect(readIdentity(ssh.host, own.home)).rejects.toMatchObject({ kind: 'InvalidInput' });
  });
});
