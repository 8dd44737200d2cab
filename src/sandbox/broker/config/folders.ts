import { isAbsolute, join } from 'node:path';

/** The folders of one installation. */
export interface Folders {
  home: string;
  config: string;
  data: string;
  log: string;
  extensions: string;
  license: string;
  backup: string;
}

/** The -D properties of the command line, which the stage's `java` hands over in one variable, one per line. */
export function systemProperties(env: NodeJS.ProcessEnv): Map<string, string> {
  const lines = (env['HIVEMQ_SIM_PROPERTIES'] ?? '').split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const at = line.indexOf('=');
      return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/**
 * System property first, then environment, else relative to the home; relative values resolve against the home
 * (HiveMQ Community Edition, SystemInformationImpl; the extension variable is singular there).
 */
export function readFolders(properties: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv): Folders {
  const home = properties.get('hivemq.home') ?? env['HIVEMQ_HOME'] ?? process.cwd();
  const folder = (property: string, variable: string, fallback: string): string => {
    const value = properties.get(property) ?? env[variable] ?? fallback;
    return isAbsolute(value) ? value : join(home, value);
  };
  return {
    home,
    config: folder('hivemq.config.folder', 'HIVEMQ_CONFIG_FOLDER', 'conf'),
    data: folder('hivemq.data.folder', 'HIVEMQ_DATA_FOLDER', 'data'),
    log: folder('hivemq.log.folder', 'HIVEMQ_LOG_FOLDER', 'log'),
    extensions: folder('hivemq.extensions.folder', 'HIVEMQ_EXTENSION_FOLDER', 'extensions'),
    license: folder('hivemq.license.folder', 'HIVEMQ_LICENSE_FOLDER', 'license'),
    backup: folder('hivemq.backup.folder', 'HIVEMQ_BACKUP_FOLDER', 'backup'),
  };
}
