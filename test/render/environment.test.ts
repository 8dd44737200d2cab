import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentReader } from '../../src/adapters/supervisor/environment-reader.js';
import { renderEnvironment, renderEnvironmentLine } from '../../src/render/environment.js';
import { parseEnvironmentFile } from '../../src/sandbox/hosts/programs/systemd-unit-file.js';
import { mustSkip } from '../support/requirements.js';

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

/** Any printable text, with what readers treat in their own way more often than not. */
const printable = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        "'",
        '\\',
        '$',
        '`',
        '#',
        ';',
        ' ',
        '=',
        '!',
        '%',
        '$HOME',
        '${PATH}',
        '\\n',
        '\\"',
        '$$',
        'é',
        '😀',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => !/[\p{Cc}\p{Cs}\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]/u.test(text));

const generator = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';
const noGenerator = mustSkip({
  missing: existsSync(generator) ? undefined : 'There is no reader of environment files by systemd here.',
  install: 'apt-get install systemd, as root.',
});

describe('renderEnvironmentLine', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hivekeeper-environment-'));
    mkdirSync(path.join(folder, 'environment.d'));
    file = path.join(folder, 'environment.d/50.conf');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const sh = (program: string): string => execFileSync('/bin/sh', ['-c', program, 'sh', file], { encoding: 'utf8' });
  const readers: Readonly<Record<string, { missing: boolean; read: (text: string) => string }>> = {
    'a shell': {
      missing: false,
      read: (text) => {
        writeFileSync(file, text);
        return sh('. "$1"; printf %s "$VALUE"');
      },
    },
    'the supervisor process': {
      missing: false,
      read: (text) => {
        writeFileSync(file, text);
        return sh(`${environmentReader}\nread_environment "$1"\nprintf %s "$VALUE"`);
      },
    },
    'systemd (apt-get install systemd)': {
      missing: noGenerator,
      read: (text) => {
        // Of systemd's readers the one that needs no running systemd: it replaces variables besides, so that $ is doubled.
        writeFileSync(file, text.replaceAll('\\$', '\\$\\$'));
        const env = { XDG_CONFIG_HOME: folder };
        const said = execFileSync(generator, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
        writeFileSync(
          file,
          said
            .split('\n')
            .filter((line) => line.startsWith('VALUE='))
            .join('\n'),
        );
        return sh('. "$1"; printf %s "$VALUE"');
      },
    },
    'the stand-in for systemd': { missing: false, read: (text) => parseEnvironmentFile(text)['VALUE'] ?? '' },
  };

  for (const [name, { missing, read }] of Object.entries(readers)) {
    it.skipIf(missing)(`is read by ${name} as it was meant`, { timeout: 60_000 }, () => {
      const holds = (value: string): void => {
        expect(read(renderEnvironmentLine('VALUE', value))).toBe(value);
      };
      fc.assert(fc.property(printable, holds), { numRuns: 100 });
      for (const value of ['', ' a ', '"', '\\', 'a\\', '$$', '#', "'", 'a=b', '"a"', '\\\\"']) holds(value);
    });
  }

  it.each(['a\nb', 'a\tb', 'a\0', 'a\u007f', '\ud800', '\ufffe'])('refuses %j without telling it', (value) => {
    expect(() => renderEnvironmentLine('VALUE', `secret${value}`)).toThrow(/^(?!.*secret).*VALUE has a line break/);
  });

  it.each(['a b', 'lower', '1A', 'A=B', ''])('refuses the name %j', (name) => {
    expect(() => renderEnvironmentLine(name, 'x')).toThrow();
  });
});
