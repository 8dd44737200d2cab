import type { ObservedExtension } from '../../../domain/observation/index.js';
import { bundledExtensions } from '../../../domain/products/hivemq/adopt/index.js';
import { extensionName, extensionVersion } from '../../../domain/products/hivemq/extension-xml.js';
import { lastSaying, type LogFacts } from '../../../domain/products/hivemq/log-facts.js';
import { extensionMark, textOf } from './observe-script.js';

/** Every folder below `extensions` with what its description, its files and the broker's log tell; null: not readable. */
export function observedExtensions(
  report: ReadonlyMap<string, readonly string[]>,
  log: LogFacts,
): ObservedExtension[] | null {
  const text = textOf(report, 'extensions');
  return text === null
    ? null
    : text
        .split(`\0${extensionMark}\0`)
        .slice(1)
        .flatMap((one) => extensionOf(one, log));
}

function extensionOf(told: string, log: LogFacts): ObservedExtension[] {
  const [facts = '', id = '', ...rest] = told.split('\0');
  const [enabled, bundled, archive = ''] = facts.split(' ');
  if (id === '') return [];
  const xml = rest.join('');
  const saying = lastSaying(log, { id, name: extensionName(xml) ?? id });
  return [
    {
      id,
      version: extensionVersion(xml),
      enabled: enabled === 'yes',
      archive: /^[0-9a-f]{64}$/.test(archive) ? archive : null,
      said: saying?.said ?? null,
      line: saying?.line ?? null,
      // A package that was unpacked by hand had its extensions where they still are.
      bundled: bundled === 'yes' || Object.hasOwn(bundledExtensions, id),
    },
  ];
}
