import { parseClusterSpec, type SpecResult } from './parse.js';

/** Stands for what the hosts will tell; nothing is ever made of it. */
const unknownVersion = '0.0.0';
const unknownPackage = { sha256: { [unknownVersion]: '0'.repeat(64) } };

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One that the package is known for, since a spec with another is refused. */
function versionFor(given: unknown): string {
  const sums = isMapping(given) ? given['sha256'] : undefined;
  const [first = unknownVersion] = isMapping(sums) ? Object.keys(sums) : [];
  return first;
}

/**
 * A spec of a cluster that runs already, as far as somebody has written it: enough to reach its hosts. What is missing and
 * only the hosts can tell (the version, the number of nodes, the broker's own keys) is filled in for the time being.
 */
export function outlineSpec(given: unknown): SpecResult {
  if (!isMapping(given)) return parseClusterSpec(given);
  const broker = given['broker'];
  const filled = isMapping(broker)
    ? { version: versionFor(broker['package']), package: unknownPackage, ...broker }
    : broker;
  return parseClusterSpec({ nodes: 1, ...given, broker: filled });
}
