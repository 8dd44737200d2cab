import type { ClusterSpec } from '../spec/index.js';
import type { Difference, ListKeys, Segment } from './differences.js';
import type { ChangeEffect } from './spec-change.js';

/** What a rule may look at besides the difference itself. */
export interface ChangeContext {
  readonly before: ClusterSpec;
  readonly after: ClusterSpec;
  /** Host names of the present members. */
  readonly members: readonly string[];
}

/** The effect of a change, declared once for a key and everything below it; the first rule that fits decides. */
export interface ChangeRule {
  /** Keys with dots, such as `listeners.*.port`; `*` is any one key or item. */
  readonly path: string;
  /** Fits only then; default: always. */
  when?(difference: Difference, context: ChangeContext): boolean;
  readonly effect: ChangeEffect;
  /** One clause; for `refused`: what to do instead. */
  readonly why: string;
}

/** What a broker product says of changes of its own keys. */
export interface ProductChanges {
  readonly listKeys: ListKeys;
  readonly rules: readonly ChangeRule[];
}

/** Whether a rule speaks of this path or of one above it. */
export function covers(rule: ChangeRule, path: readonly Segment[]): boolean {
  const names = rule.path.split('.');
  return names.length <= path.length && names.every((name, index) => name === '*' || name === path[index]?.name);
}
