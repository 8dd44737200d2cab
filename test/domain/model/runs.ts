import fc from 'fast-check';

/**
 * How many random runs a property makes: `share` of a hundred by default, so that all of them take seconds.
 * `HIVEKEEPER_MODEL_RUNS=5000 HIVEKEEPER_PROPERTY_SEED=random npx vitest run test/domain/model` looks further.
 */
export function runs(share: number): number {
  const wanted = Number(process.env['HIVEKEEPER_MODEL_RUNS'] ?? 100);
  return Math.max(1, Math.round((wanted * share) / 100));
}

/** Within how many runs a sabotage has to be seen. */
const few = 300;

/** @param rule what must be among the reasons; default: any */
export function isSeen<T>(property: fc.IProperty<T>, rule = ''): boolean {
  const { failed, errorInstance } = fc.check(property, { numRuns: few, endOnFailure: true });
  const actual: unknown = errorInstance instanceof Error ? Reflect.get(errorInstance, 'actual') : null;
  return failed && `${String(errorInstance)} ${JSON.stringify(actual)}`.includes(rule);
}
