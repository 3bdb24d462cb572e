/** Values to PostgreSQL's text form, for every type. An encoder is made once for a column and called for each value. */
import { NO_SESSION, type CastSession, type RegKind } from './cast-session.ts';
import { formatBytea } from './bytea-text.ts';
import {
  formatDate,
  formatInterval,
  formatTime,
  formatTimestamp,
  formatTimestampTz,
  formatTimeTz,
} from './datetime-format.ts';
import {
  AclItemDatum,
  type Datum,
  type Interval,
  type Jsonb,
  type SqlArray,
  type SqlList,
  type SqlMap,
  type SqlRange,
  type SqlRecord,
  type TimeTz,
} from './datum.ts';
import { formatFloat4, formatFloat8 } from './float-text.ts';
import { formatJsonb } from './jsonb.ts';
import type { Numeric } from './numeric.ts';
import { TEXT } from './registry.ts';
import type { SqlType } from './sql-type.ts';
import { timeZone } from './time-zone.ts';

/** Text of one value; never called with NULL. */
export type TextEncoder = (datum: Datum) => string;

/** Nested values can be NULL. */
type NestedEncoder = (datum: Datum) => string | null;

const asIs: TextEncoder = (datum) => datum as string;
const decimal: TextEncoder = (datum) => String(datum as number | bigint);
const bool: TextEncoder = (datum) => (datum === true ? 't' : 'f');

/** Encoders of types whose text depends on nothing but the value, by pg_type name. */
const SIMPLE: Readonly<Record<string, TextEncoder>> = {
  bool,
  bytea: (datum) => formatBytea(datum as Uint8Array),
  char: asIs,
  name: asIs,
  text: asIs,
  varchar: asIs,
  bpchar: asIs,
  json: asIs,
  jsonpath: asIs,
  unknown: asIs,
  cstring: asIs,
  pg_node_tree: asIs,
  uuid: asIs,
  tid: asIs,
  pg_lsn: (datum) => formatLsn(datum as bigint),
  int2: decimal,
  int4: decimal,
  int8: decimal,
  oid: decimal,
  xid: decimal,
  cid: decimal,
  uint2: decimal,
  uint4: decimal,
  uint8: decimal,
  mz_timestamp: decimal,
  float4: (datum) => formatFloat4(datum as number),
  float8: (datum) => formatFloat8(datum as number),
  numeric: (datum) => (datum as Numeric).toString(),
  date: (datum) => formatDate(datum as number),
  time: (datum) => formatTime(datum as bigint),
  timetz: (datum) => formatTimeTz(datum as TimeTz),
  timestamp: (datum) => formatTimestamp(datum as bigint),
  interval: (datum) => formatInterval(datum as Interval),
  jsonb: (datum) => formatJsonb((datum as Jsonb).value),
  mz_aclitem: (datum) => formatAclItem(datum as AclItemDatum),
  int2vector: (datum) => (datum as SqlArray).elements.join(' '),
  oidvector: (datum) => (datum as SqlArray).elements.join(' '),
  void: () => '',
};

/**
 * The function that writes values of `type` as text. `session` gives timestamptz its zone and the reg* types and
 * aclitem their names; without one they print in UTC and as numbers.
 */
export function textEncoder(type: SqlType, session: CastSession = NO_SESSION): TextEncoder {
  switch (type.kind) {
    case 'array':
      return arrayEncoder(type.element ?? TEXT, session);
    case 'list':
      return listEncoder(type.element ?? TEXT, session);
    case 'map':
      return mapEncoder(type.element ?? TEXT, session);
    case 'range':
      return rangeEncoder(type.element ?? TEXT, session);
    case 'record':
      return recordEncoder(type, session);
    case 'base':
    case 'pseudo':
      return SIMPLE[type.name] ?? sessionEncoder(type, session);
  }
}

function sessionEncoder(type: SqlType, session: CastSession): TextEncoder {
  if (type.name === 'timestamptz') {
    const zone = timeZone(session.timeZone);
    return (datum) => formatTimestampTz(datum as bigint, zone);
  }
  if (type.name === 'aclitem') return (datum) => formatAclItem(withRoleNames(datum as AclItemDatum, session));
  if (type.name.startsWith('reg')) {
    const kind = type.name as RegKind;
    return (datum) =>
      datum === 0 ? '-' : (session.regName(kind, datum as number) ?? String(datum as number));
  }
  return (datum) => String(datum as string);
}

function nullable(encode: TextEncoder): NestedEncoder {
  return (datum) => (datum === null ? null : encode(datum));
}

