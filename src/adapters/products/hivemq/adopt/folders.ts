import { posix } from 'node:path';
import type { Installation } from '../../../../domain/products/hivemq/adopt/index.js';
import { propertyOf } from './process-facts.js';

type Folders = Installation['folders'];

/** Community Edition, SystemInformationImpl: property first, then environment, else below home; singular for extensions. */
const places: Readonly<Record<keyof Folders, readonly [property: string, variable: string, below: string]>> = {
  conf: ['hivemq.config.folder', 'HIVEMQ_CONFIG_FOLDER', 'conf'],
  data: ['hivemq.data.folder', 'HIVEMQ_DATA_FOLDER', 'data'],
  log: ['hivemq.log.folder', 'HIVEMQ_LOG_FOLDER', 'log'],
  license: ['hivemq.license.folder', 'HIVEMQ_LICENSE_FOLDER', 'license'],
  extensions: ['hivemq.extensions.folder', 'HIVEMQ_EXTENSION_FOLDER', 'extensions'],
  backup: ['hivemq.backup.folder', 'HIVEMQ_BACKUP_FOLDER', 'backup'],
};

/** Where the broker keeps its files; relative values count from its home. */
export function foldersOf(
  real: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Folders {
  const home = propertyOf(words, 'hivemq.home') ?? environment['HIVEMQ_HOME'] ?? real;
  const place = (key: keyof Folders): Folders['conf'] => {
    const [property, variable, below] = places[key];
    const [byProperty, byVariable] = [propertyOf(words, property), environment[variable]];
    const path = posix.resolve(home, byProperty ?? byVariable ?? below);
    return {
      path,
      setBy: byProperty !== undefined ? 'property' : byVariable !== undefined ? 'environment' : 'default',
    };
  };
  return {
    conf: place('conf'),
    data: place('data'),
    log: place('log'),
    license: place('license'),
    extensions: place('extensions'),
    backup: place('backup'),
  };
}
