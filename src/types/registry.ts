/**
 * Every built-in type with its OID, as one interned {@link SqlType} object. PostgreSQL's types have PostgreSQL's OIDs
 * (pg_type.dat); Materialize's own types have Materialize's, from 16384 upward.
 */
import type { RecordField, SqlType, TypeKind } from './sql-type.ts';

/** name, OID, OID of its array type (0: none), category, length, what format_type prints when it is not the name. */
type Entry = readonly [
  name: string,
  oid: number,
  arrayOid: number,
  category: string,
  length: number,
  displayName?: string,
];

/** The preferred type of each category, by name. */
const PREFERRED = new Set(['bool', 'float8', 'oid', 'text', 'timestamptz', 'interval']);

const BASE_TYPES: readonly Entry[] = [
  ['bool', 16, 1000, 'B', 1, 'boolean'],
  ['bytea', 17, 1001, 'U', -1],
  ['char', 18, 1002, 'Z', 1, '"char"'],
  ['name', 19, 1003, 'S', 64],
  ['int8', 20, 1016, 'N', 8, 'bigint'],
  ['int2', 21, 1005, 'N', 2, 'smallint'],
  ['int2vector', 22, 1006, 'A', -1],
  ['int4', 23, 1007, 'N', 4, 'integer'],
  ['regproc', 24, 1008, 'N', 4],
  ['text', 25, 1009, 'S', -1],
  ['oid', 26, 1028, 'N', 4],
  ['tid', 27, 1010, 'U', 6],
  ['xid', 28, 1011, 'U', 4],
  ['cid', 29, 1012, 'U', 4],
  ['oidvector', 30, 1013, 'A', -1],
  ['pg_node_tree', 194, 0, 'Z', -1],
  ['json', 114, 199, 'U', -1],
  ['float4', 700, 1021, 'N', 4, 'real'],
  ['float8', 701, 1022, 'N', 8, 'double precision'],
  ['aclitem', 1033, 1034, 'U', 12],
  ['bpchar', 1042, 1014, 'S', -1, 'character'],
  ['varchar', 1043, 1015, 'S', -1, 'character varying'],
  ['date', 1082, 1182, 'D', 4],
  ['time', 1083, 1183, 'D', 8, 'time without time zone'],
  ['timestamp', 1114, 1115, 'D', 8, 'timestamp without time zone'],
  ['timestamptz', 1184, 1185, 'D', 8, 'timestamp with time zone'],
  ['interval', 1186, 1187, 'T', 16],
  ['timetz', 1266, 1270, 'D', 12, 'time with time zone'],
  ['numeric', 1700, 1231, 'N', -1],
  ['regprocedure', 2202, 2207, 'N', 4],
  ['regoper', 2203, 2208, 'N', 4],
  ['regoperator', 2204, 2209, 'N', 4],
  ['regclass', 2205, 2210, 'N', 4],
  ['regtype', 2206, 2211, 'N', 4],
  ['uuid', 2950, 2951, 'U', 16],
  ['pg_lsn', 3220, 3221, 'U', 8],
  ['regconfig', 3734, 3735, 'N', 4],
  ['regdictionary', 3769, 3770, 'N', 4],
  ['jsonb', 3802, 3807, 'U', -1],
  ['jsonpath', 4072, 4073, 'U', -1],
  ['regnamespace', 4089, 4090, 'N', 4],
  ['regrole', 4096, 4097, 'N', 4],
  ['regcollation', 4191, 4192, 'N', 4],
  ['uint2', 16460, 16461, 'N', 2],
  ['uint4', 16462, 16463, 'N', 4],
  ['uint8', 16464, 16465, 'N', 8],
  ['mz_timestamp', 16552, 16553, 'U', 8],
  ['mz_aclitem', 16566, 16567, 'U', -1],
];

const PSEUDO_TYPES: readonly Entry[] = [
  ['unknown', 705, 0, 'X', -2],
  ['record', 2249, 2287, 'P', -1],
  ['cstring', 2275, 1263, 'P', -2],
  ['any', 2276, 0, 'P', 4, '"any"'],
  ['anyarray', 2277, 0, 'P', -1],
  ['void', 2278, 0, 'P', 4],
  ['trigger', 2279, 0, 'P', 4],
  ['internal', 2281, 0, 'P', 8],
  ['anyelement', 2283, 0, 'P', 4],
  ['anynonarray', 2776, 0, 'P', 4],
  ['anyenum', 3500, 0, 'P', 4],
  ['anyrange', 3831, 0, 'P', -1],
  ['anycompatible', 5077, 0, 'P', 4],
  ['anycompatiblearray', 5078, 0, 'P', -1],
  ['anycompatiblenonarray', 5079, 0, 'P', 4],
  ['anycompatiblerange', 5080, 0, 'P', -1],
  ['list', 16384, 0, 'P', -1],
  ['map', 16385, 0, 'P', -1],
  ['anycompatiblelist', 16454, 0, 'P', -1],
  ['anycompatiblemap', 16455, 0, 'P', -1],
];

