/** Broad shape of a type; decides which functions of this room handle it. */
export type TypeKind = 'base' | 'array' | 'list' | 'map' | 'range' | 'record' | 'pseudo';

/**
 * A SQL type. Built-in types are interned: one object per OID, comparable with `===`. Anonymous list, map and record
 * types share the OID of their pseudo type and are told apart by their element or fields.
 */
export interface SqlType {
  readonly kind: TypeKind;
  readonly oid: number;
  /** pg_type.typname: `int4`, `_int4`, `timestamptz`. */
  readonly name: string;
  /** What format_type and error messages print: `integer`, `integer[]`, `timestamp with time zone`. */
  readonly displayName: string;
  /** pg_type.typcategory, one letter; drives overload resolution. */
  readonly category: string;
  /** pg_type.typispreferred. */
  readonly preferred: boolean;
  /** pg_type.typlen: bytes, or -1 variable, -2 NUL-terminated. */
  readonly length: number;
  /** Element of an array, list or range; value of a map. */
  readonly element?: SqlType;
  /** Fields of a record with a known shape; with a type modifier where a column definition list gave one. */
  readonly fields?: readonly RecordField[];
}

/** A field of a record type; without `typmod` it has none. */
export interface RecordField {
  readonly name: string;
  readonly type: SqlType;
  readonly typmod?: number;
}

/** A type with its modifier, as a column has it. `typmod` is PostgreSQL's encoding, -1 for none. */
export interface ColumnType {
  readonly type: SqlType;
  readonly typmod: number;
}
