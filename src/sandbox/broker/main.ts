import { mkdirSync } from 'node:fs';
import { Journal } from './journal.js';
import { Log } from './log.js';
import { loadConfig } from './config/load.js';
import { readFolders, systemProperties } from './config/folders.js';
import { BrokerNode } from './node.js';
import { takeDataLock } from './store/data-lock.js';
import { newNodeId, readVersion } from './version.js';

/** 128 + SIGTERM, as a Java process ends (executed on the Community Edition). */
const terminated = 143;

async function main(): Promise<void> {
  const { env } = process;
  const properties = systemProperties(env);
  const folders = readFolders(properties, env);
  for (const folder of [folders.log, folders.data, folders.extensions]) mkdirSync(folder, { recursive: true });
  const version = readVersion(process.argv[1] ?? '');
  const log = new Log(folders.log, folders.config);
  const recovery = properties.get('hivemq.sim.mode') === 'recovery';
  const mode = recovery ? 'recovery' : 'run';
  const journal = new Journal(env['HIVEMQ_SIM_JOURNAL'], { home: folders.home, mode, version, pid: process.pid });
  journal.write(recovery ? 'recovery-start' : 'start');
  const id = newNodeId();
  log.info('Starting HiveMQ Server');
  log.info(`HiveMQ version: ${version}`);
  log.info(`HiveMQ home directory: ${folders.home}`);
  const config = loadConfig(folders.config, properties, env, log);
  log.info(`This HiveMQ ID is ${id}`);
  if (!takeDataLock(folders.data)) {
    log.info(
      'HiveMQ start was cancelled. An error occurred while opening the persistence. Is another HiveMQ instance running?',
    );
    process.exit(0);
  }
  log.info('Starting with file persistence mode.');
  const node = new BrokerNode({ id, version, folders, properties, env, config, log, journal });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void node.stop().finally(() => process.exit(terminated));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (!(await node.start())) process.exit(1);
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