/** name, OID, OID of its array type, element. */
const RANGE_TYPES: readonly (readonly [string, number, number, string])[] = [
  ['int4range', 3904, 3905, 'int4'],
  ['numrange', 3906, 3907, 'numeric'],
  ['tsrange', 3908, 3909, 'timestamp'],
  ['tstzrange', 3910, 3911, 'timestamptz'],
  ['daterange', 3912, 3913, 'date'],
  ['int8range', 3926, 3927, 'int8'],
];

const byOid = new Map<number, SqlType>();
const byName = new Map<string, SqlType>();
const arrays = new Map<SqlType, SqlType>();

function register(type: SqlType): SqlType {
  byOid.set(type.oid, type);
  byName.set(type.name, type);
  return type;
}

function registerEntry(entry: Entry, kind: TypeKind, element?: SqlType): SqlType {
  const [name, oid, arrayOid, category, length, displayName = name] = entry;
  const type: SqlType = {
    kind,
    oid,
    name,
    displayName,
    category,
    preferred: PREFERRED.has(name),
    length,
    ...(element === undefined ? {} : { element }),
  };
  register(type);
  if (arrayOid !== 0) {
    const array: SqlType = {
      kind: 'array',
      oid: arrayOid,
      name: `_${name}`,
      displayName: `${displayName}[]`,
      category: name === 'record' ? 'P' : 'A',
      preferred: false,
      length: -1,
      element: type,
    };
    arrays.set(type, register(array));
  }
  return type;
}

for (const entry of BASE_TYPES) {
  // The vectors are arrays with a text form of their own; subscripting and = ANY see their element.
  const element = entry[0] === 'int2vector' ? typeByName('int2') : undefined;
  registerEntry(entry, 'base', entry[0] === 'oidvector' ? typeByName('oid') : element);
}
for (const entry of PSEUDO_TYPES) registerEntry(entry, entry[0] === 'record' ? 'record' : 'pseudo');
for (const [name, oid, arrayOid, element] of RANGE_TYPES) {
  registerEntry([name, oid, arrayOid, 'R', -1], 'range', typeByName(element));
}

/** Every interned type, in OID order. */
export function allTypes(): readonly SqlType[] {
  return [...byOid.values()].sort((a, b) => a.oid - b.oid);
}

/** The type with this OID. For list, map and record the pseudo type, since anonymous ones share its OID. */
export function typeByOid(oid: number): SqlType | undefined {
  return byOid.get(oid);
}

/** The type with this pg_type.typname (`int4`, `_int4`, `timestamptz`). SQL spellings: {@link typeBySqlName}. */
export function typeByName(name: string): SqlType | undefined {
  return byName.get(name);
}

