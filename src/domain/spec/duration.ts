import { z } from 'zod';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof units;

const pattern = /^(\d{1,9})(ms|s|m|h|d)$/;
const tenYears = 3_650 * units.d;

const isUnit = (text: string | undefined): text is Unit => text !== undefined && text in units;

/** Milliseconds of a duration such as `250ms`, `30s`, `6m`, `2h` or `1d`; null where the text is none. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = pattern.exec(text) ?? [];
  return amount !== undefined && isUnit(unit) ? Number(amount) * units[unit] : null;
}

/** Writes milliseconds with the largest unit that divides them: 90000 -> `90s`. */
export function formatDuration(milliseconds: number): string {
  const fitting = (['d', 'h', 'm', 's'] as const).find((unit) => milliseconds > 0 && milliseconds % units[unit] === 0);
  return fitting ? `${milliseconds / units[fitting]}${fitting}` : `${milliseconds}ms`;
}

const explain = (input: unknown) =>
  typeof input === 'number'
    ? `a duration needs a unit: write ${input}s or ${input}ms, for example`
    : 'a duration is a whole number with its unit, such as 250ms, 30s, 6m, 2h or 1d';

/** Text with a unit in the file, milliseconds in the parsed spec. A bare number is refused: nobody can tell its unit. */
export const duration = z.codec(
  z.string({ error: ({ input }) => explain(input) }).regex(pattern, { error: explain(undefined) }),
  z.number().int().min(0).max(tenYears, { error: 'a duration is ten years at most' }),
  { decode: (text) => parseDuration(text) ?? Number.NaN, encode: formatDuration },
);

/** As `duration`, but zero is refused. */
export const positiveDuration = duration.refine((value) => value > 0, { error: 'must be longer than zero' });
