import type { ExtensionSpec } from '../spec/extensions.js';
import type { HivemqSpec } from '../spec/part.js';
import { hasUsers } from '../spec/users.js';
import { allowAllExtension, fileRbacExtension } from './names.js';

/** An extension as a node has it. */
export interface WantedExtension extends ExtensionSpec {
  /** Where it is not there, nothing is to be done. */
  readonly ifThere?: boolean;
}

const blank = { enabled: true, files: {}, supportsHotReload: true };

/** The File RBAC extension as it shall be; null where the spec has no users. */
export function fileRbac(spec: HivemqSpec): WantedExtension | null {
  if (!hasUsers(spec)) return null;
  const entry = spec.extensions.find(({ id }) => id === fileRbacExtension);
  return { id: fileRbacExtension, ...blank, ...entry, content: entry?.content ?? spec.users.extension };
}

/**
 * The extensions of every node: those that the spec names, and with users the one that lets them in, and off the one that
 * lets everybody in. An entry of the spec goes before: an extension that is disabled there stays so, its users in place.
 */
export function extensionsOf(spec: HivemqSpec): WantedExtension[] {
  const rbac = fileRbac(spec);
  if (rbac === null) return spec.extensions;
  const others = spec.extensions.filter(({ id }) => id !== fileRbacExtension);
  const { supportsHotReload } = rbac;
  const allowAll = { id: allowAllExtension, ...blank, supportsHotReload, enabled: false, ifThere: true };
  return [...others, rbac, ...(others.some(({ id }) => id === allowAllExtension) ? [] : [allowAll])];
}