/** `0/16B3748`: a WAL position as two hexadecimal halves. */
function formatLsn(value: bigint): string {
  return `${(value >> 32n).toString(16).toUpperCase()}/${(value & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** An aclitem with the names of its roles in the place of their OIDs, quoted as PostgreSQL does; unknown OIDs stay. */
function withRoleNames({ grantee, privileges, grantor }: AclItemDatum, session: CastSession): AclItemDatum {
  const name = (oid: string): string => {
    const found = oid === '0' ? undefined : session.roleByOid(Number(oid))?.name;
    if (found === undefined || /^\w+$/.test(found)) return found ?? oid;
    return `"${found.replaceAll('"', '""')}"`;
  };
  return new AclItemDatum(name(grantee), privileges, name(grantor));
}

/** `grantee=letters/grantor`; PUBLIC (`p`, or OID 0) is the empty string. */
export function formatAclItem(item: AclItemDatum): string {
  const grantee = item.grantee === 'p' || item.grantee === '0' ? '' : item.grantee;
  return `${grantee}=${item.privileges}/${item.grantor}`;
}

const ARRAY_QUOTED = /[ \t-\r{},"\\]|^$|^null$/i;

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function arrayEncoder(element: SqlType, session: CastSession): TextEncoder {
  const encode = nullable(textEncoder(element, session));
  return (datum) => {
    const array = datum as SqlArray;
    if (array.dims.length === 0) return '{}';
    const items = array.elements.map((item) => {
      const text = encode(item);
      return text === null ? 'NULL' : ARRAY_QUOTED.test(text) ? quote(text) : text;
    });
    const body = nest(items, array.dims);
    if (array.lowerBounds.every((bound) => bound === 1)) return body;
    const bounds = array.dims.map((length, i) => {
      const low = array.lowerBounds[i] ?? 1;
      return `[${String(low)}:${String(low + length - 1)}]`;
    });
    return `${bounds.join('')}=${body}`;
  };
}

/** Joins from the innermost dimension outwards. */
function nest(items: readonly string[], dims: readonly number[]): string {
  let level = items;
  for (let d = dims.length - 1; d >= 0; d--) {
    const size = dims[d] ?? 1;
    const next: string[] = [];
    for (let i = 0; i < level.length; i += size) next.push(`{${level.slice(i, i + size).join(',')}}`);
    level = next;
  }
  return level[0] ?? '{}';
}

/** Lists nest without dimensions, and inner lists are not quoted. */
function listEncoder(element: SqlType, session: CastSession): TextEncoder {
  const encode = nullable(textEncoder(element, session));
  const nested = element.kind === 'list' || element.kind === 'map';
  return (datum) => {
    const items = (datum as SqlList).elements.map((item) => {
      const text = encode(item);
      if (text === null) return 'NULL';
      return !nested && ARRAY_QUOTED.test(text) ? quote(text) : text;
    });
    return `{${items.join(',')}}`;
  };
}

const MAP_QUOTED = /[ \t-\r{},"\\=>]|^$|^null$/i;

function mapEncoder(value: SqlType, session: CastSession): TextEncoder {
  const encode = nullable(textEncoder(value, session));
  const nested = value.kind === 'list' || value.kind === 'map';
  return (datum) => {
    const members: string[] = [];
    for (const [key, item] of (datum as SqlMap).entries) {
      const text = encode(item);
      const shown = text === null ? 'NULL' : !nested && MAP_QUOTED.test(text) ? quote(text) : text;
      members.push(`${MAP_QUOTED.test(key) ? quote(key) : key}=>${shown}`);
    }
    return `{${members.join(',')}}`;
  };
}

function rangeEncoder(element: SqlType, session: CastSession): TextEncoder {
  const encode = textEncoder(element, session);
  const bound = (datum: Datum): string => {
    if (datum === null) return '';
    const text = encode(datum);
    return RANGE_QUOTED.test(text) ? doubled(text) : text;
  };
  return (datum) => {
    const range = datum as SqlRange;
    if (range.empty) return 'empty';
    const open = range.lowerInclusive ? '[' : '(';
    return `${open}${bound(range.lower)},${bound(range.upper)}${range.upperInclusive ? ']' : ')'}`;
  };
}

const RANGE_QUOTED = /[ \t-\r()[\],"\\]|^$/;
const RECORD_QUOTED = /[ \t-\r(),"\\]|^$/;

/** Ranges and records double their quotes and backslashes. */
function doubled(text: string): string {
  return `"${text.replace(/["\\]/g, '$&$&')}"`;
}

function recordEncoder(type: SqlType, session: CastSession): TextEncoder {
  const encoders = (type.fields ?? []).map((field) => nullable(textEncoder(field.type, session)));
  const fallback = nullable((datum) => String(datum as string));
  return (datum) => {
    const fields = (datum as SqlRecord).fields.map((item, i) => {
      const text = (encoders[i] ?? fallback)(item);
      return text === null ? '' : RECORD_QUOTED.test(text) ? doubled(text) : text;
    });
    return `(${fields.join(',')})`;
  };
}
