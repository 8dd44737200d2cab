import { randomBytes } from 'node:crypto';

const newline = 0x0a;

/**
 * A detour of slashes and dots within a path, which changes nothing and which nobody can guess. tail names the file in
 * its messages as it was given to it, so a log line that imitates a message of tail is told apart.
 */
export function secretToken(): string {
  const bits = [...randomBytes(8)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return `${bits.replaceAll('1', '/.').replaceAll('0', '/')}/`;
}

/** A line and the byte after it. */
export interface TailEvent {
  readonly line: string;
  readonly position: number;
}

/** Takes apart the joint output of `tail -f`: the file's bytes and tail's messages, in the order in which tail wrote them. */
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
      this.position += raw.length + 1;
      yield { line: raw.toString('utf8').replace(/\r$/, ''), position: this.position };
      return;
    }
    // The last line of a file that was rotated away, when it had no newline: it will not get one any more.
    const rest = raw.toString('utf8', 0, start);
    if (rest !== '' && !raw.toString('utf8', start).endsWith('file truncated')) {
      yield { line: rest, position: this.position + start };
    }
    this.position = 0;
  }
}
