import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Host, installByHand, type InstallByHandOptions } from '../../../src/sandbox/hosts/index.js';
import type { Stage } from '../../../src/sandbox/stage/index.js';
import { mustSkip } from '../../support/requirements.js';
import { programRequirement } from '../../support/service-requirements.js';
import { useStage } from '../../support/stage.js';
import { systemdHosts } from '../../support/systemd.js';
import { until } from '../../support/until.js';

async function members(host: Host): Promise<unknown[]> {
  try {
    const response = await fetch(`http://${host.address}:8889/api/v1/health/cluster`);
    const body = (await response.json()) as { details: { 'cluster-nodes': unknown[] } };
    return body.details['cluster-nodes'];
  } catch {
    return [];
  }
}

const install = (stage: Stage, options: Omit<InstallByHandOptions, 'members'> = {}) =>
  Promise.all(
    stage.nodes.map((host) => installByHand(host, { ...options, members: stage.nodes.map(({ address }) => address) })),
  );

const skipUnits = mustSkip(await systemdHosts());

describe.skipIf(mustSkip(programRequirement('openssl', 'openssl')))('a cluster that was installed by hand', () => {
  describe('behind a link, started in the background', () => {
    const stage = useStage({ nodes: ['n1', 'n2', 'n3'], gates: [], recovery: [] });

    it('forms, and bears no trace of Hivekeeper', async () => {
      const made = await install(stage());
      for (const [index, host] of stage().nodes.entries()) {
        await until(async () => (await members(host)).length === 3, 30_000);
        const one = made[index];
        if (one === undefined) throw new Error('Each host has one.');
        expect(readlinkSync(one.home)).toBe('hivemq-4.29.0');
        expect(host.brokers().map(({ cmdline }) => cmdline)).toEqual([expect.stringContaining('hivemq.jar')]);
        const read = (): string => readFileSync(path.join(one.versionFolder, 'log/hivemq.log'), 'utf8');
        // A member of the cluster opens its listeners last.
        await until(() => read().includes('Started HiveMQ in'), 30_000);
        const log = read();
        expect(log).toContain(`License file ${one.license} is valid.`);
        expect(log).toContain(`Extension "${one.extension}" version 1.2.0 started successfully.`);
        expect(log).toContain('Started TCP Listener with TLS');
        const config = readFileSync(path.join(one.versionFolder, 'conf/config.xml'), 'utf8');
        for (const secret of one.secrets) expect(config).toContain(secret);
        for (const folder of [one.versionFolder, path.dirname(one.home), host.home])
          expect(existsSync(path.join(folder, '.hivekeeper'))).toBe(false);
        if (host.become === 'sudo') expect(statSync(one.versionFolder).uid).toBe(64_102);
      }
    });

    it('loses a host that is powered off, and has it back only when it is powered on', async () => {
      const [first, second] = stage().nodes;
      if (!first || !second) throw new Error('There are three.');
      await second.powerOff();
      expect(second.processes()).toEqual([]);
      await expect(fetch(`http://${second.address}:8889/api/v1/health`)).rejects.toThrow();
      await until(async () => (await members(first)).length === 2, 30_000);
      await second.powerOn();
      await second.run('true', 'login');
      await expect(second.run('echo broken >&2; exit 3', 'login')).rejects.toThrow(/ended with 3: broken/);
      expect(second.brokers()).toEqual([]);
    });
  });

  describe.skipIf(skipUnits)('as a version folder, started by a unit with a drop-in', () => {
    const stage = useStage({ nodes: ['n1', 'n2'], gates: [], recovery: [], systemd: true, accounts: 'separate' });

    it('forms', async () => {
      const made = await install(stage(), { layout: 'version-folder', start: 'unit' });
      for (const host of stage().nodes) await until(async () => (await members(host)).length === 2, 30_000);
      expect(made[0]?.home).toBe(made[0]?.versionFolder);
      const [broker] = stage().host('n1').brokers();
      expect(broker?.cmdline).toContain('hivemq.jar');
      expect(readFileSync(`/proc/${broker?.pid}/environ`, 'utf8')).toContain('-Dcompany.site=north');
    });
  });
});
