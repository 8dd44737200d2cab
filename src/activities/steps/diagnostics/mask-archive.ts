import { eachZipFile } from '../../../adapters/archive/index.js';
import { type Nature, natureOf } from '../../../adapters/masking/index.js';
import type { NodeCollection } from './node-collection.js';

/** Texts compress well, and a log that says the same again and again even better. */
const limits = { ratio: 2000 };

const reasons: Readonly<Record<Exclude<Nature, 'text' | 'clean'>, string>> = {
  secret: 'a secret is in it, and it is no text',
  archive: 'it is compressed and cannot be looked through',
  'key-store': 'it holds keys',
};

/** Takes the files of a zip, each masked, below `target`. What cannot be looked through is left out and named. */
export async function maskArchive(zip: string, target: string, collection: NodeCollection): Promise<void> {
  await eachZipFile(zip, limits, async (file) => {
    const path = `${target}/${file.path}`;
    const nature = await natureOf(file.path, await file.open(), collection.values);
    if (nature === 'text') await collection.stream(path, await file.open());
    else if (nature === 'clean') await collection.asItIs(path, await file.open());
    else collection.leaveOut(path, reasons[nature]);
  });
}
