/**
 * Values of the columns that clients of PostgreSQL read and that the relations being matched don't have. They stand
 * after a relation's own columns; a column without a value here is false, 0, empty or, where it may be, NULL.
 */
import type { FunctionDef } from '../functions/function.ts';
import { operatorByOid } from '../functions/registry.ts';
import { operatorFacts, procFacts } from '../functions/pg-facts.ts';
import { AclItemDatum, SqlArray, type Datum, type Row } from '../types/datum.ts';
import { arrayOf } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { AMBIENT_SCHEMA_IDS } from './ambient.ts';
import { parseColumns } from './data/shape.ts';
import { POSTGRES_COLUMNS } from './data/postgres-shapes.ts';
import { POSTGRES_TYPES, type PostgresTypeRow } from './data/postgres-types.ts';
import type { RelationRows } from './define.ts';
import { isIndexed } from './indexed.ts';
import { namedRelation } from './named-relation.ts';
import { objectByOid, privilegesOf } from './objects.ts';
import type { RelationColumn, RelationContext } from './relation.ts';
import { informationColumn, informationTable, schemaOwner } from './postgres-information.ts';
import type { SystemRelationObject } from './system-catalog.ts';
import type { SystemFunctionObject } from './system-functions.ts';
import { roleOid, schemaOid } from './visibility.ts';

/** Values by column name. */
export type ColumnValues = Readonly<Record<string, Datum>>;

interface Added {
  /** The same in every row. */
  readonly constants?: ColumnValues;
  /** What depends on the row. */
  of?(context: RelationContext, row: Row): ColumnValues;
}

/** pg_language's number for functions that are part of the server. */
const INTERNAL_LANGUAGE = 12;
/** What PostgreSQL assumes of a function's cost, and of the rows of one that returns a set. */
const FUNCTION_COST = 1;
const FUNCTION_ROWS = 1000;

/** oidvector counts from 0. */
function oidVector(oids: readonly number[]): SqlArray {
  return new SqlArray(oids, oids.length === 0 ? [] : [oids.length], oids.length === 0 ? [] : [0]);
}

/** Grants as aclitem[]: roles by OID, PUBLIC as 0. */
function classAcl({ snapshot }: RelationContext, oid: number): Datum {
  const object = objectByOid(snapshot, oid);
  const entries = object === undefined ? null : privilegesOf(object);
  if (entries === null) return null;
  const items = entries.map(
    ({ grantee, privileges, grantor }) =>
      new AclItemDatum(String(roleOid(snapshot, grantee)), privileges, String(roleOid(snapshot, grantor))),
  );
  return items.length === 0 ? null : new SqlArray(items);
}

const typeFacts = new Map(POSTGRES_TYPES.map((row) => [row[0], row]));

/** A type of the server's own is held like an array: by reference and of any length. */
function factsOfType(oid: number): PostgresTypeRow {
  return typeFacts.get(oid) ?? [oid, 0, 0, 0, 0, false, false, 'i', 'x'];
}

function typeColumns(row: Row): ColumnValues {
  const [, output, send, modin, modout, byValue, preferred, align, storage] = factsOfType(row[0] as number);
  return {
    typoutput: output,
    typsend: send,
    typmodin: modin,
    typmodout: modout,
    typbyval: byValue,
    typispreferred: preferred,
    typalign: align,
    typstorage: storage,
  };
}

function attributeColumns(row: Row): ColumnValues {
  const [, , , , , byValue, , align, storage] = factsOfType(row[2] as number);
  return { attbyval: byValue, attalign: align, attstorage: storage };
}

const VOLATILITY = { immutable: 'i', stable: 's', volatile: 'v' } as const;
const KIND = { scalar: 'f', table: 'f', aggregate: 'a', window: 'w' } as const;

/** Declared argument types; a VARIADIC tail is an array of its element type. */
function declaredArguments({ args, variadic }: FunctionDef): readonly SqlType[] {
  return variadic === undefined ? args : [...args, arrayOf(variadic) ?? variadic];
}

