/** How a unit and its environment files are read, after systemd.syntax(7), systemd.service(5) and systemd.exec(5). */

/** `Section.Key` -> its values in the order of the files; an empty value takes back those before it. */
export type Unit = ReadonlyMap<string, readonly string[]>;

/** Reads a unit with its drop-ins, given as their texts in order. @throws Error for a line that is none */
export function parseUnit(texts: readonly string[]): Unit {
  const values = new Map<string, readonly string[]>();
  for (const text of texts) {
    let section = '';
    for (const line of text.split('\n').map((raw) => raw.trim())) {
      if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
      if (line.endsWith('\\')) throw new Error(`Continued lines are not understood here: ${line}`);
      const at = line.indexOf('=');
      if (line.startsWith('[') && line.endsWith(']')) section = line.slice(1, -1);
      else if (at <= 0) throw new Error(`Missing '=': ${line}`);
      else {
        const key = `${section}.${line.slice(0, at).trim()}`;
        const value = line.slice(at + 1).trim();
        values.set(key, value === '' ? [] : [...(values.get(key) ?? []), value]);
      }
    }
  }
  return values;
}

/** The value that counts where a key holds one. */
export function last(unit: Unit, key: string): string | undefined {
  return unit.get(key)?.at(-1);
}

export interface ExecLine {
  readonly program: string;
  readonly args: readonly string[];
  /** `-`: its failure is no failure. */
  readonly mayFail: boolean;
  /** `+`: runs as root, whatever User= says. */
  readonly asRoot: boolean;
}

/** One line of ExecStart= and its like. */
export function parseExec(line: string): ExecLine {
  const [, prefix = '', rest = ''] = /^([-+]*)(.*)$/s.exec(line) ?? [];
  const words = [...rest.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const [program = '', ...args] = words;
  if (!program.startsWith('/')) throw new Error(`Not an absolute path: ${line}`);
  return { program, args, mayFail: prefix.includes('-'), asRoot: prefix.includes('+') };
}

/** The variables of Environment= lines: words of the form NAME=value, each of which may be quoted as a whole. */
export function parseEnvironment(lines: readonly string[]): Record<string, string> {
  const words = lines.flatMap((line) => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]);
  const pairs = words.map((match) => match[1] ?? match[2] ?? match[3] ?? '').filter((word) => word.includes('='));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

type State = 'before' | 'plain' | 'single' | 'double' | 'after';

/** The variables of an EnvironmentFile=. Quotes may stand anywhere; what is not quoted loses blanks at its end. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    const lineEnd = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at);
    const line = text.slice(at, lineEnd).trimStart();
    const equals = text.indexOf('=', at);
    if (line === '' || line.startsWith('#') || line.startsWith(';') || equals === -1 || equals > lineEnd) {
      at = lineEnd + 1;
      continue;
    }
    const name = text.slice(at, equals).trim();
    const { value, end } = readValue(text, equals + 1);
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) found[name] = value;
    at = end;
  }
  return found;
}

function readValue(text: string, from: number): { value: string; end: number } {
  let state: State = 'before';
  let value = '';
  /** How much of the value a blank at the end cannot take away. */
  let kept = 0;
  let at = from;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (state === 'single') {
      if (character === "'") state = 'after';
      else value += character;
      kept = value.length;
    } else if (state === 'double') {
      if (character === '"') state = 'after';
      else if (character === '\\') {
        at++;
        if ('"\\`$'.includes(next)) value += next;
        else if (next !== '\n') value += character + next;
      } else value += character;
      kept = value.length;
    } else {
      if (character === '\n') break;
      const blank = character === ' ' || character === '\t' || character === '\r';
      if (state === 'before' && blank) continue;
      if (state !== 'plain' && character === "'") state = 'single';
      else if (state !== 'plain' && character === '"') state = 'double';
      else if (character === '\\') {
        at++;
        if (next !== '\n') value += next;
        kept = value.length;
        state = 'plain';
      } else {
        value += character;
        if (!blank) {
          kept = value.length;
          state = 'plain';
        }
      }
    }
  }
  return { value: value.slice(0, kept), end: at + 1 };
}
