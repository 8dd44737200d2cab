import { z } from 'zod';

/** A released version of a broker, e.g. 4.30.0. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const part = '(0|[1-9]\\d{0,5})';
const pattern = new RegExp(`^${part}\\.${part}\\.${part}$`);

/** The three numbers of `x.y.z`; null where the text is no such version. */
export function parseVersion(text: string): Version | null {
  const [, major, minor, patch] = pattern.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return null;
  return { major: Number(major), minor: Number(minor), patch: Number(patch) };
}

/** Below zero when `a` is older than `b`, zero when equal. Compares numbers, so that 4.9.0 is older than 4.30.0. */
export function compareVersions(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** A version as the vendor writes it. A YAML number such as 4.30 would arrive as 4.3, hence the quotes. */
export const version = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' ? 'a version is text, and this is a number: quote it, such as "4.30.0"' : undefined,
  })
  .regex(pattern, { error: 'a version has three numbers, such as 4.30.0' });
