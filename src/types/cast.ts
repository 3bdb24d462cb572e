/**
 * Casts between any two types: the table of conversions, PostgreSQL's conversions through text, and those of containers
 * by their elements. Values fit the target's type modifier afterwards.
 */
import { unsupported } from '../errors.ts';
import type { CastContext, CastDef, Convert } from './cast-def.ts';
import { DATETIME_CASTS } from './cast-datetime.ts';
import { aclItemWithNames, NAME_CASTS } from './cast-names.ts';
import { NUMBER_CASTS } from './cast-numbers.ts';
import { NO_SESSION, type CastSession } from './cast-session.ts';
import { type AclItemDatum, type Datum, SqlArray, SqlList, SqlMap, SqlRecord } from './datum.ts';
import { fitToTypmod, hasTypmod } from './length-coercion.ts';
import {
  ACLITEM,
  BPCHAR,
  INTERVAL,
  MZ_ACLITEM,
  RECORD,
  sameType,
  TEXT,
  TEXT_ARRAY,
  UNKNOWN,
  VARCHAR,
} from './registry.ts';
import type { SqlType } from './sql-type.ts';
import { decodeText, truncateName } from './text-decode.ts';
import { textEncoder } from './text-encode.ts';

export type { CastContext, CastDef } from './cast-def.ts';
export type { CastSession, RegKind } from './cast-session.ts';
export { fitToTypmod, hasTypmod } from './length-coercion.ts';

/** Converts a value and fits it to `typmod` (-1: none). NULL stays NULL. Throws SqlError. */
export type Cast = (datum: Datum, typmod: number, session: CastSession) => Datum;

const table = new Map<SqlType, Map<SqlType, CastDef>>();
for (const def of [...NUMBER_CASTS, ...DATETIME_CASTS, ...NAME_CASTS]) {
  let row = table.get(def.from);
  if (row === undefined) table.set(def.from, (row = new Map()));
  row.set(def.to, def);
}

/** The table of base conversions: rows of pg_cast. */
export function allCasts(): readonly CastDef[] {
  return [...table.values()].flatMap((row) => [...row.values()]);
}

const STRENGTH = { implicit: 0, assignment: 1, explicit: 2 } as const satisfies Record<CastContext, number>;

function allows(context: CastContext, needed: CastContext): boolean {
  return STRENGTH[context] >= STRENGTH[needed];
}

/**
 * The cast from one type to another that is allowed in `context`; undefined when there is none. A cast to the same type
 * only fits the modifier. From UNKNOWN (a literal without a type) the text is read as the target's input.
 */
export function findCast(from: SqlType, to: SqlType, context: CastContext): Cast | undefined {
  const convert = findConversion(from, to, context);
  if (convert === undefined) return undefined;
  // A literal's interval fields decide how its text is read.
  if (from === UNKNOWN && to === INTERVAL) {
    return (datum, typmod, session) =>
      datum === null ? null : decodeText(INTERVAL, datum as string, typmod, session);
  }
  const fits = hasTypmod(to);
  if (convert === same) return fits ? (datum, typmod) => fitToTypmod(to, datum, typmod, context) : same;
  return (datum, typmod, session) => {
    if (datum === null) return null;
    const value = convert(datum, session);
    return fits && typmod >= 0 ? fitToTypmod(to, value, typmod, context) : value;
  };
}

/** Casts once, for callers that have no plan to keep the cast in; undefined when there is no such cast. */
export function castDatum(
  datum: Datum,
  from: SqlType,
  to: SqlType,
  context: CastContext = 'explicit',
  session: CastSession = NO_SESSION,
): Datum | undefined {
  return findCast(from, to, context)?.(datum, -1, session);
}

const same = (datum: Datum): Datum => datum;

function findConversion(from: SqlType, to: SqlType, context: CastContext): Convert | undefined {
  if (sameType(from, to)) return same;
  if (from === UNKNOWN) return to.kind === 'pseudo' ? pseudoFromLiteral(to) : reads(to);
  const def = table.get(from)?.get(to);
  if (def !== undefined) return allows(context, def.context) ? (def.convert ?? same) : undefined;
  return containerConversion(from, to, context) ?? throughText(from, to, context);
}

/** Literals are text of any pseudo type that can hold text. */
function pseudoFromLiteral(to: SqlType): Convert | undefined {
  return to.name === 'cstring' || to.name === 'any' ? same : undefined;
}

function reads(to: SqlType): Convert {
  return (datum, session) => decodeText(to, datum as string, -1, session);
}

/** Elements that arrays have, and the vectors, which cast as arrays of their element do. */
function arrayElement(type: SqlType): SqlType | undefined {
  return type.kind === 'array' || type.name === 'int2vector' || type.name === 'oidvector'
    ? type.element
    : undefined;
}

