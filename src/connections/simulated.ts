/** Upstreams that are never contacted: everything validates, every check is healthy, publications have no tables. */
import type { Upstreams } from './resolved.ts';

/** For rehearsals without upstream systems (`--upstreams simulated`). */
export function simulatedUpstreams(): Upstreams {
  return {
    mode: 'simulated',
    validate: (_connection, signal) => succeed(signal),
    publicationTables: (_connection, _publication, signal) => succeed(signal).then(() => []),
    check: (_target, signal) => succeed(signal),
    close: () => Promise.resolve(),
  };
}

async function succeed(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return Promise.resolve();
}
