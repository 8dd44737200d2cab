import { z } from 'zod';

/** What a changed key asks of the nodes: the worst of all changes decides, and `refused` stops everything. */
export const changeEffects = ['restart', 'hot', 'members', 'nothing', 'refused'] as const;
export type ChangeEffect = (typeof changeEffects)[number];

/** One difference between the recorded spec and the given one, as people read it. */
export const specChangeSchema = z.object({
  /** `+`: only the given spec has it; `-`: only the recorded one; `~`: both, with other values. */
  sign: z.enum(['+', '~', '-']),
  /** Such as `listeners[websocket:8000].path`. */
  path: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  effect: z.enum(changeEffects),
  /** Why it has that effect; for what is refused: how it is done instead. */
  why: z.string(),
});
export type SpecChange = z.infer<typeof specChangeSchema>;

/** The change in one line, without its effect. */
export function changeText({ sign, path, before, after }: SpecChange): string {
  if (sign === '~') return `~ ${path}: ${before ?? ''} -> ${after ?? ''}`;
  return `${sign} ${path}: ${(sign === '+' ? after : before) ?? ''}`;
}
