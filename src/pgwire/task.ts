import type { MaybePromise } from '../engine/outcome.ts';
import type { FrontendMessage } from '../pgproto/frontend-messages.ts';

/** What a task yields to be handed the client's next message. */
export const NEXT_MESSAGE: unique symbol = Symbol('next message');

export type Wait = Promise<unknown> | typeof NEXT_MESSAGE;

/**
 * A piece of protocol work. It runs synchronously until it has to wait: for a promise or for a message. A statement
 * that the engine answers at once therefore costs neither a promise nor a turn of the event loop, and is written once.
 */
export type Task<T = void> = Generator<Wait, T, unknown>;

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Waits for a promise: `isPromise(x) ? yield* settled(x) : x`. */
export function* settled<T>(promise: Promise<T>): Task<T> {
  return (yield promise) as T;
}

/** Waits for the client's next message. */
export function* nextMessage(): Task<FrontendMessage> {
  return (yield NEXT_MESSAGE) as FrontendMessage;
}

/** One turn of the event loop, so that other connections get theirs. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Longest that a task works before it lets other connections have a turn. */
export const SLICE_MS = 5;

/** Runs work that pauses now and then to its end, with a turn of the event loop after every {@link SLICE_MS}. */
export function* inTurns<T>(work: Generator<void, T>): Task<T> {
  for (;;) {
    const sliceEnd = performance.now() + SLICE_MS;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (performance.now() < sliceEnd);
    yield* settled(turn());
  }
}
