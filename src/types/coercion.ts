/** Which types fit where: the questions that binding expressions asks (parse_coerce.c). */
import { planError, type SqlError } from '../errors.ts';
import { findCast, type CastContext } from './cast.ts';
import { sameType, TEXT, UNKNOWN } from './registry.ts';
import type { SqlType } from './sql-type.ts';

const coercible = new Map<SqlType, Map<SqlType, boolean>[]>();
const CONTEXTS: readonly CastContext[] = ['implicit', 'assignment', 'explicit'];

/**
 * Can a value of `from` be used where `to` is wanted? Literals without a type fit everything. The polymorphic types take
 * what PostgreSQL lets them take, one at a time: consistency between arguments is the caller's question.
 */
export function isCoercible(from: SqlType, to: SqlType, context: CastContext = 'implicit'): boolean {
  if (from === to) return true;
  if (to.kind === 'pseudo' && to !== UNKNOWN) return fitsPseudo(from, to);
  if (from === UNKNOWN) return true;
  // Anonymous types are made anew for each query, so only interned ones are worth remembering.
  if (from.kind === 'record' || to.kind === 'record') return findCast(from, to, context) !== undefined;
  const level = CONTEXTS.indexOf(context);
  let rows = coercible.get(from);
  if (rows === undefined && coercible.size < MAX_REMEMBERED)
    coercible.set(from, (rows = [new Map(), new Map(), new Map()]));
  const known = rows?.[level]?.get(to);
  if (known !== undefined) return known;
  const answer = findCast(from, to, context) !== undefined;
  if ((rows?.[level]?.size ?? 0) < MAX_REMEMBERED) rows?.[level]?.set(to, answer);
  return answer;
}

/** More than there are interned types; list and map types of clients' making must not fill memory. */
const MAX_REMEMBERED = 400;

function fitsPseudo(from: SqlType, to: SqlType): boolean {
  switch (to.name) {
    case 'any':
    case 'anyelement':
    case 'anycompatible':
      return true;
    case 'anyarray':
    case 'anycompatiblearray':
      return (
        from === UNKNOWN || from.kind === 'array' || from.name === 'int2vector' || from.name === 'oidvector'
      );
    case 'anynonarray':
    case 'anycompatiblenonarray':
      return from.kind !== 'array';
    case 'anyrange':
    case 'anycompatiblerange':
      return from === UNKNOWN || from.kind === 'range';
    case 'list':
    case 'anycompatiblelist':
      return from === UNKNOWN || from.kind === 'list';
    case 'map':
    case 'anycompatiblemap':
      return from === UNKNOWN || from.kind === 'map';
    case 'cstring':
      return from === UNKNOWN;
    default:
      return false;
  }
}

/**
 * The type that all branches of UNION, CASE, COALESCE, VALUES or ARRAY take: PostgreSQL's select_common_type.
 * undefined when two of them cannot meet; {@link commonTypeError} has the words for that.
 */
export function commonType(types: readonly SqlType[]): SqlType | undefined {
  const known = types.filter((type) => type !== UNKNOWN);
  let [chosen] = known;
  if (chosen === undefined) return TEXT;
  for (const next of known) {
    if (sameType(chosen, next)) continue;
    if (next.category !== chosen.category) return undefined;
    if (!chosen.preferred && isCoercible(chosen, next) && !isCoercible(next, chosen)) chosen = next;
  }
  const target = chosen;
  return known.every((type) => isCoercible(type, target)) ? target : undefined;
}

/** `<context> types <a> and <b> cannot be matched` for the first pair that does not meet. */
export function commonTypeError(context: string, types: readonly SqlType[]): SqlError {
  const known = types.filter((type) => type !== UNKNOWN);
  for (let i = 2; i <= known.length; i++) {
    if (commonType(known.slice(0, i)) !== undefined) continue;
    const before = commonType(known.slice(0, i - 1)) ?? TEXT;
    return planError(
      `${context} types ${before.displayName} and ${known[i - 1]?.displayName ?? ''} cannot be matched`,
    );
  }
  return planError(`${context} types cannot be matched`);
}

/** `<context> does not support [implicitly ]casting from <a> to <b>` (reference 7.5). */
export function castError(context: string, from: SqlType, to: SqlType, implicit: boolean): SqlError {
  const how = implicit ? 'implicitly casting' : 'casting';
  return planError(`${context} does not support ${how} from ${from.displayName} to ${to.displayName}`);
}
