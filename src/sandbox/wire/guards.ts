/** Says whether a value read from a file or a socket has the shape `T`. */
export type Guard<T> = (value: unknown) => value is T;

/** The type that a guard proves. */
export type Guarded<G> = G extends Guard<infer T> ? T : never;

export const text: Guard<string> = (value) => typeof value === 'string';
export const number: Guard<number> = (value) => typeof value === 'number';
export const flag: Guard<boolean> = (value) => typeof value === 'boolean';
export const anything: Guard<unknown> = (value): value is unknown => value !== null;

export function list<T>(item: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every((entry) => item(entry));
}

/** An entry that may be absent. */
export function maybe<T>(item: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || item(value);
}

export function literal<const T extends string>(...allowed: T[]): Guard<T> {
  const known = new Set<unknown>(allowed);
  return (value): value is T => known.has(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function table<T>(item: Guard<T>): Guard<Record<string, T>> {
  return (value): value is Record<string, T> => isObject(value) && Object.values(value).every((entry) => item(entry));
}

export function record<S extends Record<string, Guard<unknown>>>(shape: S): Guard<{ [K in keyof S]: Guarded<S[K]> }> {
  const entries = Object.entries(shape);
  return (value): value is { [K in keyof S]: Guarded<S[K]> } =>
    isObject(value) && entries.every(([key, guard]) => guard(value[key]));
}

export function oneOf<A, B>(a: Guard<A>, b: Guard<B>): Guard<A | B> {
  return (value): value is A | B => a(value) || b(value);
}

/** Parses JSON of a known shape; `undefined` when the text is not JSON or has another shape. */
export function parseAs<T>(guard: Guard<T>, json: string): T | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return guard(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
