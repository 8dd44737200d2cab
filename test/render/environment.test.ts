import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderEnvironment } from '../../src/render/environment.js';

const harmless = fc.stringMatching(/^[A-Za-z0-9 _.,:=+/%@-]{0,60}$/);

describe('renderEnvironment', () => {
  it('is read by a shell as it was meant', () => {
    fc.assert(
      fc.property(harmless, (value) => {
        const program = `${renderEnvironment({ VALUE: value })}printf %s "$VALUE"`;
        expect(execFileSync('/bin/sh', ['-c', program], { encoding: 'utf8' })).toBe(value);
      }),
      { numRuns: 25 },
    );
  });

  it.each(['$HOME', '`id`', 'a"b', "a'b", 'a\\b', 'a\nB=c', 'a;b', 'a\0'])('refuses %j', (value) => {
    expect(() => renderEnvironment({ VALUE: value })).toThrow(/VALUE has a character that a shell would act on/);
  });

  it.each(['a b', 'lower', '1A', 'A=B', ''])('refuses the name %j', (name) => {
    expect(() => renderEnvironment({ [name]: 'x' })).toThrow();
  });
});
