import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.js';
import { type BrokerConfig, readBrokerConfig } from './config.js';
import { Element, fillPlaceholders, parseXml, UnsetPlaceholder } from './xml.js';

/**
 * The vendor's default is one TCP listener on 0.0.0.0:1883. A simulation must not open a port to the network, so the
 * default listener binds to the loopback address unless the stage says otherwise.
 */
function defaultConfig(env: NodeJS.ProcessEnv): BrokerConfig {
  const host = env['HIVEMQ_SIM_DEFAULT_BIND'] ?? '127.0.0.1';
  const port = Number(env['HIVEMQ_SIM_DEFAULT_PORT'] ?? '1883');
  return {
    ...readBrokerConfig(new Element(undefined)),
    listeners: [
      { kind: 'tcp', host, port, name: `tcp-listener-${port}`, tls: undefined, proxyProtocol: false, path: '' },
    ],
  };
}

export function readConfigFile(
  file: string,
  properties: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
): BrokerConfig {
  return readBrokerConfig(parseXml(fillPlaceholders(readFileSync(file, 'utf8'), properties, env), 'hivemq'));
}

/**
 * The configuration to start with. A missing or unreadable file is logged and replaced by the default configuration;
 * the three lines are those of the Community Edition's ConfigurationFileProvider, ConfigFileReader and
 * EnvironmentVariables.
 */
export function loadConfig(
  folder: string,
  properties: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
  log: Log,
  unreadable = false,
): BrokerConfig {
  const file = join(folder, 'config.xml');
  if (!existsSync(file)) {
    log.error(`The configuration file ${file} does not exist. Using HiveMQ default config`);
    return defaultConfig(env);
  }
  try {
    if (unreadable) throw new Error('this version cannot read it');
    return readConfigFile(file, properties, env);
  } catch (error) {
    if (error instanceof UnsetPlaceholder) log.error(error.message);
    log.error(`Could not read the configuration file ${file}. Using default config`);
    return defaultConfig(env);
  }
}
