import { isObject } from '../../wire/guards.js';
import type { ExtensionCode } from '../extension-code.js';
import type { CreateDiscovery } from './contract.js';

function isCreate(value: unknown): value is CreateDiscovery {
  return typeof value === 'function';
}

/** The discovery code in an extension's jar; undefined for an extension that has none. */
export function discoveryOf(code: ExtensionCode): CreateDiscovery | undefined {
  const create = isObject(code.exported) ? code.exported['createDiscovery'] : undefined;
  return isCreate(create) ? create : undefined;
}
