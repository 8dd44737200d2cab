/** A listener as far as a frontend names it. */
interface Named {
  readonly name?: string | undefined;
  readonly type: string;
}

export type FoundListener<T> =
  | { readonly ok: true; readonly listener: T }
  | { readonly ok: false; readonly reason: 'none' | 'several' };

/** The listener that a frontend names: the one of this name, else the only one of this type. */
export function findListener<T extends Named>(listeners: readonly T[], wanted: string): FoundListener<T> {
  const named = listeners.find(({ name }) => name === wanted);
  if (named) return { ok: true, listener: named };
  const [first, ...more] = listeners.filter(({ type }) => type === wanted);
  if (first === undefined) return { ok: false, reason: 'none' };
  return more.length === 0 ? { ok: true, listener: first } : { ok: false, reason: 'several' };
}
