import type { CliIo } from '../io.js';
import { type Line, paint } from './line.js';

type Stream = CliIo['stdout'];

/** Where lines go: coloured and redrawn in place for a person, plain for everything else. */
export interface Screen {
  /** Writes lines that stay. */
  print(lines: readonly Line[]): void;
  /** Replaces what was drawn last. Where nothing can be redrawn, nothing happens. */
  draw(lines: readonly Line[]): void;
  /** Removes what was drawn last. */
  clear(): void;
  /** Whether `draw` shows anything. */
  readonly live: boolean;
  /** Lines that `draw` can show. */
  readonly height: number;
}

/** Size of the terminal behind a stream, where there is one. */
function sizeOf(stream: Stream): { columns: number; rows: number } {
  const columns = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 100;
  const rows = 'rows' in stream && typeof stream.rows === 'number' ? stream.rows : 40;
  return { columns, rows };
}

const moveUp = (count: number): string => (count > 0 ? `\u001b[${count}A\r` : '');
const eraseBelow = '\u001b[J';

/** The screen on stdout. `NO_COLOR` is respected. */
export function createScreen(io: CliIo): Screen {
  const live = io.isTTY;
  const colour = live && (io.env.NO_COLOR ?? '') === '';
  let drawn = 0;
  const clear = (): void => {
    if (drawn > 0) io.stdout.write(`${moveUp(drawn)}${eraseBelow}`);
    drawn = 0;
  };
  return {
    live,
    get height() {
      return Math.max(5, sizeOf(io.stdout).rows - 1);
    },
    clear,
    print(lines) {
      clear();
      for (const one of lines) io.stdout.write(`${paint(one, { colour })}\n`);
    },
    draw(lines) {
      if (!live) return;
      const width = sizeOf(io.stdout).columns - 1;
      const text = lines.map((one) => `${paint(one, { colour, width })}\n`).join('');
      // In one write, so that no half of a picture is seen.
      io.stdout.write(`${moveUp(drawn)}${eraseBelow}${text}`);
      drawn = lines.length;
    },
  };
}
