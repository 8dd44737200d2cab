import { writeFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export type TarPart = Partial<Header> & Pick<Header, 'name'> & { readonly content?: string | Buffer };

/** A .tar.gz with exactly these entries, whatever they are. */
export async function makeTarGz(path: string, parts: readonly TarPart[]): Promise<string> {
  const tar = pack();
  const bytes = buffer(tar);
  for (const { content, ...header } of parts) {
    // The same entries shall make the same archive.
    const dated = { mtime: new Date(0), ...header };
    if (content === undefined) tar.entry(dated);
    else tar.entry(dated, content);
  }
  tar.finalize();
  writeFileSync(path, gzipSync(await bytes));
  return path;
}
