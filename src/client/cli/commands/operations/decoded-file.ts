import { readFile } from 'node:fs/promises';
import { HivekeeperError, messageOf } from '../../../../domain/errors/index.js';

/**
 * What a file holds in base64, line breaks and spaces left out.
 * @param key the option that names it, for messages
 * @throws HivekeeperError InvalidInput for a file that cannot be read or is no base64
 */
export async function decodedFile({ file, key }: { readonly file: string; readonly key: string }): Promise<Buffer> {
  const text = await readFile(file, 'latin1').catch((error: unknown) => {
    const message = `${key}: ${file} cannot be read: ${messageOf(error)}. Nothing was started.`;
    throw new HivekeeperError('InvalidInput', message, { file, key }, { cause: error });
  });
  const packed = text.replace(/\s+/g, '');
  if (packed !== '' && /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed)) {
    return Buffer.from(packed, 'base64');
  }
  const message = `${key}: ${file} holds no base64. Nothing was started. A file that is to be brought as it is goes with --file.`;
  throw new HivekeeperError('InvalidInput', message, { file, key });
}
