/** A commit that carries the record of its call: change and record are on disk together, or neither is. */
import type { Snapshot } from '../catalog/snapshot.ts';
import type { CommitRequest, IdSource } from '../engine/committer.ts';
import type { PreparedEvent } from './audit/log.ts';
import type { Call, Fields } from './protocol/operation.ts';

export interface Answered<T, F> {
  readonly output: F;
  /** The catalog with the changes. */
  readonly snapshot: Snapshot;
  readonly result: T;
}

/** Commits what `build` wants and answers what `respond` says of the catalog as the commit leaves it. */
export async function commitAnswer<T, F extends Fields | undefined>(
  call: Call,
  build: (tip: Snapshot, ids: IdSource) => CommitRequest<T>,
  respond: (after: Snapshot, result: T) => F,
): Promise<Answered<T, F>> {
  const noted: { output: F; event: PreparedEvent }[] = [];
  const { snapshot, result } = await call.room.committer.commit((tip, ids) => {
    const request = build(tip, ids);
    if (request.changes.length === 0) return request;
    const beside: CommitRequest<T>['beside'] = (after) => {
      const output = respond(after, request.result);
      const event = call.audit.prepare(output);
      noted.push({ output, event });
      return [event.edit];
    };
    return { ...request, beside };
  });
  const [first] = noted;
  if (first === undefined) return { output: respond(snapshot, result), snapshot, result };
  call.audit.keep(first.event);
  return { output: first.output, snapshot, result };
}
