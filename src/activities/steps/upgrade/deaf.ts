/**
 * The same signal, deaf to somebody who cancels the operation: a node that is on its way back must not be left half way.
 * What ends the attempt itself is heard, a worker's shutdown for example.
 */
export function deafToCancel(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const hear = (): void => {
    const reason: unknown = signal.reason;
    if (!(reason instanceof Error && reason.message === 'CANCELLED')) controller.abort(reason);
  };
  if (signal.aborted) hear();
  else signal.addEventListener('abort', hear, { once: true });
  return controller.signal;
}
