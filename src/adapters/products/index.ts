import { HivekeeperError } from '../../domain/errors/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';
import type { BrokerDriver, ClusterReader, Supervisor } from '../ports/index.js';
import type { SecretResolver } from '../secrets/index.js';
import { createHivemqDriver, hivemqReader, restHeaders } from './hivemq/index.js';

export { fileUserPasswords, hashPassword, randomSalt } from './hivemq/index.js';

export interface DriverOptions {
  supervisor(spec: ClusterSpec): Supervisor;
  /** Resolves what a broker API asks for, right before each call. */
  readonly secrets: SecretResolver;
}

/** Drivers of all products; made once, used by every activity of a worker. @throws InvalidInput for an unknown product */
export function createDrivers(options: DriverOptions): (spec: ClusterSpec) => BrokerDriver {
  const drivers: Readonly<Record<string, BrokerDriver>> = {
    hivemq: createHivemqDriver({ ...options, restHeaders: restHeaders(options.secrets) }),
  };
  return (spec) => {
    const driver = drivers[spec.broker.product];
    if (driver) return driver;
    throw new HivekeeperError('InvalidInput', `${spec.name}: product ${spec.broker.product} is not known`);
  };
}

const readers: Readonly<Record<string, ClusterReader>> = { hivemq: hivemqReader };

/** @throws HivekeeperError InvalidInput for a product whose clusters cannot be read */
export function readerOf(product: string): ClusterReader {
  const reader = readers[product];
  if (reader) return reader;
  throw new HivekeeperError('InvalidInput', `clusters of ${product} cannot be read from their hosts`);
}
