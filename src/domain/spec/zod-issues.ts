import type { z } from 'zod';
import type { SpecIssue } from './issue.js';
import { knownKeys, nearestName } from './known-keys.js';
import { reservedKeys, unsupportedMessage } from './unsupported.js';

type ZodIssue = z.core.$ZodIssue;
type Path = (string | number)[];

const pathOf = (path: readonly PropertyKey[]): Path => path.map((key) => (typeof key === 'symbol' ? String(key) : key));

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return typeof key === 'number' ? value[key] : undefined;
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.entries(value).find(([name]) => name === String(key))?.[1];
  }, root);
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return expectedNames[typeof value] ?? typeof value;
}

const expectedNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function unknownKeyIssues(schema: z.ZodType, path: Path, keys: readonly string[]): SpecIssue[] {
  const known = knownKeys(schema, path);
  return keys.map((key) => {
    if (path.length === 0 && reservedKeys.includes(key)) return { path: [key], message: unsupportedMessage(key) };
    const hint = nearestName(key, known);
    const message = `unknown key "${key}"`;
    return hint === undefined
      ? { path: [...path, key], message: `${message}; known here: ${known.join(', ')}` }
      : { path: [...path, key], message, hint };
  });
}

const unknownKeys = (issues: readonly ZodIssue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);

/**
 * The alternative that the author most probably meant: the one with the least wrong, of those the one that knows most of
 * the keys. None where several are as near.
 */
function nearestAlternative(alternatives: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | undefined {
  const weight = (issues: readonly ZodIssue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
  const distance = (a: readonly ZodIssue[], b: readonly ZodIssue[]) =>
    weight(a) - weight(b) || unknownKeys(a) - unknownKeys(b);
  const objects = alternatives.filter(
    (issues) => !issues.some((one) => one.code === 'invalid_type' && one.path.length === 0),
  );
  const [first, second] = [...objects].sort(distance);
  if (first === undefined) return undefined;
  return second === undefined || distance(first, second) < 0 ? first : undefined;
}

const isGeneric = (message: string) => message.startsWith('Invalid ') || message.startsWith('Too ');

function describe(issue: ZodIssue, value: unknown): string {
  if (!isGeneric(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is missing';
      return (
        `must be ${expectedNames[issue.expected] ?? issue.expected}, not ${kindOf(value)}` +
        (issue.expected === 'string' && typeof value !== 'object' ? ': quote it' : '')
      );
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}${issue.origin === 'array' ? ' long' : ''}`;
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'array' || issue.origin === 'string' ? ' long' : ''}`;
    default:
      return issue.message;
  }
}

function toIssues(schema: z.ZodType, root: unknown, issue: ZodIssue, parent: Path): SpecIssue[] {
  const path = [...parent, ...pathOf(issue.path)];
  if (issue.code === 'unrecognized_keys') return unknownKeyIssues(schema, path, issue.keys);
  const value = valueAt(root, path);
  if (issue.code === 'invalid_union') {
    const nearest = typeof value === 'object' && value !== null ? nearestAlternative(issue.errors) : undefined;
    if (nearest) return nearest.flatMap((one) => toIssues(schema, root, one, path));
  }
  if (issue.code === 'invalid_key') return issue.issues.map((one) => ({ path, message: one.message }));
  const message = value === undefined && issue.code !== 'custom' ? 'is missing' : describe(issue, value);
  const hint = issue.code === 'custom' ? hintOf(issue) : nearestValue(issue, value);
  return [hint === undefined ? { path, message } : { path, message, hint }];
}

function hintOf(issue: z.core.$ZodIssueCustom): string | undefined {
  const hint: unknown = issue.params?.hint;
  return typeof hint === 'string' ? hint : undefined;
}

function nearestValue(issue: ZodIssue, value: unknown): string | undefined {
  if (issue.code !== 'invalid_value' || typeof value !== 'string' || !isGeneric(issue.message)) return undefined;
  return nearestName(value, issue.values.map(String));
}

/** What zod found, in the words of this product: one issue for each key that is wrong, and the nearest known name. */
export function issuesFromZod(schema: z.ZodType, input: unknown, error: z.ZodError): SpecIssue[] {
  return error.issues.flatMap((issue) => toIssues(schema, input, issue, []));
}
