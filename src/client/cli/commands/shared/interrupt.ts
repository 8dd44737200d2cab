/** A signal that aborts at the first Ctrl-C. The second ends the process, as if nobody had listened. */
export function untilInterrupted(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const onInterrupt = (): void => controller.abort();
  process.once('SIGINT', onInterrupt);
  return { signal: controller.signal, stop: () => process.removeListener('SIGINT', onInterrupt) };
}
