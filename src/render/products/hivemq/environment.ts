import { nodeVariables } from '../../../domain/products/hivemq/override/index.js';
import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import { javaPackageName, type ResolvedHost } from '../../../domain/spec/index.js';
import { renderEnvironment } from '../../environment.js';
import { discoveryJavaOptions } from './discovery-manifest.js';

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

/** Where a host keeps its programs, as its service manager sets it. */
const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The vendor's run script takes the first java on the PATH and does not look at JAVA_HOME; extensions may. */
function javaVariables(spec: HivemqSpec, host: ResolvedHost): Record<string, string> {
  const name = javaPackageName(spec.broker.java);
  if (name === null) return {};
  const home = `${host.home}/packages/${name}`;
  return { PATH: `${home}/bin:${systemPath}`, JAVA_HOME: home };
}

const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';

/** conf/hivekeeper.env: what the service's environment says to the vendor's run script. It has no secrets. */
export function renderServiceEnvironment(spec: HivemqSpec, host: ResolvedHost): string {
  const paths = Object.fromEntries(Object.entries(folders).map(([name, folder]) => [name, `${host.home}/${folder}`]));
  return renderEnvironment({
    HIVEMQ_HOME: `${host.home}/current`,
    ...paths,
    ...javaVariables(spec, host),
    ...(spec.configOverride ? nodeVariables(host) : {}),
    // The run script opens an unauthenticated JMX port unless it is told not to.
    HIVEMQ_JMX_ENABLED: String(spec.jmx.enabled),
    ...(spec.jmx.enabled ? { HIVEMQ_JMX_PORT: String(spec.jmx.port) } : {}),
    ...Object.fromEntries(Object.entries(spec.env).filter(isText)),
    JAVA_OPTS: [...discoveryJavaOptions(spec, host), spec.broker.javaOptions ?? ''].join(' ').trim(),
  });
}