/** Modes and names of all arguments, where a function has columns to name. */
function outputColumns(def: FunctionDef, inputs: readonly SqlType[]): ColumnValues {
  const outputs = def.kind === 'table' ? def.columns(def.args) : [];
  if (outputs.length < 2)
    return { proargnames: def.argNames === undefined ? null : new SqlArray(def.argNames) };
  const names = inputs.map((_, i) => def.argNames?.[i] ?? '');
  return {
    proallargtypes: new SqlArray([...inputs, ...outputs.map(({ type }) => type)].map(({ oid }) => oid)),
    proargmodes: new SqlArray([...inputs.map(() => 'i'), ...outputs.map(() => 'o')]),
    proargnames: new SqlArray([...names, ...outputs.map(({ name }) => name)]),
  };
}

function functionColumns(fn: SystemFunctionObject): ColumnValues {
  const { def } = fn;
  const inputs = declaredArguments(def);
  const set = def.kind === 'table';
  return {
    prorows: set ? FUNCTION_ROWS : 0,
    provariadic: def.variadic?.oid ?? 0,
    prokind: KIND[def.kind],
    proisagg: def.kind === 'aggregate',
    proiswindow: def.kind === 'window',
    proisstrict: 'strict' in def && def.kind !== 'aggregate' ? def.strict : false,
    proretset: set,
    provolatile: 'volatility' in def ? VOLATILITY[def.volatility] : 'i',
    pronargs: inputs.length,
    pronargdefaults: def.optionalArgs ?? 0,
    proargtypes: oidVector(inputs.map(({ oid }) => oid)),
    prosrc: def.name,
    ...outputColumns(def, inputs),
  };
}

/** Functions that read and write types, which only pg_type names. */
function typeFunctionColumns(oid: number): ColumnValues {
  const fact = procFacts.ofOid(oid);
  if (fact === undefined) return {};
  return {
    prokind: 'f',
    proisstrict: fact.strict,
    provolatile: VOLATILITY[fact.volatility],
    pronargs: fact.args.length,
    proargtypes: oidVector(fact.args.map((type) => type.oid)),
    prosrc: fact.name,
  };
}

function functionValues({ snapshot }: RelationContext, row: Row): ColumnValues {
  const object = objectByOid(snapshot, row[0] as number);
  return object?.kind === 'function' ? functionColumns(object) : typeFunctionColumns(row[0] as number);
}

function operatorColumns({ snapshot }: RelationContext, row: Row): ColumnValues {
  const [oid, , , left] = row as readonly [number, string, number, number];
  const fact = operatorFacts.ofOid(oid);
  const joins = operatorByOid(oid)?.comparison === '=';
  return {
    oprnamespace: schemaOid(snapshot, AMBIENT_SCHEMA_IDS['pg_catalog'] ?? ''),
    oprowner: systemOwner(snapshot),
    oprkind: left === 0 ? 'l' : 'b',
    oprcanmerge: joins,
    oprcanhash: joins,
    oprcom: fact?.commutator ?? 0,
    oprnegate: fact?.negator ?? 0,
    oprcode: fact?.procOid ?? 0,
  };
}

function systemOwner(snapshot: RelationContext['snapshot']): number {
  return roleOid(snapshot, snapshot.roleByName.get('mz_system') ?? '');
}

function hasIndexes(context: RelationContext, row: Row): ColumnValues {
  const [schema, name] = row as readonly [string, string];
  const relation = namedRelation(context, schema, name);
  return { hasindexes: relation !== undefined && isIndexed(context.snapshot, relation) };
}

