import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostKindRequirement, hostKinds } from '../../support/host-kinds.js';
import { mustSkip } from '../../support/requirements.js';
import { logIn } from '../../support/ssh.js';
import { useStage } from '../../support/stage.js';

for (const { kind, options } of hostKinds) {
  const skip = mustSkip(await hostKindRequirement(options));
  const separate = options.accounts === 'separate';

  describe.skipIf(skip)(`a host of the stage: ${kind}`, () => {
    const java = { name: 'java', text: '#!/bin/sh\necho "java of $HIVEKEEPER_STAGE_HOST"\n' };
    const stage = useStage({ nodes: ['n1', 'n2'], gates: [], recovery: [], standIns: [java], ...options });

    it('runs commands and hands over input, output and exit code', async () => {
      const ssh = await logIn(stage().host('n1'));
      const result = await ssh.execCommand('cat; echo oops >&2; exit 7', { stdin: 'hello' });
      expect(result).toMatchObject({ code: 7, stdout: 'hello', stderr: 'oops' });
    });

    it('tells the signal that ended a command', async () => {
      const ssh = await logIn(stage().host('n1'));
      expect(await ssh.execCommand('kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
    });

    it('is refused by a client that expects another host key', async () => {
      await expect(logIn(stage().host('n1'), stage().host('n2').hostKeyFingerprint)).rejects.toThrow();
    });

    it('puts its own programs first, for the broker user as well', async () => {
      const host = stage().host('n2');
      const ssh = await logIn(host);
      expect((await ssh.execCommand('java')).stdout).toBe('java of n2');
      if (host.become === 'none') return;
      expect((await ssh.execCommand(`sudo -n -u ${host.brokerUser} -- sh -c java`)).stdout).toBe('java of n2');
    });

    it('has a home of its own that belongs to the broker user', async () => {
      const host = stage().host('n1');
      const ssh = await logIn(host);
      expect((await ssh.execCommand(`stat -c %U ${host.home}`)).stdout).toBe(host.brokerUser);
      expect((await ssh.execCommand('echo $HOME')).stdout).toContain(host.root);
    });

    if (separate) {
      it('lets the log-in user be the broker user, and nobody else', async () => {
        const ssh = await logIn(stage().host('n1'));
        expect((await ssh.execCommand('id -un')).stdout).toBe('ops');
        expect((await ssh.execCommand('sudo -n -u hivemq -- id -un')).stdout).toBe('hivemq');
        expect((await ssh.execCommand('sudo -n -- id -un')).code).not.toBe(0);
        expect((await ssh.execCommand('sudo -n -u sshd -- id -un')).code).not.toBe(0);
      });

      it('takes another sudoers file while it runs', async () => {
        const host = stage().host('n2');
        const ssh = await logIn(host);
        await host.installSudoers('ops ALL=(root) NOPASSWD: /usr/bin/id\n');
        expect((await ssh.execCommand('sudo -n -- /usr/bin/id -un')).stdout).toBe('root');
        expect((await ssh.execCommand('sudo -n -u hivemq -- id -un')).code).not.toBe(0);
        await host.installSudoers('ops ALL=(hivemq) NOPASSWD: ALL\n');
        expect((await ssh.execCommand('sudo -n -u hivemq -- java')).stdout).toBe('java of n2');
      });

      it('leaves the account files of the machine alone', async () => {
        expect(await readFile('/etc/passwd', 'utf8')).not.toContain('64101');
        expect(await readFile('/etc/group', 'utf8')).not.toContain('64102');
      });
    }

    it('forwards connections', async () => {
      const host = stage().host('n1');
      const echo = createServer((socket) => socket.pipe(socket)).listen(0, host.address);
      await once(echo, 'listening');
      const bound = echo.address();
      if (bound === null || typeof bound === 'string') throw new Error('no port');
      const ssh = await logIn(host);
      const channel = await ssh.forwardOut('127.0.0.1', 0, host.address, bound.port);
      channel.write('there and back');
      const [answer] = (await once(channel, 'data')) as [Buffer];
      expect(answer.toString()).toBe('there and back');
      channel.end();
      echo.close();
    });

    it('forwards connections to a unix socket', async () => {
      const host = stage().host('n1');
      const socketPath = path.join(host.root, 'echo.sock');
      const echo = createServer((socket) => socket.pipe(socket)).listen(socketPath);
      await once(echo, 'listening');
      await chmod(socketPath, 0o666);
      const ssh = await logIn(host);
      const channel = await ssh.forwardOutStreamLocal(socketPath);
      channel.write('there and back');
      const [answer] = (await once(channel, 'data')) as [Buffer];
      expect(answer.toString()).toBe('there and back');
      channel.end();
      echo.close();
    });

    it('refuses to forward to a port that nobody listens on', async () => {
      const ssh = await logIn(stage().host('n1'));
      await expect(ssh.forwardOut('127.0.0.1', 0, stage().host('n1').address, 9)).rejects.toThrow(
        /Channel open failure/,
      );
    });

    it('takes ten sessions on a connection and no more, as OpenSSH does by default', async () => {
      const ssh = await logIn(stage().host('n1'));
      const held = Array.from({ length: 10 }, () => ssh.execCommand('sleep 0.5'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      await expect(ssh.execCommand('true')).rejects.toThrow();
      await Promise.all(held);
      expect((await ssh.execCommand('true')).code).toBe(0);
    });

    it('reads back what the stand-ins wrote down', async () => {
      const host = stage().host('n2');
      const ssh = await logIn(host);
      const line = JSON.stringify({ at: '2026-01-01T00:00:00.000Z', event: 'start', pid: 1 });
      await ssh.execCommand(`echo '${line}' >> $HIVEMQ_SIM_JOURNAL; printf '{"at":' >> $HIVEMQ_SIM_JOURNAL`);
      expect(host.journal()).toEqual([{ at: '2026-01-01T00:00:00.000Z', event: 'start', pid: 1 }]);
      await writeFile(host.journalFile, '');
    });

    it('can claim that its disk is nearly full', async () => {
      const host = stage().host('n1');
      const ssh = await logIn(host);
      const free = async (): Promise<number> =>
        Number((await ssh.execCommand(`df -Pk ${host.home}`)).stdout.split('\n')[1]?.split(/\s+/)[3]);
      const before = await free();
      await host.fillDisk(50 * 1024 * 1024);
      expect(await free()).toBe(50 * 1024);
      await host.fillDisk(undefined);
      expect(await free()).toBeGreaterThan(Math.min(before, 51 * 1024));
    });

    it('keeps everything in its own folder', () => {
      const [first, second] = stage().nodes;
      expect(path.relative(first!.root, first!.home)).toBe('hivemq');
      expect(first!.root).not.toBe(second!.root);
      expect(first!.address).not.toBe(second!.address);
    });
  });
}
