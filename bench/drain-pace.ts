import { createHivemqDriver } from '../src/adapters/products/hivemq/index.js';
import { DrivenCluster } from '../test/adapters/products/hivemq/support/driven-cluster.js';
import { startSwarm } from '../test/support/swarm.js';

/** The budget: how far the measured pace may be from the one that was asked for. */
const tolerance = 0.05;
const size = Number(process.argv[2] ?? 5000);
const perSecond = Number(process.argv[3] ?? 500);

/**
 * Drains real MQTT connections off a node of two, and compares the pace at which the clients themselves see their
 * connections end with the one that was asked for: from the first cut to the last.
 */
const cluster = await DrivenCluster.create(['n1', 'n2']);
try {
  const driver = createHivemqDriver({ supervisor: () => cluster.supervisor });
  const signal = new AbortController().signal;
  const progress = {
    signal,
    report: (line: string) => {
      if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
    },
  };
  await Promise.all(['n1', 'n2'].map((name) => driver.start(cluster.node(name), 'run', progress)));
  const addresses = ['n1', 'n2'].map((name) => cluster.resolved(name).address);
  const swarm = await startSwarm({ size, name: 'bench', addresses });
  const before = process.cpuUsage();
  const request = { clientsPerSecond: perSecond, timeout: 600_000, onTimeout: 'fail', publishWills: false } as const;
  const result = await driver.drain(cluster.node('n1'), request, progress);
  const seconds = ((swarm.cuts.at(-1) ?? 0) - (swarm.cuts[0] ?? 0)) / 1000;
  const ratio = (swarm.cuts.length - 1) / seconds / perSecond;
  const { user, system } = process.cpuUsage(before);
  swarm.stop();
  const close = Math.abs(ratio - 1) <= tolerance;
  const figures = {
    clients: size,
    asked: perSecond,
    moved: result.moved,
    left: result.left,
    seconds,
    ratio: Number(ratio.toFixed(4)),
    cpuSeconds: (user + system) / 1e6,
  };
  process.stdout.write(
    `\ndrain pace: ${JSON.stringify(figures)}: ${close ? 'within' : 'beyond'} ${tolerance * 100} %\n`,
  );
  process.exitCode = close && result.moved === size ? 0 : 1;
} finally {
  await cluster.stop();
}
