import { z } from 'zod';
import { HivekeeperError } from '../errors/index.js';
import type { ClusterSpec } from './common.js';
import { controlCharacterIssues } from './control-characters.js';
import { formatIssue, type SpecIssue } from './issue.js';
import { nearestName } from './known-keys.js';
import { laterProducts, productSpecs, type SpecSchema } from './products/index.js';
import { unsupportedMessage } from './unsupported.js';
import { issuesFromZod } from './zod-issues.js';

export type SpecResult =
  | { readonly ok: true; readonly spec: ClusterSpec }
  | { readonly ok: false; readonly issues: readonly SpecIssue[] };

const outline = z.looseObject({ broker: z.looseObject({ product: z.string() }) });

type Chosen = { readonly schema: SpecSchema } | { readonly issue: SpecIssue };

/** The schema that `broker.product` asks for. */
export function chooseSchema(value: unknown): Chosen {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { issue: { path: [], message: 'a spec is a mapping with name, broker, ssh, hosts and nodes' } };
  }
  const read = outline.safeParse(value);
  if (!read.success) {
    const path = 'broker' in value ? ['broker', 'product'] : ['broker'];
    return { issue: { path, message: `is missing; products: ${Object.keys(productSpecs).join(', ')}` } };
  }
  const { product } = read.data.broker;
  const schema = Object.hasOwn(productSpecs, product) ? productSpecs[product] : undefined;
  if (schema) return { schema };
  const path = ['broker', 'product'];
  if (laterProducts.includes(product))
    return { issue: { path, message: unsupportedMessage(`the product ${product}`) } };
  const hint = nearestName(product, Object.keys(productSpecs));
  const message = `must be one of ${Object.keys(productSpecs).join(', ')}`;
  return { issue: hint === undefined ? { path, message } : { path, message, hint } };
}

/** Reads a spec as it stands in a file, with defaults filled in; or says everything that is wrong with it. */
export function parseClusterSpec(value: unknown): SpecResult {
  const unsafe = controlCharacterIssues(value);
  if (unsafe.length > 0) return { ok: false, issues: unsafe };
  const chosen = chooseSchema(value);
  if ('issue' in chosen) return { ok: false, issues: [chosen.issue] };
  const result = chosen.schema.safeParse(value);
  if (result.success) return { ok: true, spec: result.data };
  return { ok: false, issues: issuesFromZod(chosen.schema, value, result.error) };
}

/**
 * Writes a parsed spec in the form of a file again (durations with units), all defaults spelled out.
 * `parseClusterSpec` gives the same spec back.
 * @throws HivekeeperError InvalidInput when the value is no parsed spec.
 */
export function encodeClusterSpec(spec: unknown): unknown {
  const chosen = chooseSchema(spec);
  if ('issue' in chosen) throw new HivekeeperError('InvalidInput', formatIssue(chosen.issue));
  // As a schema of unknown output, so that a spec from a record or history is checked instead of believed.
  const schema: z.ZodType = chosen.schema;
  const result = z.safeEncode(schema, spec);
  if (result.success) return result.data;
  const issues = issuesFromZod(schema, spec, result.error);
  throw new HivekeeperError('InvalidInput', `not a parsed spec: ${issues.map(formatIssue).join('; ')}`);
}

/**
 * Reads a spec that was parsed before and went through JSON since: a record, an input of an activity.
 * @throws HivekeeperError InvalidInput when the value is no parsed spec.
 */
export function reviveClusterSpec(value: unknown): ClusterSpec {
  const result = parseClusterSpec(encodeClusterSpec(value));
  if (result.ok) return result.spec;
  throw new HivekeeperError('InvalidInput', `not a parsed spec: ${result.issues.map(formatIssue).join('; ')}`);
}
