/** PostgreSQL's text form to values, for every type. */
import { planError, SqlError } from '../errors.ts';
import { parseBytea } from './bytea-text.ts';
import { NO_SESSION, type CastSession, type RegKind } from './cast-session.ts';
import { parseArray, parseList, parseMap, parseRange, parseRecord } from './container-text.ts';
import { parseDate, parseTime, parseTimestamp, parseTimestampTz, parseTimeTz } from './datetime-parse.ts';
import { parseInterval } from './interval-parse.ts';
import { AclItemDatum, SqlArray, type Datum } from './datum.ts';
import { parseFloat4, parseFloat8 } from './float-text.ts';
import { invalidInput } from './input-error.ts';
import { INTEGER_BOUNDS, parseInteger, parseSmallInteger } from './integer-text.ts';
import { parseJsonb } from './jsonb.ts';
import { canonicalJsonPath } from './jsonpath/print.ts';
import { fitToTypmod } from './length-coercion.ts';
import { Numeric } from './numeric.ts';
import type { SqlType } from './sql-type.ts';
import { parseTypeName } from './type-names.ts';
import { typmodInterval } from './typmod.ts';

type Decoder = (text: string, session: CastSession, typmod: number) => Datum;

/** Readers by pg_type name. */
const READERS: Readonly<Record<string, Decoder>> = {
  bool: parseBool,
  bytea: parseBytea,
  char: (text) => firstByte(text),
  name: (text) => truncateName(text),
  text: (text) => text,
  varchar: (text) => text,
  bpchar: (text) => text,
  unknown: (text) => text,
  cstring: (text) => text,
  pg_node_tree: (text) => text,
  json: (text) => {
    parseJsonb(text, 'json');
    return text;
  },
  jsonb: (text) => parseJsonb(text),
  jsonpath: (text) => canonicalJsonPath(text),
  int2: (text) => parseSmallInteger(text, INTEGER_BOUNDS.int2),
  int4: (text) => parseSmallInteger(text, INTEGER_BOUNDS.int4),
  int8: (text) => parseInteger(text, INTEGER_BOUNDS.int8),
  uint2: (text) => parseSmallInteger(text, INTEGER_BOUNDS.uint2),
  uint4: (text) => parseSmallInteger(text, INTEGER_BOUNDS.uint4),
  uint8: (text) => parseInteger(text, INTEGER_BOUNDS.uint8),
  oid: parseOid,
  xid: (text) => parseSmallInteger(text, INTEGER_BOUNDS.uint4),
  cid: (text) => parseSmallInteger(text, INTEGER_BOUNDS.uint4),
  tid: parseTid,
  pg_lsn: parseLsn,
  mz_timestamp: (text) => parseInteger(text, INTEGER_BOUNDS.mz_timestamp),
  float4: parseFloat4,
  float8: parseFloat8,
  numeric: (text) => Numeric.fromString(text),
  uuid: parseUuid,
  date: parseDate,
  time: parseTime,
  timetz: parseTimeTz,
  timestamp: parseTimestamp,
  timestamptz: parseTimestampTz,
  interval: (text, _session, typmod) => parseInterval(text, typmodInterval(typmod)?.range),
  int2vector: (text) => parseVector(text, (item) => parseSmallInteger(item, INTEGER_BOUNDS.int2)),
  oidvector: (text) => parseVector(text, parseOid),
  aclitem: (text) => parseAclItem(text, 'aclitem', /^\d*$/, '0'),
  mz_aclitem: (text) => parseAclItem(text, 'mz_aclitem', /^(?:[usg]\d+|p|)$/, 'p'),
};

/**
 * Reads a value of `type` from its text form and fits it to `typmod` as an assignment does (`varchar(3)` refuses longer
 * text). Throws SqlError only.
 */
export function decodeText(
  type: SqlType,
  text: string,
  typmod = -1,
  session: CastSession = NO_SESSION,
): Datum {
  const datum = readText(type, text, typmod, session);
  return typmod < 0 || type.kind !== 'base' ? datum : fitToTypmod(type, datum, typmod, 'assignment');
}

function readText(type: SqlType, text: string, typmod: number, session: CastSession): Datum {
  const nested = (element: SqlType) => (item: string) => decodeText(element, item, typmod, session);
  const plain = (element: SqlType) => (item: string) => decodeText(element, item, -1, session);
  switch (type.kind) {
    case 'array':
      return parseArray(text, type, nested(type.element ?? type));
    case 'list':
      return parseList(text, type, plain(type.element ?? type));
    case 'map':
      return parseMap(text, type, plain(type.element ?? type));
    case 'range':
      return parseRange(text, type, plain(type.element ?? type));
    case 'record':
      if (type.fields === undefined)
        throw planError('input of anonymous composite types is not implemented').with({ code: '0A000' });
      return parseRecord(
        text,
        type.fields.map((field) => plain(field.type)),
      );
    case 'base':
    case 'pseudo': {
      const read = READERS[type.name];
      if (read !== undefined) return read(text, session, typmod);
      if (type.name.startsWith('reg')) return readReg(type.name as RegKind, text, session);
      throw new SqlError('0A000', `cannot accept a value of type ${type.displayName}`);
    }
  }
}

