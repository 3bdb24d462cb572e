/** Time limits and cancellation for everything that waits on the network. */

/** A step that took longer than it may. */
export class TimedOut extends Error {
  constructor(what: string, milliseconds: number) {
    super(`${what} timed out after ${String(Math.round(milliseconds / 100) / 10)} s`);
    this.name = 'TimedOut';
  }
}

/**
 * Runs a step with a time limit. The step gets a signal that fires when the limit passes or the caller's signal fires,
 * and must let go of its sockets then. The promise rejects at that moment whether or not the step listens.
 */
export async function within<T>(
  milliseconds: number,
  what: string,
  outer: AbortSignal,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer.throwIfAborted();
  const controller = new AbortController();
  const onOuter = (): void => controller.abort(outer.reason);
  const timer = setTimeout(() => controller.abort(new TimedOut(what, milliseconds)), milliseconds);
  outer.addEventListener('abort', onOuter, { once: true });
  try {
    return await Promise.race([rejectOnAbort(controller.signal), step(controller.signal)]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', onOuter);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
