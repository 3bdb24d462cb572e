/** Functions of PostgreSQL that have another result in Materialize (reference session-wire-rbac 8.2). */
import { ANY, TEXT } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { SessionContext } from '../query/session-context.ts';
import { typeName } from './cast-session.ts';
import type { FunctionDef } from './function.ts';
import { procFacts } from './pg-facts.ts';

/** Lists and maps have names of their own making; those of other types are the catalog's. */
function displayName(session: SessionContext, type: SqlType): string {
  if (type.kind === 'list' || type.kind === 'map') return type.displayName;
  return typeName(session, type.oid) ?? type.displayName;
}

/** pg_typeof() answers the name as text, where PostgreSQL has regtype. */
export const redefinedFunctions = (): readonly FunctionDef[] =>
  procFacts.named('pg_typeof').map(({ oid, name }) => ({
    kind: 'scalar',
    schema: 'pg_catalog',
    name,
    oid,
    args: [ANY],
    returns: TEXT,
    strict: false,
    volatility: 'stable',
    make: (types) => (_args, session) => displayName(session, types.args[0] ?? TEXT),
  }));
