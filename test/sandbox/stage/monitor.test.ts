import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Host } from '../../../src/sandbox/hosts/index.js';
import { type Monitor, startMonitor } from '../../../src/sandbox/stage/index.js';
import { logIn } from '../../support/ssh.js';
import { useStage } from '../../support/stage.js';
import { until } from '../../support/until.js';

/** Listens on the MQTT port of its host, under the command line of a broker. */
const java = {
  name: 'java',
  text: `#!/bin/sh
exec ${process.execPath} -e 'net.createServer().listen(1883, process.env.HIVEKEEPER_STAGE_ADDRESS)' -- "$@"
`,
};

async function startBroker(host: Host): Promise<void> {
  const ssh = await logIn(host);
  await ssh.execCommand('setsid java -jar /x/hivemq.jar >/dev/null 2>&1 </dev/null &');
}

describe('the monitor', () => {
  const stage = useStage({ nodes: ['n1', 'n2', 'n3', 'n4', 'n5'], gates: [], recovery: [], standIns: [java] });
  const names = ['n1', 'n2', 'n3', 'n4', 'n5'];
  const watchAll = async (): Promise<Monitor> => {
    await Promise.all(
      stage()
        .nodes.filter((host) => host.brokers().length === 0)
        .map(startBroker),
    );
    const monitor = startMonitor(stage().nodes);
    onTestFinished(() => void monitor.stop());
    await until(() => names.every((name) => isUp(monitor, name)));
    return monitor;
  };
  const isUp = (monitor: Monitor, name: string): boolean =>
    monitor.timeline.intervals().findLast(({ host }) => host === name)?.state === 'up';
  const seenDown = (monitor: Monitor, name: string): Promise<void> => until(() => !isUp(monitor, name));
  const seenUp = (monitor: Monitor, name: string): Promise<void> => until(() => isUp(monitor, name));

  it('sees one host at a time go down and come back', async () => {
    const monitor = await watchAll();
    const begin = Date.now();
    for (const name of ['n1', 'n2']) {
      const host = stage().host(name);
      await host.kill9('broker');
      await seenDown(monitor, name);
      await startBroker(host);
      await seenUp(monitor, name);
    }
    expect(monitor.timeline.outages('n1', begin).length).toBe(1);
    expect(monitor.timeline.outages('n2', begin).length).toBe(1);
    expect(monitor.maxSimultaneouslyDown(names, begin)).toBe(1);
  });

  it('fails a run in which two are down at once: sabotage', async () => {
    const monitor = await watchAll();
    const begin = Date.now();
    await Promise.all([stage().host('n2').kill9('broker'), stage().host('n4').kill9('broker')]);
    await Promise.all([seenDown(monitor, 'n2'), seenDown(monitor, 'n4')]);
    expect(monitor.maxSimultaneouslyDown(names, begin)).toBe(2);
    expect(monitor.maxSimultaneouslyDown(['n1', 'n2', 'n3'], begin)).toBe(1);
  });

  it('does not take a stopped process for one that serves: sabotage', async () => {
    const monitor = await watchAll();
    await stage().host('n3').freeze();
    await seenDown(monitor, 'n3');
    await stage().host('n3').thaw();
    await seenUp(monitor, 'n3');
  });

  it('does not take an open port for a broker: sabotage', async () => {
    const monitor = await watchAll();
    const host = stage().host('n5');
    await host.kill9('broker');
    await seenDown(monitor, 'n5');
    const ssh = await logIn(host);
    const listen = `net.createServer().listen(1883, '${host.address}', () => console.log('listens'))`;
    let listens = false;
    const impostor = ssh.execCommand(`exec ${process.execPath} -e "${listen}"`, {
      onStdout: () => {
        listens = true;
      },
    });
    await until(() => listens);
    await sleep(200);
    expect(isUp(monitor, 'n5')).toBe(false);
    await host.kill9(/createServer/);
    await impostor;
  });

  it('admits that it could not look: sabotage', async () => {
    const monitor = await watchAll();
    const begin = Date.now();
    while (Date.now() < begin + 300);
    await sleep(50);
    const gaps = monitor.gaps().filter(({ to }) => to > begin);
    expect(gaps.length).toBeGreaterThan(0);
  });

  it('looks at all hosts again and again', async () => {
    const monitor = await watchAll();
    await until(() => monitor.looks() > 20);
    expect(monitor.timeline.intervals().length).toBe(5);
  });
});
