/** How a line stands out for a person; nothing is told by colour alone. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'busy';

/** One line of output before it is coloured and cut to the width of the terminal. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

export const line = (text: string, tone: Tone = 'plain'): Line => ({ text, tone });

const codes: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '\u001b[1m',
  dim: '\u001b[2m',
  good: '\u001b[32m',
  bad: '\u001b[31m',
  busy: '\u001b[36m',
};
const reset = '\u001b[0m';

export interface PaintOptions {
  /** Colours; only where a person reads. */
  readonly colour: boolean;
  /** Columns after which a line is cut; default: never. */
  readonly width?: number;
}

/** The line as it is written, without its line break. */
export function paint({ text, tone }: Line, { colour, width = Number.POSITIVE_INFINITY }: PaintOptions): string {
  const clean = text.replace(/\p{Cc}/gu, ' ');
  const fitting = clean.length > width ? `${clean.slice(0, Math.max(0, width - 1))}…` : clean;
  return colour && tone !== 'plain' ? `${codes[tone]}${fitting}${reset}` : fitting;
}
