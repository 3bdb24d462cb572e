/**
 * Types by the names people write: `int`, `double precision`, `text[]`, `text list`, `map[text=>int4]`,
 * `pg_catalog."char"`. Statement grammars have their own parsers; this is for regtype input and option values.
 */
import { arrayOf, BPCHAR, CHAR, listOf, mapOf, typeByName } from './registry.ts';
import type { ColumnType, SqlType } from './sql-type.ts';
import { encodeTypmod } from './typmod.ts';

/** Spellings that are not pg_type.typname; each is folded to lower case with single blanks. */
const ALIASES: Readonly<Record<string, string>> = {
  boolean: 'bool',
  smallint: 'int2',
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
  real: 'float4',
  float: 'float8',
  'double precision': 'float8',
  double: 'float8',
  decimal: 'numeric',
  dec: 'numeric',
  string: 'text',
  'character varying': 'varchar',
  'char varying': 'varchar',
  'national character varying': 'varchar',
  character: 'bpchar',
  char: 'bpchar',
  nchar: 'bpchar',
  'national character': 'bpchar',
  'time without time zone': 'time',
  'time with time zone': 'timetz',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  bytes: 'bytea',
};

const SCHEMAS = new Set(['pg_catalog', 'mz_catalog', 'mz_internal', 'mz_unsafe']);

/** The type of a SQL name without modifiers (`integer`, `timestamp with time zone`, `int4`); undefined when unknown. */
export function typeBySqlName(name: string): SqlType | undefined {
  const folded = name.trim().toLowerCase().replace(/\s+/g, ' ');
  return typeByName(ALIASES[folded] ?? folded);
}

/**
 * Reads a whole type expression with schema, modifiers, `[]`, `list` and `map[text=>...]`. undefined when it is no known
 * type. Throws SqlError for modifiers out of bounds.
 */
export function parseTypeName(text: string): ColumnType | undefined {
  const trimmed = text.trim();
  const map = /^map\s*\[\s*text\s*=>\s*(.*)\]$/is.exec(trimmed);
  if (map !== null) {
    const value = parseTypeName(map[1] ?? '');
    return value && { type: mapOf(value.type), typmod: -1 };
  }
  const suffix = /^(.*?)\s*(?:(\[\s*\d*\s*\]|\barray)|\s(list))$/is.exec(trimmed);
  if (suffix !== null) {
    const element = parseTypeName(suffix[1] ?? '');
    if (element === undefined) return undefined;
    if (suffix[3] !== undefined) return { type: listOf(element.type), typmod: -1 };
    const array = arrayOf(element.type);
    return array && { type: array, typmod: element.typmod };
  }
  return parseScalarName(trimmed);
}

function parseScalarName(text: string): ColumnType | undefined {
  const match =
    /^(?:([a-z_]+|"[^"]+")\s*\.\s*)?("[^"]+"|[a-z_][a-z0-9_]*(?: [a-z]+)*)\s*(\([\d\s,-]*\))?\s*((?:with|without) time zone)?$/is.exec(
      text,
    );
  if (match === null) return undefined;
  const [, schema, rawName = '', rawMods, zone] = match;
  if (schema !== undefined && !SCHEMAS.has(schema.replaceAll('"', '').toLowerCase())) return undefined;
  const quoted = rawName.startsWith('"');
  const name = quoted ? rawName.slice(1, -1) : zone === undefined ? rawName : `${rawName} ${zone}`;
  const type =
    quoted || (schema !== undefined && name.toLowerCase() === 'char')
      ? typeByName(name)
      : typeBySqlName(name);
  if (type === undefined) return undefined;
  const mods = rawMods === undefined ? [] : rawMods.slice(1, -1).split(',').map(Number);
  if (mods.length === 0)
    return { type, typmod: type === BPCHAR && type !== CHAR && isBareChar(name) ? 5 : -1 };
  return { type, typmod: encodeTypmod(type, mods) };
}

/** `char` and `character` without a length mean one character; `bpchar` means any. */
function isBareChar(name: string): boolean {
  const folded = name.toLowerCase();
  return folded === 'char' || folded === 'character' || folded === 'nchar' || folded === 'national character';
}