function known(name: string): SqlType {
  const type = byName.get(name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

export const BOOL = known('bool');
export const BYTEA = known('bytea');
export const CHAR = known('char');
export const NAME = known('name');
export const INT8 = known('int8');
export const INT2 = known('int2');
export const INT2VECTOR = known('int2vector');
export const INT4 = known('int4');
export const REGPROC = known('regproc');
export const REGPROCEDURE = known('regprocedure');
export const TEXT = known('text');
export const OID = known('oid');
export const TID = known('tid');
export const XID = known('xid');
export const CID = known('cid');
export const OIDVECTOR = known('oidvector');
export const PG_NODE_TREE = known('pg_node_tree');
export const JSON_TYPE = known('json');
export const FLOAT4 = known('float4');
export const FLOAT8 = known('float8');
export const ACLITEM = known('aclitem');
export const BPCHAR = known('bpchar');
export const VARCHAR = known('varchar');
export const DATE = known('date');
export const TIME = known('time');
export const TIMESTAMP = known('timestamp');
export const TIMESTAMPTZ = known('timestamptz');
export const INTERVAL = known('interval');
export const TIMETZ = known('timetz');
export const NUMERIC = known('numeric');
export const REGOPER = known('regoper');
export const REGOPERATOR = known('regoperator');
export const REGCLASS = known('regclass');
export const REGTYPE = known('regtype');
export const UUID = known('uuid');
export const PG_LSN = known('pg_lsn');
export const JSONB = known('jsonb');
export const REGNAMESPACE = known('regnamespace');
export const REGROLE = known('regrole');
export const UINT2 = known('uint2');
export const UINT4 = known('uint4');
export const UINT8 = known('uint8');
export const MZ_TIMESTAMP = known('mz_timestamp');
export const MZ_ACLITEM = known('mz_aclitem');
export const UNKNOWN = known('unknown');
export const RECORD = known('record');
export const CSTRING = known('cstring');
export const ANY = known('any');
export const ANYARRAY = known('anyarray');
export const VOID = known('void');
export const TRIGGER = known('trigger');
export const INTERNAL = known('internal');
export const ANYELEMENT = known('anyelement');
export const ANYNONARRAY = known('anynonarray');
export const ANYENUM = known('anyenum');
export const ANYRANGE = known('anyrange');
export const ANYCOMPATIBLE = known('anycompatible');
export const ANYCOMPATIBLEARRAY = known('anycompatiblearray');
export const ANYCOMPATIBLENONARRAY = known('anycompatiblenonarray');
export const ANYCOMPATIBLERANGE = known('anycompatiblerange');
export const LIST = known('list');
export const MAP = known('map');
export const ANYCOMPATIBLELIST = known('anycompatiblelist');
export const ANYCOMPATIBLEMAP = known('anycompatiblemap');
export const INT4RANGE = known('int4range');
export const NUMRANGE = known('numrange');
export const TSRANGE = known('tsrange');
export const TSTZRANGE = known('tstzrange');
export const DATERANGE = known('daterange');
export const INT8RANGE = known('int8range');
export const TEXT_ARRAY = known('_text');
export const INT2_ARRAY = known('_int2');
export const INT4_ARRAY = known('_int4');
export const INT8_ARRAY = known('_int8');
export const OID_ARRAY = known('_oid');
export const BOOL_ARRAY = known('_bool');
export const CHAR_ARRAY = known('_char');
export const NAME_ARRAY = known('_name');
export const FLOAT4_ARRAY = known('_float4');
export const FLOAT8_ARRAY = known('_float8');
export const MZ_ACLITEM_ARRAY = known('_mz_aclitem');
export const ACLITEM_ARRAY = known('_aclitem');
export const RECORD_ARRAY = known('_record');

const lists = new WeakMap<SqlType, SqlType>();
const maps = new WeakMap<SqlType, SqlType>();

/** The array type over an element; undefined for types without one (lists, maps, pseudo types). An array is its own. */
export function arrayOf(element: SqlType): SqlType | undefined {
  if (element.kind === 'array') return element;
  if (element.kind === 'record' && element !== RECORD) return recordArrayOf(element);
  return arrays.get(element);
}

const recordArrays = new WeakMap<SqlType, SqlType>();

/** `record[]` that knows the fields of its elements, so that they can be printed. */
function recordArrayOf(element: SqlType): SqlType {
  let array = recordArrays.get(element);
  if (array === undefined) {
    array = { ...RECORD_ARRAY, element };
    recordArrays.set(element, array);
  }
  return array;
}

/** `element list`; one object per element type object. */
export function listOf(element: SqlType): SqlType {
  let list = lists.get(element);
  if (list === undefined) {
    list = { ...LIST, kind: 'list', displayName: `${element.displayName} list`, element };
    lists.set(element, list);
  }
  return list;
}

/** `map[text=>value]`; one object per value type object. */
export function mapOf(value: SqlType): SqlType {
  let map = maps.get(value);
  if (map === undefined) {
    map = { ...MAP, kind: 'map', displayName: `map[text=>${value.displayName}]`, element: value };
    maps.set(value, map);
  }
  return map;
}

/** An anonymous record with known fields. */
export function recordOf(fields: readonly RecordField[]): SqlType {
  return {
    ...RECORD,
    displayName: `record(${fields.map((f) => `${f.name}: ${f.type.displayName}`).join(',')})`,
    fields,
  };
}

/** Same type: identical, or lists, maps and records of the same make. */
export function sameType(a: SqlType, b: SqlType): boolean {
  if (a === b) return true;
  if (a.oid !== b.oid || a.kind !== b.kind) return false;
  if (a.element !== undefined || b.element !== undefined) {
    return a.element !== undefined && b.element !== undefined && sameType(a.element, b.element);
  }
  if (a.fields === undefined || b.fields === undefined) return a.fields === b.fields;
  const other = b.fields;
  return (
    a.fields.length === other.length &&
    a.fields.every((field, i) => sameType(field.type, other[i]?.type ?? UNKNOWN))
  );
}
