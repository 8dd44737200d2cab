import { z } from 'zod';

/** Keys that the design keeps for later; they are refused by name instead of as unknown. */
export const reservedKeys: readonly string[] = ['autoscaling', 'managementCenter', 'storage'];

export const unsupportedMessage = (what: string): string => `${what} is not supported by this version`;

/** A list that must stay empty until the capability is there. */
export const emptyList = (what: string) => {
  const error = unsupportedMessage(what);
  return z
    .array(z.never(), { error })
    .max(0, { error })
    .default([])
    .describe('Not supported by this version; may be empty.');
};

/** A mapping that must stay empty until the capability is there. */
export const emptyMapping = (what: string) => {
  const error = unsupportedMessage(what);
  return z
    .record(z.string(), z.unknown(), { error })
    .refine((value) => Object.keys(value).length === 0, { error })
    .default({})
    .describe('Not supported by this version; may be empty.');
};

/** One of `now`; what is in `later` is refused with its own sentence, other values with the list. */
export const enumWithLater = <const T extends readonly [string, ...string[]]>(
  now: T,
  later: Readonly<Record<string, string>>,
) =>
  z.enum(now, {
    error: ({ input }) => (typeof input === 'string' && Object.hasOwn(later, input) ? later[input] : undefined),
  });
