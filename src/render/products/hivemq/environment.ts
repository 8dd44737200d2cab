import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { ResolvedHost } from '../../../domain/spec/index.js';
import { renderEnvironment } from '../../environment.js';

/** Folders beside the packages, so that they survive upgrades: name of the variable -> folder under home. */
const folders = {
  HIVEMQ_CONFIG_FOLDER: 'conf',
  HIVEMQ_DATA_FOLDER: 'data',
  HIVEMQ_LOG_FOLDER: 'log',
  HIVEMQ_LICENSE_FOLDER: 'license',
  HIVEMQ_EXTENSION_FOLDER: 'extensions',
  HIVEMQ_BACKUP_FOLDER: 'backup',
  HIVEMQ_AUDIT_FOLDER: 'log',
  HIVEMQ_HEAPDUMP_FOLDER: 'log',
} as const;

/** conf/hivekeeper.env: what the service's environment says to the vendor's run script. It has no secrets. */
export function renderServiceEnvironment(spec: HivemqSpec, host: ResolvedHost): string {
  const paths = Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, `${host.home}/${folder}`]));
  return renderEnvironment({
    HIVEMQ_HOME: `${host.home}/current`,
    ...paths,
    // The run script opens an unauthenticated JMX port otherwise.
    HIVEMQ_JMX_ENABLED: 'false',
    JAVA_OPTS: spec.broker.javaOptions ?? '',
  });
}