function containerConversion(from: SqlType, to: SqlType, context: CastContext): Convert | undefined {
  const target = to.element;
  if (to.kind === 'record' && from.kind === 'record') return recordConversion(from, to, context);
  if (target === undefined || from.element === undefined) return undefined;
  const source = arrayElement(from);
  if (source !== undefined && to.kind === 'array') {
    const convert = arrayConversion(source, target, context);
    return from.kind === 'array' ? convert : vectorConversion(convert);
  }
  if (from.kind === 'list' && to.kind === 'list') {
    return mapped(from.element, target, context, (datum, convert) => {
      return new SqlList((datum as SqlList).elements.map(convert));
    });
  }
  if (from.kind === 'map' && to.kind === 'map') {
    return mapped(from.element, target, context, (datum, convert) => {
      return new SqlMap(new Map([...(datum as SqlMap).entries].map(([key, item]) => [key, convert(item)])));
    });
  }
  // Materialize turns arrays of one dimension into lists on request.
  if (source !== undefined && to.kind === 'list' && context === 'explicit') {
    return mapped(source, target, context, (datum, convert) => arrayToList(datum as SqlArray, convert));
  }
  return undefined;
}

function mapped(
  from: SqlType,
  to: SqlType,
  context: CastContext,
  rebuild: (datum: Datum, convert: (item: Datum) => Datum) => Datum,
): Convert | undefined {
  const convert = findConversion(from, to, context);
  if (convert === undefined) return undefined;
  return (datum, session) => rebuild(datum, (item) => (item === null ? null : convert(item, session)));
}

function arrayConversion(from: SqlType, to: SqlType, context: CastContext): Convert | undefined {
  const convert = findConversion(from, to, context);
  if (convert === undefined) return undefined;
  if (convert === same) return same;
  return (datum, session) => {
    const array = datum as SqlArray;
    const elements = array.elements.map((item) => (item === null ? null : convert(item, session)));
    return new SqlArray(elements, array.dims, array.lowerBounds);
  };
}

/** An empty vector has a dimension of length 0, which an empty array has not. */
function vectorConversion(convert: Convert | undefined): Convert | undefined {
  if (convert === undefined) return undefined;
  return (datum, session) =>
    (datum as SqlArray).elements.length === 0 ? new SqlArray([]) : convert(datum, session);
}

/** One dimension only, as in Materialize. Throws 0A000 for more. */
function arrayToList(array: SqlArray, convert: (item: Datum) => Datum): SqlList {
  if (array.dims.length > 1) {
    throw unsupported(
      `casting multi-dimensional array to list; got ${String(array.dims.length)}-dimensional array`,
    );
  }
  return new SqlList(array.elements.map(convert));
}

function recordConversion(from: SqlType, to: SqlType, context: CastContext): Convert | undefined {
  if (to === RECORD || to.fields === undefined) return same;
  const { fields = [] } = from;
  if (fields.length !== to.fields.length) return undefined;
  const converts: Convert[] = [];
  for (const [i, field] of to.fields.entries()) {
    const convert = findConversion(fields[i]?.type ?? UNKNOWN, field.type, context);
    if (convert === undefined) return undefined;
    converts.push(convert);
  }
  return (datum, session) =>
    new SqlRecord(
      (datum as SqlRecord).fields.map((item, i) =>
        item === null ? null : (converts[i] ?? same)(item, session),
      ),
    );
}

/** Everything prints to text on assignment and reads from text when asked to, as PostgreSQL's automatic I/O casts. */
function throughText(from: SqlType, to: SqlType, context: CastContext): Convert | undefined {
  if (to.category === 'S' && from.kind !== 'pseudo' && context !== 'implicit') return prints(from, to);
  if (from.category === 'S' && to.kind !== 'pseudo' && context === 'explicit') return reads(to);
  return undefined;
}

function prints(from: SqlType, to: SqlType): Convert {
  const finish =
    to === TEXT || to === VARCHAR || to === BPCHAR ? (text: string): string => text : truncateName;
  if (from === ACLITEM || from === MZ_ACLITEM) {
    return (datum, session) => finish(aclItemWithNames(from, datum as AclItemDatum, session));
  }
  const { element } = from;
  if (from.kind === 'array' && (element === ACLITEM || element === MZ_ACLITEM)) {
    return (datum, session) =>
      finish(textEncoder(TEXT_ARRAY)(namedItems(element, datum as SqlArray, session)));
  }
  // The encoder depends on the session's zone, which can change between two executions of a plan.
  let made: { readonly session: CastSession; readonly encode: (datum: Datum) => string } | undefined;
  return (datum, session) => {
    if (made?.session !== session) made = { session, encode: textEncoder(from, session) };
    return finish(made.encode(datum));
  };
}

function namedItems(element: SqlType, array: SqlArray, session: CastSession): SqlArray {
  const items = array.elements.map((item) =>
    item === null ? null : aclItemWithNames(element, item as AclItemDatum, session),
  );
  return new SqlArray(items, array.dims, array.lowerBounds);
}
