import {
  credentialsLink,
  credentialsPath,
  fileRbac,
  settingsPath,
} from '../../../domain/products/hivemq/file-rbac/index.js';
import type { HivemqSpec } from '../../../domain/products/hivemq/spec/index.js';
import type { Effect, NodeManifest } from '../../node-manifest.js';
import { renderCredentials, renderFileRbacSettings } from './file-rbac-xml.js';

type Part = Pick<NodeManifest, 'files' | 'secretFiles' | 'contents' | 'links'>;

const none: Part = { files: [], secretFiles: [], contents: [], links: [] };
const secretMode = 0o600;

/**
 * Users and roles of a node's clients, for the File RBAC extension. They lie outside of its folder, and a link leads to
 * them, so that the extension can be disabled and replaced without them. The extension takes up a changed file by itself;
 * its settings are part of its folder.
 */
export function usersManifest(spec: HivemqSpec): Part {
  const extension = fileRbac(spec);
  if (extension === null) return none;
  const effect: Effect = extension.supportsHotReload ? 'hot' : 'restart';
  const { credentials } = spec.users;
  const file = { path: credentialsPath, effect: 'hot' } as const;
  return {
    files: [{ path: settingsPath, content: renderFileRbacSettings(spec.users), mode: 0o640, effect }],
    secretFiles: credentials === undefined ? [{ ...file, under: 'home', ...renderCredentials(spec.users) }] : [],
    contents: credentials === undefined ? [] : [{ ...file, mode: secretMode, content: credentials }],
    links: [{ path: credentialsLink, target: credentialsPath, effect }],
  };
}
