/**
 * Maps a sequence with a bounded number of calls under way, in its order; nothing is started ahead of that bound, so
 * that a slow reader slows the source.
 */
export async function* inParallel<A, B>(
  source: AsyncIterable<A>,
  limit: number,
  map: (item: A) => Promise<B>,
): AsyncGenerator<B> {
  const running: Promise<B>[] = [];
  for await (const item of source) {
    const call = map(item);
    // One that fails before it is read, or that nobody reads any more, is no unhandled rejection.
    call.catch(() => undefined);
    running.push(call);
    const first = running.length >= limit ? running.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const call of running) yield await call;
}
