import type { CheckResult } from '../plan/index.js';
import type { CheckName } from './names.js';

/** What a check says: it holds, or why not. `node` names the culprit where there is one. */
export type Verdict = { holds: true; found: string } | { holds: false; reason: string; node?: string };

export interface CheckDefinition<Context> {
  readonly name: CheckName;
  /** One sentence for the docs: what must be true. */
  readonly meaning: string;
  /** What to do when it does not hold. */
  readonly remedy: string;
  /** `wait`: it may come true by itself, so a step waits for it a while; `refuse`: waiting does not help. */
  readonly unmet: 'wait' | 'refuse';
  readonly evaluate: (context: Context) => Verdict | Verdict[];
}

/** Declares a named safety predicate. CLI, waits, overrides, docs and model tests derive from the declaration. */
export function defineCheck<Context>(definition: CheckDefinition<Context>): CheckDefinition<Context> {
  return definition;
}

export interface Override {
  readonly check: string;
  readonly reason: string;
}

/** Evaluates a check and applies the overrides; every verdict becomes a result with its remedy. */
export function evaluateCheck<Context>(
  check: CheckDefinition<Context>,
  context: Context,
  overrides: readonly Override[],
): CheckResult[] {
  const verdicts = check.evaluate(context);
  return (Array.isArray(verdicts) ? verdicts : [verdicts]).map((verdict) => resultOf(check, verdict, overrides));
}

function resultOf<Context>(
  check: CheckDefinition<Context>,
  verdict: Verdict,
  overrides: readonly Override[],
): CheckResult {
  if (verdict.holds) return { check: check.name, status: 'holds', reason: verdict.found };
  const override = overrides.find((candidate) => candidate.check === check.name);
  const node = verdict.node === undefined ? {} : { node: verdict.node };
  if (override) {
    return {
      check: check.name,
      ...node,
      status: 'overridden',
      reason: `${verdict.reason} (overridden: ${override.reason})`,
    };
  }
  return { check: check.name, ...node, status: 'fails', reason: verdict.reason, remedy: check.remedy };
}
