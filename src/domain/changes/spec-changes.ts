import { encodeClusterSpec } from '../spec/index.js';
import { commonListKeys, commonRules } from './common-rules.js';
import { describeValue, reference } from './describe-value.js';
import { type Difference, differences, formatSegments } from './differences.js';
import { type ChangeContext, type ChangeRule, covers, type ProductChanges } from './rules.js';
import type { SpecChange } from './spec-change.js';

/** Keys without a rule are read by operations alone. */
const otherwise = { effect: 'nothing', why: 'used by the next operation' } as const;

/**
 * What differs between the recorded spec and the given one, with the effect of each. Both are parsed; they are compared
 * in the form of a file with all defaults spelled out. Lists of named things are compared by name, so that their order
 * says nothing; contents by hash, secrets by reference.
 */
export function specChanges(context: ChangeContext, product: ProductChanges): SpecChange[] {
  const keys = { ...commonListKeys, ...product.listKeys };
  const rules = [...product.rules, ...commonRules];
  const found = differences(encodeClusterSpec(context.before), encodeClusterSpec(context.after), keys);
  return found.map((difference) => judged(difference, context, rules));
}

function judged(difference: Difference, context: ChangeContext, rules: readonly ChangeRule[]): SpecChange {
  const { sign, path, before, after } = difference;
  const rule = rules.find((one) => covers(one, path) && (one.when?.(difference, context) ?? true)) ?? otherwise;
  const [was, is] = [describeValue(before), describeValue(after)];
  // Two texts of the same length look the same, and are not.
  const changed = was === is && reference(after) !== null ? `${is}, changed` : is;
  return {
    sign,
    path: formatSegments(path),
    ...(sign !== '+' && { before: was }),
    ...(sign !== '-' && { after: changed }),
    effect: rule.effect,
    why: rule.why,
  };
}
