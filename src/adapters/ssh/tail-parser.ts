import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';

const newline = 0x0a;

/** What GNU tail says of its own surroundings, without naming the file. */
const remarks = new Set(['tail: inotify resources exhausted', 'tail: inotify cannot be used, reverting to polling']);

/**
 * Another spelling of a path that nobody can guess. tail names the file in its messages as it was given to it, so that
 * a log line that imitates a message of tail is told apart.
 */
export function secretAlias(path: string): { alias: string; token: string } {
  const bits = [...randomBytes(8)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const token = `${bits.replaceAll('1', '/.').replaceAll('0', '/')}//`;
  return { alias: `${posix.dirname(path)}${token}${posix.basename(path)}`, token };
}

/** What tail's output means: a line with the byte after it, or why the file cannot be followed. */
export type TailEvent = { readonly line: string; readonly position: number } | { readonly refused: string };

/** Takes apart the joint output of `tail -F`: the file's bytes and tail's messages, in the order in which tail wrote them. */
export class TailParser {
  private pending: Buffer = Buffer.alloc(0);

  /** `position`: the byte after the last whole line that was delivered, in the file that now has the name. */
  constructor(
    private readonly token: string,
    public position: number,
  ) {}

  *push(chunk: Buffer): Generator<TailEvent> {
    this.pending = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    for (let end = this.pending.indexOf(newline); end >= 0; end = this.pending.indexOf(newline)) {
      const raw = this.pending.subarray(0, end);
      this.pending = this.pending.subarray(end + 1);
      yield* this.line(raw);
    }
  }

  private *line(raw: Buffer): Generator<TailEvent> {
    const at = raw.indexOf(this.token);
    const start = at < 0 ? -1 : raw.lastIndexOf('tail: ', at);
    if (start < 0) {
      const text = raw.toString('utf8');
      if (remarks.has(text)) return;
      this.position += raw.length + 1;
      yield { line: text.replace(/\r$/, ''), position: this.position };
      return;
    }
    const message = raw.toString('utf8', start);
    // The last line of a file that was rotated away, when it had no newline: it will not get one any more.
    const rest = raw.toString('utf8', 0, start);
    if (rest !== '' && !message.endsWith('file truncated')) yield { line: rest, position: this.position + start };
    if (/Permission denied|cannot follow|Is a directory/.test(message)) yield { refused: message };
    this.position = 0;
  }
}
