import { createHash } from 'node:crypto';
import type { WantedItems } from '../../../domain/planning/index.js';
import type { Content } from '../../../domain/spec/index.js';
import type { Effect, MadeStore, NodeManifest } from '../../../render/node-manifest.js';
import { extensionKey, secretFileKey, variableKey } from './item-keys.js';

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What tells two contents apart without reading them. */
export function contentIdentity(content: Content): string {
  if ('stored' in content) return content.stored;
  if ('url' in content) return content.sha256;
  if ('text' in content) return sha256(content.text);
  if ('base64' in content) return sha256(Buffer.from(content.base64, 'base64'));
  return `file ${content.file}`;
}

function storeIdentity({ source }: MadeStore, issuer: unknown): unknown {
  switch (source.from) {
    case 'pem-key':
      return [contentIdentity(source.certificate), contentIdentity(source.privateKey), source.passphrase ?? null];
    case 'pem-certificates':
      return contentIdentity(source.certificates);
    default:
      return [source.from, issuer];
  }
}

/**
 * What tells this manifest from another one, item by item. Nothing secret goes into it: a secret counts by its
 * reference, a content by its SHA-256.
 * @param issuer what key material of this node depends on besides its node
 */
export function wantedItems(manifest: NodeManifest, issuer: unknown = null): WantedItems {
  const items: Record<Effect, Record<string, string>> = { restart: {}, hot: {} };
  const add = (effect: Effect, key: string, ...identity: unknown[]): void => {
    items[effect][key] = sha256(JSON.stringify(identity));
  };
  for (const { path, content, mode, effect } of manifest.files) add(effect, path, content, mode);
  for (const file of manifest.secretFiles) add(file.effect, secretFileKey(file), file.template, file.values);
  for (const { path, mode, content, effect } of manifest.contents) add(effect, path, contentIdentity(content), mode);
  for (const store of manifest.stores) add(store.effect, store.path, store.source.from, storeIdentity(store, issuer));
  for (const variable of manifest.variables) add('restart', variableKey(variable), variable.value);
  for (const extension of manifest.extensions) {
    const { content, enabled } = extension;
    add(extension.effect, extensionKey(extension), content === null ? null : contentIdentity(content), enabled);
  }
  for (const { path, target, effect } of manifest.links) add(effect, path, 'link', target);
  return items;
}

/** One hash over everything that a restart is needed for. */
export function settingsOf({ restart }: WantedItems): string {
  return sha256(JSON.stringify(Object.entries(restart).sort(([a], [b]) => (a < b ? -1 : 1))));
}
