import { compareVersions, parseVersion } from '../../spec/version.js';
import type { HivemqSpec } from './spec/index.js';

type Requires = NonNullable<HivemqSpec['extensions'][number]['requires']>;

/**
 * Enabled extensions that do not go with the version of the spec. `hivemq-extension.xml` has no element for that (Community
 * Edition, HiveMQExtensionEntity: id, name, version, author, priorities), so it is the spec that says it.
 */
export function extensionVersionProblems({ extensions, broker }: HivemqSpec): string[] {
  return extensions.flatMap(({ id, content, enabled, requires }, index) => {
    // One of the package is replaced with it.
    const broken = content !== undefined && enabled && requires ? brokenBound(requires, broker.version) : null;
    if (broken === null) return [];
    const key = `extensions[${index}].requires.${broken.bound}`;
    const side = broken.bound === 'minimum' ? 'older' : 'newer';
    return [
      `the extension ${id} goes with versions of the broker no ${side} than ${broken.version} (${key}), and ${broker.version} is asked for: bring a release of it that does, disable it, or change ${key}`,
    ];
  });
}

function brokenBound(
  { minimum, maximum }: Requires,
  version: string,
): { readonly bound: 'minimum' | 'maximum'; readonly version: string } | null {
  if (minimum !== undefined && isBefore(version, minimum)) return { bound: 'minimum', version: minimum };
  if (maximum !== undefined && isBefore(maximum, version)) return { bound: 'maximum', version: maximum };
  return null;
}

function isBefore(one: string, other: string): boolean {
  const [a, b] = [parseVersion(one), parseVersion(other)];
  return a !== null && b !== null && compareVersions(a, b) < 0;
}

/** Those that come with the package of the broker are replaced with it, and so go with every version. */
export function unprovenExtensions({ extensions }: HivemqSpec): string[] {
  return extensions
    .filter(({ content, enabled, requires }) => content !== undefined && enabled && requires === undefined)
    .map(({ id }) => id);
}
