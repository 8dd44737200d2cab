import { asHivemqSpec, type HivemqSpec } from '../../src/domain/products/hivemq/spec/index.js';
import { findHost, formatIssue, parseClusterSpec, type ResolvedHost } from '../../src/domain/spec/index.js';
import { exampleSpec } from '../domain/spec/example.js';

/** The example of the documentation with changes, parsed. */
export function parsedSpec(change: object = {}): HivemqSpec {
  const result = parseClusterSpec({ ...exampleSpec(), ...change });
  if (!result.ok) throw new Error(result.issues.map(formatIssue).join('\n'));
  return asHivemqSpec(result.spec);
}

/** A host of the spec, filled in. */
export function hostOf(spec: HivemqSpec, name: string): ResolvedHost {
  const host = findHost(spec, name);
  if (!host) throw new Error(`no host ${name}`);
  return host;
}
