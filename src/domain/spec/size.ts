import { z } from 'zod';

const units = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;
type Unit = keyof typeof units;

const pattern = /^(\d{1,9})(B|KiB|MiB|GiB|TiB)$/;
const isUnit = (text: string | undefined): text is Unit => text !== undefined && text in units;

/** Bytes of a size such as `256MiB`; null where the text is none. Only binary units: a MB that means two things is refused. */
export function parseSize(text: string): number | null {
  const [, amount, unit] = pattern.exec(text) ?? [];
  return amount !== undefined && isUnit(unit) ? Number(amount) * units[unit] : null;
}

/** Writes bytes with the largest unit that divides them: 268435456 -> `256MiB`. */
export function formatSize(bytes: number): string {
  const fitting = (['TiB', 'GiB', 'MiB', 'KiB'] as const).find((unit) => bytes > 0 && bytes % units[unit] === 0);
  return fitting ? `${bytes / units[fitting]}${fitting}` : `${bytes}B`;
}

const message = 'a size is a number of bytes, or a whole number with B, KiB, MiB, GiB or TiB, such as 256MiB';

/** Bytes as a number, or text with a binary unit, in the file; bytes in the parsed spec. */
export const size = z.codec(
  z.union([z.int().min(0), z.string().regex(pattern)], { error: message }),
  z.number().int({ error: message }).min(0),
  {
    decode: (value) => (typeof value === 'number' ? value : (parseSize(value) ?? Number.NaN)),
    encode: (bytes) => bytes,
  },
);
