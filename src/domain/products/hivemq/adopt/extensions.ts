import { bundledExtensions } from './bundled.js';
import type { Installations } from './reading.js';

/** Ids of extensions that do not come with a package, so that their folder must be packed, with a host that has each. */
export function extensionsToPack(installations: Installations): { id: string; host: string; folder: string }[] {
  const found = new Map<string, { id: string; host: string; folder: string }>();
  for (const [host, { extensions }] of Object.entries(installations)) {
    for (const { id, folder } of extensions) {
      if (!Object.hasOwn(bundledExtensions, id) && !found.has(id)) found.set(id, { id, host, folder });
    }
  }
  return [...found.values()];
}
