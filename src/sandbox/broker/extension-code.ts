import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '../wire/guards.js';

/** How the code of an extension answers to its start. */
export type StartAnswer = { prevented?: undefined } | { prevented: string };

/** What is in the jars of an extension. */
export interface ExtensionCode {
  /** What the program exports; undefined for an extension that is there in name only. */
  exported: unknown;
  /** Whether it may be started, stopped and replaced while the broker runs. Unless it says otherwise, it may. */
  hotReload: boolean;
}

/**
 * The code in an extension's jars, which in the stand-in's distributions are programs for Node.js. A real jar is a zip
 * archive, and is not looked into.
 * @throws when a jar is damaged, or its code cannot be loaded
 */
export function loadCode(folder: string): ExtensionCode {
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.jar'))) {
    const file = join(folder, name);
    if (readFileSync(file).subarray(0, 2).toString() === 'PK') continue;
    const load = createRequire(file);
    // An extension that was replaced is read again.
    Reflect.deleteProperty(load.cache, load.resolve(file));
    const exported: unknown = load(file);
    return { exported, hotReload: !(isObject(exported) && exported['supportsHotReload'] === false) };
  }
  return { exported: undefined, hotReload: true };
}

/**
 * Lets the code begin, where it wants to do something at the start.
 * @throws what the code throws
 */
export function startCode({ exported }: ExtensionCode): StartAnswer {
  const start = isObject(exported) ? exported['extensionStart'] : undefined;
  if (typeof start !== 'function') return {};
  const answer: { prevented?: string } = {};
  Reflect.apply(start, exported, [
    {
      preventExtensionStartup: (reason: unknown) => {
        answer.prevented = String(reason);
      },
    },
  ]);
  return answer.prevented === undefined ? {} : { prevented: answer.prevented };
}
