import type { Progress } from '../../ports/index.js';

/**
 * Runs several waits of which the first that settles decides; the others are told by the signal and waited for by nobody.
 * The signal also aborts with the outer one.
 */
export async function firstOf<T>(
  outer: AbortSignal,
  waits: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T> {
  const own = new AbortController();
  const signal = AbortSignal.any([outer, own.signal]);
  try {
    return await Promise.race(waits.map((wait) => wait(signal)));
  } finally {
    own.abort(new Error('no longer waited for'));
  }
}

/** Never resolves; for waits that can only fail. */
export const forever = (): Promise<never> => new Promise(() => undefined);

/** A promise that is resolved from outside. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}

/** The same progress under a narrower signal. */
export function within(progress: Progress, signal: AbortSignal): Progress {
  return { signal, report: (waitingFor) => progress.report(waitingFor) };
}
