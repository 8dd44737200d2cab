import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import { keyContentSchema } from './content.js';

/** The Java of the host, or an archive of a Java runtime that Hivekeeper brings along. */
export const javaSchema = z
  .union([z.literal('system'), ...keyContentSchema.options], {
    error: 'java is system, or the archive of a runtime (.tar.gz or .zip): { url, sha256 }, { file } or { stored }',
  })
  .default('system')
  .describe(
    'Java that runs the broker: `system` is the one on the PATH of the host; a runtime brought along is a .tar.gz or .zip as its vendor ships it, the same on every node.',
  );
export type JavaSpec = z.infer<typeof javaSchema>;

/**
 * Folder of the brought Java below `packages/` of the broker's home, e.g. `java-0123456789ab`; null for the system's own.
 * @throws HivekeeperError InvalidInput for a file that the command line has not brought to the content store.
 */
export function javaPackageName(java: JavaSpec): string | null {
  if (java === 'system') return null;
  if ('file' in java) {
    const message = `broker.java names the file ${java.file}, which is not in the content store: hivekeeper deploy brings it there, other clients give { stored: SHA-256 }`;
    throw new HivekeeperError('InvalidInput', message, { file: java.file });
  }
  return `java-${('url' in java ? java.sha256 : java.stored).slice(0, 12)}`;
}
