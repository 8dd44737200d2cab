import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { ContentStore } from '../../../../src/adapters/ports/index.js';

/** An extension in name only, in the content store. */
export async function extensionZip(
  store: ContentStore,
  id: string,
  files: Readonly<Record<string, string>> = {},
): Promise<{ stored: string }> {
  const zip = new ZipFile();
  const description = `<hivemq-extension><id>${id}</id><name>${id}</name><version>1.0.0</version></hivemq-extension>`;
  zip.addBuffer(Buffer.from(description), `${id}/hivemq-extension.xml`);
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), `${id}/${path}`);
  zip.end();
  const { sha256 } = await store.put(await buffer(zip.outputStream));
  return { stored: sha256 };
}
