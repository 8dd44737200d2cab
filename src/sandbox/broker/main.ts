import { mkdirSync } from 'node:fs';
import { Journal } from './journal.js';
import { Log, LogSink } from './log.js';
import { loadConfig } from './config/load.js';
import { breakLater, readFault, refuseToStart, withoutOthers } from './faults.js';
import { readFolders, systemProperties } from './config/folders.js';
import { BrokerNode } from './node.js';
import { takeDataLock } from './store/data-lock.js';
import { newNodeId, readVersion } from './version.js';

/** 128 + SIGTERM, as a Java process ends (executed on the Community Edition). */
const terminated = 143;

/**
 * The simulated broker. What only a simulation needs comes by environment variables of their own:
 * HIVEMQ_SIM_PROPERTIES the -D options, one per line; HIVEMQ_SIM_JOURNAL a file for the host's journal; HIVEMQ_SIM_BLOCK
 * a file with addresses that are cut off; HIVEMQ_SIM_HOLD_BACKUPS a file that keeps backups from ending while it exists; HIVEMQ_SIM_DEFAULT_BIND and HIVEMQ_SIM_DEFAULT_PORT the default listener.
 * These make a test quick, in milliseconds: HIVEMQ_SIM_SSL_RELOAD how often key stores are looked at (10000),
 * HIVEMQ_SIM_DISCOVERY_RELOAD how often discovery extensions are asked (30000, or what the extension wants),
 * HIVEMQ_SIM_RBAC_RELOAD the longest time between two looks at credentials.xml (what its configuration says),
 * HIVEMQ_SIM_LOGBACK_SCAN the longest time between two looks at logback.xml (its scanPeriod).
 */
async function main(): Promise<void> {
  const { env } = process;
  const properties = systemProperties(env);
  const folders = readFolders(properties, env);
  for (const folder of [folders.log, folders.data, folders.extensions]) mkdirSync(folder, { recursive: true });
  const version = readVersion(process.argv[1] ?? '');
  const fault = readFault(process.argv[1] ?? '', folders.home);
  if (fault === 'exit') refuseToStart();
  const log = new Log(new LogSink({ folder: folders.log, configFolder: folders.config, properties, env }));
  const recovery = properties.get('hivemq.sim.mode') === 'recovery';
  const mode = recovery ? 'recovery' : 'run';
  const journal = new Journal(env['HIVEMQ_SIM_JOURNAL'], { home: folders.home, mode, version, pid: process.pid });
  journal.write(recovery ? 'recovery-start' : 'start');
  const id = newNodeId();
  log.info('Starting HiveMQ Server');
  log.info(`HiveMQ version: ${version}`);
  log.info(`HiveMQ home directory: ${folders.home}`);
  const read = loadConfig(folders.config, properties, env, log, fault === 'default-config');
  const config = fault === 'alone' ? withoutOthers(read) : read;
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
  breakLater(fault, log);
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
