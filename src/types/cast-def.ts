/** The shape of an entry of the cast table; families of casts are lists of these. */
import type { CastSession } from './cast-session.ts';
import type { Datum } from './datum.ts';
import type { SqlType } from './sql-type.ts';

/** Where a cast may happen: anywhere, on assignment to a column and when written out, or only when written out. */
export type CastContext = 'implicit' | 'assignment' | 'explicit';

/** Converts a non-NULL value; the result can be NULL. */
export type Convert = (datum: Datum, session: CastSession) => Datum;

/** pg_cast: source, target, context and method. A missing `convert` means that the value is the same in both types. */
export interface CastDef {
  readonly from: SqlType;
  readonly to: SqlType;
  readonly context: CastContext;
  readonly convert?: Convert;
}

/** Casts from one type to several. */
export function casts(
  context: CastContext,
  from: SqlType,
  to: readonly SqlType[],
  convert?: Convert,
): CastDef[] {
  return to.map((target) =>
    convert === undefined ? { from, to: target, context } : { from, to: target, context, convert },
  );
}
