import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine, quote } from '../../../src/adapters/ssh/quote.js';

/** What a real shell makes of a line that was quoted. */
function throughShell(argv: readonly string[]): string[] {
  const out = execFileSync('sh', ['-c', quote(['printf', '%s\\0', ...argv])], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom(...Array.from('\'"\\$`!*?[]{}()<>|&;#~= \t\n\r-%^aä€🐝')),
    maxLength: 40,
  }),
  fc.constantFrom('', '-n', '--', '$(id)', "'", "''", "'\\''", '~', 'a=b', '\n', '\\', '*'),
);

describe('quote', () => {
  it('hands exactly the same arguments through a real shell', () => {
    const argument = nasty.filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 8 }), (argv) => {
        expect(throughShell(argv)).toEqual(argv);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what no program can receive', () => {
    expect(() => quote(['a\0b'])).toThrow(/NUL/);
  });

  it('leaves harmless words readable', () => {
    expect(quote(['systemctl', 'start', 'hivekeeper-prod.service'])).toBe('systemctl start hivekeeper-prod.service');
  });
});

describe('commandLine', () => {
  const sudo = { user: 'ops', become: 'sudo' } as const;

  it('uses sudo only where another user is asked for', () => {
    expect(commandLine(['id'], sudo)).toBe('LC_ALL=C id');
    expect(commandLine(['id'], sudo, 'ops')).toBe('LC_ALL=C id');
    expect(commandLine(['id', 'a b'], sudo, 'hivemq')).toBe("LC_ALL=C sudo -n -u hivemq -- id 'a b'");
    expect(commandLine(['id'], { user: 'ops', become: 'none' }, 'hivemq')).toBe('LC_ALL=C id');
  });
});
