import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHivemqDriver } from '../../../src/adapters/products/hivemq/index.js';
import { ProcessSupervisor } from '../../../src/adapters/supervisor/index.js';
import { opensshMissing } from '../../adapters/support/openssh.js';
import { useSshHost } from '../../adapters/support/ssh-fixture.js';
import { communityEdition, communityEditionRequirement } from '../../conformance/support/community-edition.js';
import { connect } from '../../conformance/support/mqtt.js';
import { matching } from '../../domain/products/hivemq/support/matchers.js';
import { exampleSpec } from '../../domain/spec/example.js';
import { mustSkip } from '../../support/requirements.js';
import { RenderedBroker } from './support/rendered-broker.js';

const requirement = await communityEditionRequirement();
const skip = mustSkip(requirement) || opensshMissing !== null;

/** The driver of Hivekeeper starts the real broker from rendered files, and must notice when it did not take them. */
describe.skipIf(skip)(`a start of HiveMQ Community Edition (${requirement.install})`, () => {
  const ssh = useSshHost();
  const supervisor = new ProcessSupervisor();
  const driver = createHivemqDriver({ supervisor: () => supervisor });
  const progress = { signal: new AbortController().signal, report: () => undefined };
  let real: Awaited<ReturnType<typeof communityEdition>>;
  let broker: RenderedBroker;

  const config = () => path.join(broker.home, 'conf', 'config.xml');
  const change = () => ({
    broker: {
      ...exampleSpec().broker,
      ...{ home: broker.home, user: ssh.sshd.target.user, supervisor: 'process', javaOptions: '-Xmx256m' },
    },
    ...{ nodes: 1, cluster: { enabled: false }, restApi: {}, healthApi: {}, controlCenter: {} },
    listeners: [{ type: 'tcp', port: 1883, bindAddress: 'host' }],
  });
  const node = () => ({ spec: broker.spec(change()), host: ssh.host, name: 'n1', members: ['n1'], peers: [] });
  const start = () => driver.start(node(), 'run', progress);

  /** A package of the vendor has this script; the Maven artifact has only the jars. */
  function installScript(): void {
    const bin = path.join(broker.home, 'current', 'bin');
    mkdirSync(bin, { recursive: true });
    const java = 'exec java -Djava.net.preferIPv4Stack=true $JAVA_OPTS';
    const script = `#!/bin/sh\n${java} -cp "${real.jars}/*" com.hivemq.HiveMQServer\n`;
    for (const name of ['run.sh', 'recovery.sh']) {
      writeFileSync(path.join(bin, name), script);
      chmodSync(path.join(bin, name), 0o755);
    }
  }

  beforeAll(async () => {
    real = await communityEdition();
  }, 300_000);
  beforeEach(async () => {
    broker = new RenderedBroker(await RenderedBroker.addresses());
    await broker.configure(change());
    broker.letEverybodyIn(real.extension);
    mkdirSync(path.join(broker.home, '.hivekeeper'));
    installScript();
  });
  afterEach(async () => {
    const { process: left } = await driver.observe(node());
    if (left?.running === true && left.pid !== null) process.kill(left.pid, 'SIGKILL');
    await broker.remove();
  });

  it('is one with the files as they are rendered, seen by its log and its listener: it has no health API', async () => {
    await start();
    expect(broker.log).toContain('Started HiveMQ in ');
    expect(await driver.observe(node())).toMatchObject({ ready: true, process: { running: true } });
    const client = await connect(`mqtt://${broker.address}:1883`);
    await client.endAsync();
    await driver.stop(node(), progress);
    expect(await driver.observe(node())).toMatchObject({ ready: false, process: { running: false } });
  }, 120_000);

  it.each<[string, () => void, RegExp]>([
    ['is cut off', () => truncateSync(config(), readFileSync(config()).length - 20), /Using default config/],
    [
      'has a placeholder of the short form without a value',
      () => appendFileSync(config(), '<!-- ${HIVEKEEPER_UNSET} -->'),
      /not started: HIVEKEEPER_UNSET in .*config\.xml has no value/,
    ],
    [
      'has a placeholder without a value',
      () => appendFileSync(config(), '<!-- ${ENV:HIVEKEEPER_UNSET} -->'),
      /not started: HIVEKEEPER_UNSET in .*config\.xml has no value/,
    ],
    ['has a listener whose port is taken', () => undefined, /Could not (bind|start)/],
  ])(
    'fails when config.xml %s',
    async (_, damage, message) => {
      // The default listener is on every address: with its port taken it opens none.
      const occupied = createServer().listen(1883, broker.address);
      await once(occupied, 'listening');
      try {
        damage();
        await expect(start()).rejects.toMatchObject({ kind: 'BrokerStartFailed', message: matching(message) });
      } finally {
        occupied.close();
      }
    },
    120_000,
  );
});
