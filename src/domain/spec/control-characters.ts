import type { SpecIssue } from './issue.js';
import { hasControlCharacter } from './text.js';

/** Keys whose text is the content of a file and may have lines. */
const contentKeys = new Set(['text']);

/** Every text and key anywhere in the value that has a control character: no such text may reach a host. */
export function controlCharacterIssues(value: unknown, path: readonly (string | number)[] = []): SpecIssue[] {
  const last = path.at(-1);
  if (typeof value === 'string') {
    const layout = typeof last === 'string' && contentKeys.has(last);
    return hasControlCharacter(value, layout)
      ? [{ path, message: 'must not contain control characters or line ends' }]
      : [];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) => controlCharacterIssues(item, [...path, index]));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    hasControlCharacter(key)
      ? [{ path, message: 'a key must not contain control characters or line ends' }]
      : controlCharacterIssues(item, [...path, key]),
  );
}
