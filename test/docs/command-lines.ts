/** A command as it stands in a page. */
export interface CommandLine {
  readonly file: string;
  readonly line: number;
  /** Words after the program, as a shell would hand them over. */
  readonly words: readonly string[];
  /** In a block of code it is one to type; within a sentence it may be the name alone. */
  readonly whole: boolean;
}

type Program = 'hivekeeper' | 'temporal';

const fence = /^\s*(```|~~~)/;

/**
 * The words of one command, up to a comment, a pipe or a redirection. Quotes group, as in a shell; `$(…)` stands as it is.
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  const token = /\s*(?:([#|<>;&].*)|((?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"|<>;&])+))/y;
  for (let match = token.exec(text); match?.[2] !== undefined; match = token.exec(text)) {
    words.push(
      match[2].replace(
        /'([^']*)'|"((?:[^"\\]|\\.)*)"/g,
        (_, single: string | undefined, double: string) => single ?? double.replace(/\\(["\\$`])/g, '$1'),
      ),
    );
  }
  return words;
}

const starts: Readonly<Record<Program, RegExp>> = {
  hivekeeper: /^(?:\$ )?(?:[^|]* \| )?(?:[A-Z_]+=\S+ )*(?:npx )?(?:hivekeeper|node bin\/hivekeeper\.js)(?= )/,
  temporal: /^(?:\$ )?temporal(?= )/,
};

/** The calls of a program in a Markdown text. */
export function commandLines(file: string, markdown: string, program: Program): CommandLine[] {
  const found: CommandLine[] = [];
  let inBlock = false;
  let held = '';
  for (const [index, text] of markdown.split('\n').entries()) {
    if (fence.test(text)) {
      inBlock = !inBlock;
      continue;
    }
    const add = (call: string, whole: boolean): void => {
      const start = starts[program].exec(call);
      if (start) found.push({ file, line: index + 1, words: shellWords(call.slice(start[0].length)), whole });
    };
    if (!inBlock) {
      for (const [, inline = ''] of text.matchAll(/`([^`]+)`/g)) add(inline, false);
      continue;
    }
    const whole = held + text.trim();
    held = whole.endsWith('\\') ? whole.slice(0, -1) : '';
    if (held === '') add(whole, true);
  }
  return found;
}
