import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import {
  isOperationType,
  operationMessages,
  operations,
  parseOperationInput,
} from '../../src/domain/operations/index.js';
import { bareProgram, leaves, pathOf } from './bare-program.js';
import { type CommandLine, commandLines, shellWords } from './command-lines.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  ...['README.md', 'CHANGELOG.md'].map((name) => join(project, name)),
  ...readdirSync(join(project, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(project, 'docs', name)),
].map((path) => ({ name: relative(project, path), text: readFileSync(path, 'utf8') }));

const calls = (program: 'hivekeeper' | 'temporal'): CommandLine[] =>
  pages.flatMap(({ name, text }) => commandLines(name, text, program));

const names = leaves(bareProgram()).map(pathOf);

/** What is wrong with a call; null where it could be typed as it stands. */
async function problemOf({ words, whole }: CommandLine): Promise<string | null> {
  // Within a sentence `hosts scan` and `approve` are names.
  if (!whole && names.includes(words.join(' '))) return null;
  try {
    await bareProgram().parseAsync([...words], { from: 'user' });
    return null;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? null : error.message;
    throw error;
  }
}

const valueOf = (words: readonly string[], option: string): string | undefined => {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
};

describe('every command in the documentation', () => {
  it('is one that hivekeeper understands', async () => {
    const lines = calls('hivekeeper');
    expect(lines.length).toBeGreaterThan(50);
    const problems = await Promise.all(lines.map(async (call) => ({ call, problem: await problemOf(call) })));
    expect(
      problems
        .filter(({ problem }) => problem !== null)
        .map(
          ({ call, problem }) => `${call.file}:${call.line}: hivekeeper ${call.words.join(' ')}: ${String(problem)}`,
        ),
    ).toEqual([]);
  });

  it('is shown at least once', () => {
    const shown = calls('hivekeeper').map(({ words }) => words.join(' '));
    const missing = names.filter((name) => !shown.some((words) => words === name || words.startsWith(`${name} `)));
    expect(missing.filter((name) => name !== 'help')).toEqual([]);
  });

  it('is an operation that a worker runs, where temporal starts it', () => {
    const lines = calls('temporal').filter(({ words }) => /^workflow (start|execute)/.test(words.join(' ')));
    const types = lines.map(({ words }) => valueOf(words, '--type') ?? 'none');
    expect(types.filter((type) => !isOperationType(type))).toEqual([]);
    expect(Object.keys(operations).filter((type) => !types.includes(type))).toEqual([]);
    for (const { words } of lines) {
      const type = valueOf(words, '--type');
      // What a file has in base64 stands there when the line is typed.
      const input = valueOf(words, '--input')?.replace(/\$\(base64 [^)]*\)/g, 'AAAA');
      expect(valueOf(words, '--task-queue')).toBe('hivekeeper');
      expect(input ?? valueOf(words, '--input-file')).toBeDefined();
      if (type !== undefined && isOperationType(type) && input !== undefined) {
        expect(() => parseOperationInput(type, JSON.parse(input))).not.toThrow();
      }
    }
  });

  it('is a message that operations take, where temporal sends it', () => {
    const sent = calls('temporal').filter(({ words }) => /^workflow (signal|query)/.test(words.join(' ')));
    const messages: readonly string[] = Object.values(operationMessages);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.map(({ words }) => valueOf(words, '--name')).filter((name) => !messages.includes(name ?? ''))).toEqual(
      [],
    );
  });
});

describe('the look at the documentation', () => {
  const page = [
    'Type `hivekeeper status`, not `hivekeeper sttus`.',
    '```sh',
    'A=1 hivekeeper upgrade prod --to 4.31.0 \\',
    "  --reason 'two words'   # a comment",
    'hivekeeper schema > out.json',
    'hivekeeper scale prod --nodes 4 --node 5',
    '```',
  ].join('\n');

  it('sees what a shell would', () => {
    const lines = commandLines('a.md', page, 'hivekeeper');
    expect(lines.map(({ words }) => words)).toEqual([
      ['status'],
      ['sttus'],
      ['upgrade', 'prod', '--to', '4.31.0', '--reason', 'two words'],
      ['schema'],
      ['scale', 'prod', '--nodes', '4', '--node', '5'],
    ]);
    expect(shellWords(`a '{"b":"c d"}' "e f"g "\\"h\\"" | i`)).toEqual(['a', '{"b":"c d"}', 'e fg', '"h"']);
  });

  it('fails for a command, an option and an argument that do not exist', async () => {
    const problems = await Promise.all(commandLines('a.md', page, 'hivekeeper').map(problemOf));
    expect(problems).toEqual([
      null,
      expect.stringContaining('unknown command'),
      null,
      null,
      expect.stringContaining('unknown option'),
    ]);
    const more = commandLines('b.md', '```\nhivekeeper check\nhivekeeper check prod n2\n```', 'hivekeeper');
    expect(await Promise.all(more.map(problemOf))).toEqual([
      expect.stringContaining('missing required argument'),
      expect.stringContaining('too many arguments'),
    ]);
  });
});
