import { HivekeeperError } from '../../domain/errors/index.js';
import type { ClusterSpec } from '../../domain/spec/index.js';
import type { BrokerDriver, Supervisor } from '../ports/index.js';
import type { SecretResolver } from '../secrets/index.js';
import { createHivemqDriver, restHeaders } from './hivemq/index.js';

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
