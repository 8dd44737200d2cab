import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '../../wire/guards.js';
import type { CreateDiscovery } from './contract.js';

function isCreate(value: unknown): value is CreateDiscovery {
  return typeof value === 'function';
}

/**
 * The discovery code in an extension's jar, which in the stand-in's distributions is a program for Node.js; undefined
 * for an extension that has none. A real jar is a zip archive, and is not looked into.
 * @throws when the jar is damaged
 */
export function loadDiscovery(folder: string): CreateDiscovery | undefined {
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.jar'))) {
    const file = join(folder, name);
    if (readFileSync(file).subarray(0, 2).toString() === 'PK') continue;
    const load = createRequire(file);
    // An extension that was replaced is read again.
    Reflect.deleteProperty(load.cache, load.resolve(file));
    const code: unknown = load(file);
    const create = isObject(code) ? code['createDiscovery'] : undefined;
    if (isCreate(create)) return create;
  }
  return undefined;
}