const ADDED: Readonly<Record<string, Added>> = {
  'information_schema.columns': {
    constants: { is_self_referencing: 'NO', is_identity: 'NO', identity_cycle: 'NO', is_generated: 'NEVER' },
    of: informationColumn,
  },
  'information_schema.tables': {
    constants: { is_typed: 'NO' },
    of: informationTable,
  },
  'information_schema.schemata': { of: schemaOwner },
  'information_schema.views': {
    constants: {
      check_option: 'NONE',
      is_updatable: 'NO',
      is_insertable_into: 'NO',
      is_trigger_updatable: 'NO',
      is_trigger_deletable: 'NO',
      is_trigger_insertable_into: 'NO',
    },
  },
  // Indexes find rows by equality, on any number of columns; they keep no order.
  'pg_catalog.pg_am': { constants: { amcanmulticol: true, amoptionalkey: false, amsearchnulls: true } },
  'pg_catalog.pg_attribute': {
    constants: { attstattarget: -1, attcacheoff: -1, attislocal: true },
    of: (_, row) => attributeColumns(row),
  },
  'pg_catalog.pg_class': {
    constants: { relispopulated: true },
    of: (context, row) => ({ relacl: classAcl(context, row[0] as number) }),
  },
  'pg_catalog.pg_database': { constants: { datlocprovider: 'c', datconnlimit: -1 } },
  'pg_catalog.pg_index': {
    constants: { indisready: true, indislive: true },
    of: (_, row) => {
      const key = row.find((datum) => datum instanceof SqlArray);
      const zeros = key?.elements.map(() => 0) ?? [];
      return { indnkeyatts: zeros.length, indcollation: oidVector(zeros), indclass: oidVector(zeros) };
    },
  },
  'pg_catalog.pg_matviews': { constants: { ispopulated: true }, of: hasIndexes },
  'pg_catalog.pg_operator': { of: operatorColumns },
  'pg_catalog.pg_proc': {
    constants: { prolang: INTERNAL_LANGUAGE, procost: FUNCTION_COST, proparallel: 's' },
    of: functionValues,
  },
  'pg_catalog.pg_settings': {
    constants: { category: '', pending_restart: false },
    of: settingColumns,
  },
  'pg_catalog.pg_tables': { of: hasIndexes },
  'pg_catalog.pg_type': { constants: { typisdefined: true }, of: (_, row) => typeColumns(row) },
};

/** A preset has its value from the build; of a variable the session knows whether it still has its default. */
function settingColumns(context: RelationContext, [name, value = null]: Row): Record<string, Datum> {
  const fact = context.facts.settings().find((setting) => setting.name === name);
  const boot = fact?.initial ?? value;
  return {
    short_desc: fact?.description ?? '',
    context: fact?.context ?? 'internal',
    vartype: fact?.type ?? 'integer',
    source: value === boot ? 'default' : 'session',
    boot_val: boot,
    reset_val: boot,
  };
}

/** What a column without a value holds. */
function emptyValue({ type, nullable }: RelationColumn): Datum {
  if (nullable) return null;
  if (type.name === 'bool') return false;
  return type.category === 'S' || type.name === 'char' ? '' : 0;
}

/** Rows of a relation's own of which so many columns are read. */
type Find = (width: number | undefined) => Iterable<Row>;

/** Puts the added columns behind the rows of a relation of this shape; those without any stay as they are. */
export function withPostgresColumns(shape: SystemRelationObject, rows: RelationRows): RelationRows {
  const relation = `${shape.schema}.${shape.name}`;
  const columns = ADDED_COLUMNS.get(relation);
  if (columns === undefined) return rows;
  const added = ADDED[relation] ?? {};
  const names = columns.map(({ name }) => name);
  const fixed = columns.map((column) => added.constants?.[column.name] ?? emptyValue(column));
  const extend = (context: RelationContext, row: Row): Row => {
    if (added.of === undefined) return [...row, ...fixed];
    const values = added.of(context, row);
    return [...row, ...names.map((name, i) => values[name] ?? fixed[i] ?? null)];
  };
  function* extended(context: RelationContext, found: Iterable<Row>): Iterable<Row> {
    for (const row of found) yield extend(context, row);
  }
  /** The added columns are worked out where somebody reads them. */
  const asRead = (context: RelationContext, read: number | undefined, find: Find): Iterable<Row> =>
    read !== undefined && read <= shape.columns.length - columns.length
      ? find(read)
      : extended(context, find(undefined));
  return {
    rows: (context, read) => asRead(context, read, (some) => rows.rows(context, some)),
    indexes: (rows.indexes ?? []).map(({ columns: key, find }) => ({
      columns: key,
      find: (context, keys, read) => asRead(context, read, (some) => find(context, keys, some)),
    })),
  };
}

const ADDED_COLUMNS: ReadonlyMap<string, readonly RelationColumn[]> = new Map(
  POSTGRES_COLUMNS.map(([relation, text]) => [relation, parseColumns(text)]),
);