function parseBool(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word !== '' && ('true'.startsWith(word) || 'yes'.startsWith(word) || word === 'on' || word === '1'))
    return true;
  const no =
    'false'.startsWith(word) || 'no'.startsWith(word) || word === 'off' || word === 'of' || word === '0';
  if (word !== '' && no) return false;
  throw invalidInput('boolean', text);
}

/** "char" holds one byte; text of more characters keeps the first, as PostgreSQL's charin. */
function firstByte(text: string): string {
  const bytes = /^\\[0-3][0-7][0-7]$/.test(text)
    ? [Number.parseInt(text.slice(1), 8)]
    : Buffer.from(text, 'utf8');
  const byte = bytes[0] ?? 0;
  if (byte === 0) return '';
  return byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
}

/** Longest name in bytes: NAMEDATALEN - 1. */
const NAME_BYTES = 63;

/** Cuts a name to 63 bytes at a character's border. */
export function truncateName(text: string): string {
  if (text.length <= NAME_BYTES / 3 || Buffer.byteLength(text) <= NAME_BYTES) return text;
  const bytes = Buffer.from(text, 'utf8');
  let end = NAME_BYTES;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end).toString('utf8');
}

/** OIDs may be written as negative 32-bit numbers, as PostgreSQL's oidin takes them. */
function parseOid(text: string): number {
  if (/^\s*-\d+\s*$/.test(text)) {
    const value = BigInt(text.trim());
    if (value >= -2147483648n) return Number(BigInt.asUintN(32, value));
  }
  return parseSmallInteger(text, INTEGER_BOUNDS.oid);
}

function parseTid(text: string): string {
  const match = /^\s*\((\d{1,10}),(\d{1,5})\)\s*$/.exec(text);
  if (match === null || Number(match[1]) > 4294967295 || Number(match[2]) > 65535)
    throw invalidInput('tid', text);
  return `(${String(Number(match[1]))},${String(Number(match[2]))})`;
}

function parseLsn(text: string): bigint {
  const match = /^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i.exec(text.trim());
  if (match === null) throw invalidInput('pg_lsn', text);
  return (BigInt(`0x${match[1] ?? '0'}`) << 32n) | BigInt(`0x${match[2] ?? '0'}`);
}

/** With or without hyphens after groups of four digits, braces and upper case, as PostgreSQL's uuid_in. */
function parseUuid(text: string): string {
  const braced = /^\s*(?:\{(.*)\}|(.*?))\s*$/s.exec(text);
  const body = braced?.[1] ?? braced?.[2] ?? '';
  if (!/^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i.test(body)) throw invalidInput('uuid', text, 'invalid UUID');
  const hex = body.replaceAll('-', '').toLowerCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function parseVector(text: string, parse: (item: string) => Datum): SqlArray {
  const items = text.trim() === '' ? [] : text.trim().split(/\s+/);
  // The vectors are 0-based arrays, even when empty.
  return new SqlArray(items.map(parse), [items.length], [0]);
}

/** Privilege letters in the order of the ACL text format. */
const PRIVILEGE_LETTERS = 'arwdUCRBNP';

function parseAclItem(text: string, typeName: string, role: RegExp, nobody: string): AclItemDatum {
  const match = /^([^=]*)=([a-zA-Z]*)\/([^/]+)$/.exec(text.trim());
  const [, grantee = '', letters = '', grantor = ''] = match ?? [];
  if (match === null || !role.test(grantee) || !role.test(grantor)) throw invalidInput(typeName, text);
  for (const letter of letters) {
    if (!PRIVILEGE_LETTERS.includes(letter))
      throw invalidInput(typeName, text, `unknown privilege '${letter}'`);
  }
  const ordered = [...PRIVILEGE_LETTERS].filter((letter) => letters.includes(letter)).join('');
  return new AclItemDatum(grantee === '' ? nobody : grantee, ordered, grantor);
}

/** Numbers are OIDs; `-` is 0; anything else is a name for the session to resolve. Built-in types need no session. */
function readReg(kind: RegKind, text: string, session: CastSession): number {
  const trimmed = text.trim();
  if (trimmed === '-') return 0;
  if (/^\d+$/.test(trimmed)) return parseOid(trimmed);
  if (kind === 'regtype') {
    const known = parseTypeName(trimmed);
    if (known !== undefined) return known.type.oid;
  }
  return session.resolveReg(kind, text);
}
