import type { Interrupt } from '../../query/interrupt.ts';

/** An AbortSignal that follows an interrupt, for work that waits on the network. Call `release` when it is over. */
export function interruptSignal(interrupt: Interrupt): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const release = interrupt.onRaise((reason) => controller.abort(reason));
  return { signal: controller.signal, release };
}
