import { inspectZip, readZipText } from '../../../adapters/archive/index.js';
import { HivekeeperError, isHivekeeperError } from '../../../domain/errors/index.js';
import type { BrokerProduct } from '../../../domain/products/index.js';

/**
 * Refuses an archive of an extension that the broker would not load: its one folder must have the extension's id, with a
 * description in it that says the same.
 * @throws UnsafeArchive
 */
export async function inspectExtension(
  { extensionDescription }: Pick<BrokerProduct, 'extensionDescription'>,
  id: string,
  archive: string,
): Promise<void> {
  const { topFolder } = await inspectZip(archive).catch((error: unknown) => {
    throw isHivekeeperError(error, 'UnsafeArchive') ? damaged(id, error) : error;
  });
  if (topFolder !== id) {
    const found = topFolder === null ? 'it has no single top folder' : `its top folder is ${topFolder}`;
    throw refused(id, `${found}, and must be ${id}`, 'Correct the id in the spec, or the archive.');
  }
  const { path, problems } = extensionDescription;
  const text = await readZipText(archive, `${id}/${path}`);
  if (text === null) throw refused(id, `it has no ${id}/${path}`, 'It is not an extension of this broker.');
  const [first] = problems(text, id);
  if (first !== undefined) throw refused(id, `its ${path} ${first}`, 'Correct the id in the spec, or the archive.');
}

/** A store knows its archives by hash, people by the extension. */
function damaged(id: string, { details, cause }: HivekeeperError): HivekeeperError {
  const why = String(details['reason']).replace(/\.+$/, '');
  return refused(id, why, 'Check where it comes from, or fetch it again.', { cause });
}

function refused(id: string, why: string, remedy: string, options: ErrorOptions = {}): HivekeeperError {
  const message = `The archive of the extension ${id} is refused: ${why}. Nothing was unpacked. ${remedy}`;
  return new HivekeeperError('UnsafeArchive', message, { id, why }, options);
}
