import { connect } from 'node:net';
import { existsSync } from 'node:fs';
import type { NodeSSH } from 'node-ssh';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import { isRunning, readStat } from '../../../src/sandbox/hosts/proc.js';
import { hostKindRequirement, hostKinds } from '../../support/host-kinds.js';
import { mustSkip } from '../../support/requirements.js';
import { logIn } from '../../support/ssh.js';
import { useStage } from '../../support/stage.js';
import { until } from '../../support/until.js';

/** Starts something that looks like a broker and goes on after the log-out. @returns its pid */
async function startDaemon(ssh: NodeSSH, host: Host): Promise<number> {
  const asBroker = host.become === 'sudo' ? `sudo -n -u ${host.brokerUser} -- ` : '';
  const { stdout } = await ssh.execCommand(
    `${asBroker}sh -c 'setsid java -jar ${host.home}/bin/hivemq.jar >/dev/null 2>&1 </dev/null & echo $!'`,
  );
  await until(() => host.brokers().length > 0);
  return Number(stdout);
}

/** Whether the SSH server of the host says something within the time. */
function answers(host: Host, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.address, port: host.sshPort });
    const done = (result: boolean) => () => {
      socket.destroy();
      resolve(result);
    };
    socket
      .setTimeout(withinMs, done(false))
      .once('data', done(true))
      .once('error', done(false))
      .once('end', done(false));
  });
}

for (const { kind, options } of hostKinds) {
  describe.skipIf(mustSkip(await hostKindRequirement(options)))(`faults of a host: ${kind}`, () => {
    const java = {
      name: 'java',
      text: `#!/bin/sh\nexec ${process.execPath} -e 'setInterval(() => {}, 1000)' -- "$@"\n`,
    };
    const stage = useStage({ nodes: ['n1', 'n2'], gates: [], recovery: [], standIns: [java], ...options });
    let host: Host;
    let ssh: NodeSSH;

    beforeEach(async () => {
      host = stage().host('n1');
      ssh = await logIn(host);
    });

    it('kills a broker that outlived its session, and leaves no zombie', async () => {
      const pid = await startDaemon(ssh, host);
      ssh.dispose();
      const killed = await host.kill9('broker');
      expect(killed.map((target) => target.pid)).toContain(pid);
      expect(host.brokers()).toEqual([]);
      await until(() => !existsSync(`/proc/${pid}`));
    });

    it('does not count a zombie as running', async () => {
      // The parent of the first process never asks for its end.
      const running = ssh.execCommand('sh -c "sleep 0 & echo \\$!; exec sleep 600"', {
        onStdout: (text) => {
          zombie = Number(text.toString());
        },
      });
      let zombie = 0;
      await until(() => readStat(zombie)?.state === 'Z');
      expect(host.processes().map(({ pid }) => pid)).not.toContain(zombie);
      expect(await host.kill9(zombie)).toEqual([]);
      await host.kill9(/sleep 600/);
      await running;
    });

    it('kills only what is meant, and only on this host', async () => {
      const other = stage().host('n2');
      await startDaemon(await logIn(other), other);
      await startDaemon(ssh, host);
      const sleeper = ssh.execCommand('exec sleep 601');
      await until(() => host.processes().some(({ cmdline }) => cmdline === 'sleep 601'));
      await host.kill9('broker');
      expect(host.processes().some(({ cmdline }) => cmdline === 'sleep 601')).toBe(true);
      expect(other.brokers().length).toBe(1);
      await host.kill9(/^sleep 601$/);
      await sleeper;
      await other.kill9('broker');
    });

    it('freezes everything at once and thaws it', async () => {
      await startDaemon(ssh, host);
      await host.freeze();
      expect(new Set(host.processes().map(({ state }) => state))).toEqual(new Set(['T']));
      expect(await answers(host, 300)).toBe(false);
      await host.thaw();
      expect((await ssh.execCommand('echo back')).stdout).toBe('back');
      await host.kill9('broker');
    });

    it('can kill a frozen process', async () => {
      await startDaemon(ssh, host);
      await host.freeze();
      await host.kill9('broker');
      expect(host.brokers()).toEqual([]);
      await host.thaw();
    });

    it('is cut off in silence while its processes run on', async () => {
      await startDaemon(ssh, host);
      await host.cutOff();
      expect(await answers(host, 300)).toBe(false);
      expect(host.brokers().map(({ state }) => state)).not.toContain('T');
      await host.restore();
      expect((await ssh.execCommand('echo back')).stdout).toBe('back');
      await host.kill9('broker');
    });

    it('is cut off with refused connections while its processes run on', async () => {
      await startDaemon(ssh, host);
      await host.cutOff('refuse');
      await expect(logIn(host)).rejects.toThrow(/ECONNREFUSED/);
      expect(host.brokers().length).toBe(1);
      await host.restore();
      expect((await (await logIn(host)).execCommand('echo back')).stdout).toBe('back');
      await host.kill9('broker');
    });

    it('loses everything but its files when it is rebooted', async () => {
      await startDaemon(ssh, host);
      const asBroker = host.become === 'sudo' ? `sudo -n -u ${host.brokerUser} -- ` : '';
      await ssh.execCommand(`${asBroker}touch ${host.home}/kept`);
      const before = host.processes();
      await host.reboot({ downForMs: 50 });
      expect(host.processes().filter((now) => before.some(({ pid }) => pid === now.pid))).toEqual([]);
      expect(host.brokers()).toEqual([]);
      expect((await (await logIn(host)).execCommand(`ls ${host.home}`)).stdout).toBe('kept');
    });

    it('has orphans reaped by a process of its own', () => {
      expect(host.subreaper).toBe(true);
    });

    it('leaves nothing running when it is stopped, even what is frozen', async () => {
      const other = stage().host('n2');
      await startDaemon(await logIn(other), other);
      await other.freeze();
      const all = other.processes();
      await other.stop();
      expect(all.filter(isRunning)).toEqual([]);
    });
  });
}
