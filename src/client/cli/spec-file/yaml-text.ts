import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { messageOf } from '../../../domain/errors/index.js';
import type { SpecIssue } from '../../../domain/spec/index.js';

/** A parsed text that remembers where each of its values stands. */
interface YamlText {
  readonly value: unknown;
  /** Adds line and column of the key, or of the nearest thing around it that the text has. */
  locate(issue: SpecIssue): SpecIssue;
}

type YamlResult = { readonly ok: true; readonly text: YamlText } | { readonly ok: false; readonly issues: SpecIssue[] };

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

/** The key's place and the value behind it; undefined where the text has no such key. */
function step(
  document: Document,
  node: unknown,
  key: string | number,
): { at: number | undefined; value: unknown } | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target) && typeof key === 'number') {
    const item = target.items[key];
    return item === undefined ? undefined : { at: startOf(item), value: item };
  }
  if (!isMap(target)) return undefined;
  const pair = target.items.find((one) => isScalar(one.key) && String(one.key.value) === String(key));
  return pair && { at: startOf(pair.key), value: pair.value };
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const key of path) {
    const found = step(document, node, key);
    if (found === undefined) return offset;
    offset = found.at ?? offset;
    node = found.value;
  }
  return offset;
}

/** Reads YAML 1.2, of which JSON is a part. A key that stands twice, and more than one document, are errors. */
export function readYaml(source: string): YamlResult {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    merge: true,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
    version: '1.2',
  });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return { ok: false, issues: problems.map((one) => ({ path: [], message: one.message, ...at(one.pos[0]) })) };
  }
  try {
    const value: unknown = document.toJS();
    return { ok: true, text: { value, locate: (issue) => ({ ...issue, ...at(offsetOf(document, issue.path)) }) } };
  } catch (error) {
    // Aliases that would grow without bounds.
    return { ok: false, issues: [{ path: [], message: messageOf(error), line: 1, column: 1 }] };
  }
}
