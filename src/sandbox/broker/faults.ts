import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BrokerConfig } from './config/config.js';
import type { Log } from './log.js';

/**
 * What is wrong with a version: it does not start, serves as a cluster of its own, takes its default configuration, writes
 * errors, or ends a moment after its start.
 */
export const faultKinds = ['exit', 'alone', 'default-config', 'errors', 'crash'] as const;
export type FaultKind = (typeof faultKinds)[number];

const errorEvery = 100;
const crashAfter = 700;

/**
 * The fault of a version that was built with one: `bin/fault` of its package holds the kind, and after a blank a part of the
 * homes in which it shows. A real distribution has no such file.
 */
export function readFault(jar: string, home: string): FaultKind | undefined {
  const file = join(dirname(jar), 'fault');
  if (!existsSync(file)) return undefined;
  const [kind, where = ''] = readFileSync(file, 'utf8').trim().split(' ');
  return home.includes(where) ? faultKinds.find((one) => one === kind) : undefined;
}

/** As the Java runtime refuses a program that was compiled for a newer one. */
export function refuseToStart(): never {
  process.stderr.write(
    'Error: LinkageError occurred while loading main class com.hivemq.HiveMQServer\n' +
      '\tjava.lang.UnsupportedClassVersionError: com/hivemq/HiveMQServer has been compiled by a more recent version of the Java Runtime\n',
  );
  process.exit(1);
}

/** A node that finds nobody. */
export function withoutOthers(config: BrokerConfig): BrokerConfig {
  return { ...config, cluster: { ...config.cluster, enabled: false } };
}

/** What shows once the broker serves. */
export function breakLater(fault: FaultKind | undefined, log: Log): void {
  // Community Edition, HiveMQExceptionHandlerBootstrap.
  if (fault === 'errors') setInterval(() => log.error('Uncaught Error:'), errorEvery).unref();
  if (fault === 'crash') setTimeout(() => process.exit(134), crashAfter);
}
