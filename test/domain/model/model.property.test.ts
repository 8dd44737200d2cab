import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStepKind, steps } from '../../../src/domain/steps/index.js';
import { beyondTheModel, bodies } from './bodies/index.js';
import { again, calmly, cancelled, samePlan, wildly } from './properties.js';
import { runs } from './runs.js';

describe('any operation on any cluster', { timeout: 1_800_000 }, () => {
  it('does what was asked, and asked again has nothing to do', () => {
    fc.assert(calmly(), { numRuns: runs(80) });
  });

  it('breaks no safety rule and comes to an end, whatever happens', () => {
    fc.assert(wildly(), { numRuns: runs(220) });
  });

  it('is finished by asking again, wherever it was cut off', () => {
    fc.assert(again(), { numRuns: runs(100) });
  });

  it('leaves every member that serves with clients when it is cancelled', () => {
    fc.assert(cancelled(), { numRuns: runs(100) });
  });

  it('plans the same for the same', () => {
    fc.assert(samePlan, { numRuns: runs(20) });
  });
});

describe('the model', () => {
  it('knows every kind of step, or says why not', () => {
    expect([...Object.keys(bodies), ...beyondTheModel].sort()).toEqual(Object.keys(steps).sort());
    expect([...Object.keys(bodies), ...beyondTheModel].filter((kind) => !isStepKind(kind))).toEqual([]);
  });
});
