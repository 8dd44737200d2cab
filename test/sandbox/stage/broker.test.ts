import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/domain/spec/index.js';
import { makePackages, startMonitor } from '../../../src/sandbox/stage/index.js';
import { programPath } from '../../../src/sandbox/hosts/program-path.js';
import { mustSkip } from '../../support/requirements.js';
import { logIn } from '../../support/ssh.js';
import { useStage } from '../../support/stage.js';
import { until } from '../../support/until.js';

const missing = programPath('unzip') === undefined ? 'There is no unzip here.' : undefined;

describe.skipIf(mustSkip({ missing, install: 'apt-get install unzip' }))(
  'the simulated broker on a host of the stage',
  () => {
    const stage = useStage({ nodes: ['n1', 'n2'], gates: ['lb1'], recovery: ['rec1'] });

    it('is described by a spec that the product accepts', async () => {
      const packages = await makePackages(path.join(stage().root, 'packages'), ['4.29.0', '4.30.0']);
      const spec = stage().spec({ version: '4.29.0', gateHook: 'stage-gate', ...packages });
      const result = parseClusterSpec(JSON.parse(JSON.stringify(spec)));
      expect(result).toMatchObject({ ok: true });
    });

    it('runs as the broker user, is found, watched, killed and written down', async () => {
      const host = stage().host('n1');
      const folder = path.join(stage().root, 'packages');
      await makePackages(folder, ['4.30.0']);
      const ssh = await logIn(host);
      const asBroker = (program: string) =>
        ssh.execCommand(`${host.become === 'sudo' ? `sudo -n -u ${host.brokerUser} -- ` : ''}sh -s`, {
          stdin: program,
        });
      const config = `<hivemq><listeners><tcp-listener><port>1883</port><bind-address>${host.address}</bind-address>
      </tcp-listener></listeners></hivemq>`;
      const unpacked = await asBroker(`set -e
      cd ${host.home}
      unzip -q ${folder}/hivemq-4.30.0.zip
      cat > hivemq-4.30.0/conf/config.xml <<'END'
${config}
END
      cd hivemq-4.30.0
      setsid bin/run.sh >/dev/null 2>&1 </dev/null &`);
      expect(unpacked).toMatchObject({ code: 0, stderr: '' });
      const monitor = startMonitor([host]);
      try {
        await until(() => monitor.timeline.intervals().at(-1)?.state === 'up');
        expect(host.brokers().length).toBe(1);
        expect(host.journal().map(({ event }) => event)).toEqual(expect.arrayContaining(['start', 'ready']));
        await host.kill9('broker');
        await until(() => monitor.timeline.intervals().at(-1)?.state === 'down');
      } finally {
        monitor.stop();
      }
      expect(await readFile(path.join(host.home, 'hivemq-4.30.0', 'log', 'hivemq.log'), 'utf8')).toContain(
        'Started HiveMQ in',
      );
    });
  },
);
