import type { NodeIdentity } from '../../../domain/observation/index.js';
import type { NodeManifest } from '../../../render/node-manifest.js';
import type { StepContext } from '../step-context.js';
import { extensionKey, secretFileKey } from '../manifest/item-keys.js';
import { wantedOf } from '../manifest/wanted-of.js';

/**
 * What of a manifest is brought to a running node that was adopted: only what differs from what it was adopted with. The
 * rest says the same in the words of whoever wrote it, and is replaced at its next planned stop.
 */
export function withoutAsFound(
  context: StepContext,
  name: string,
  manifest: NodeManifest,
  identity: NodeIdentity | null,
): NodeManifest {
  if (identity?.layout !== 'adopted') return manifest;
  const { hot } = wantedOf(context.session.spec, name);
  const differs = (key: string): boolean => identity.hot?.[key] === undefined || identity.hot[key] !== hot[key];
  const byPath = ({ path }: { readonly path: string }): boolean => differs(path);
  return {
    ...manifest,
    files: manifest.files.filter(byPath),
    secretFiles: manifest.secretFiles.filter((file) => differs(secretFileKey(file))),
    contents: manifest.contents.filter(byPath),
    stores: manifest.stores.filter(byPath),
    extensions: manifest.extensions.filter((extension) => differs(extensionKey(extension))),
    links: manifest.links.filter(byPath),
  };
}
