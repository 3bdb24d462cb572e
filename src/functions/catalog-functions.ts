/** pg_catalog functions that read the catalog: names, definitions, comments, visibility (reference 8.2). */
import type { Item } from '../catalog/records.ts';
import { planError, SqlError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { RegKind } from '../types/cast-session.ts';
import type { Datum, SqlArray } from '../types/datum.ts';
import { typeByOid } from '../types/registry.ts';
import { resolveReg, roleByOid, typeName } from './cast-session.ts';
import { EMPTY_ARRAY } from './array-values.ts';
import { datumBytes } from './datum-size.ts';
import { alike, withSession, type Made, type ScalarTable } from './define.ts';
import { functionDirectory } from './directory.ts';
import { findObject, isVisible, itemByOid, objectByOid } from './objects.ts';
import { sqlPrinter, systemCatalog } from './system-catalog.ts';

/** Encodings by PostgreSQL's numbers. Materialize knows the one it uses. */
const UTF8 = 6;

function formatTypeOf(session: SessionContext, oid: number | null, typmod: number | null): string | null {
  if (oid === null) return null;
  return typeName(session, oid, typmod ?? undefined) ?? (oid === 0 ? '-' : '???');
}

/** to_regclass and its kind: NULL where the cast would fail. */
function toReg(kind: RegKind): Made {
  return withSession((session, text: string) => {
    try {
      return resolveReg(session, kind, text);
    } catch (error) {
      if (error instanceof SqlError) return null;
      throw error;
    }
  });
}

const COMMENT_KINDS: Readonly<Record<string, string>> = { 'materialized-view': 'materialized-view' };

/** Comment on an object by its OID, whatever catalog it is in. */
function objectComment(session: SessionContext, oid: number): string | null {
  const { snapshot } = session;
  const object = objectByOid(session, oid);
  if (object !== undefined) {
    const kind = COMMENT_KINDS[object.kind] ?? object.kind;
    return commentOf(session, kind, object.id, null) ?? systemCatalog().objectByOid(oid)?.comment ?? null;
  }
  const holders = [
    ['schema', snapshot.schemas],
    ['database', snapshot.databases],
    ['role', snapshot.roles],
  ] as const;
  for (const [kind, records] of holders) {
    for (const record of records.values()) {
      if (record.oid === oid) return commentOf(session, kind, record.id, null);
    }
  }
  return null;
}

function commentOf(session: SessionContext, kind: string, id: string, column: number | null): string | null {
  const comments = session.snapshot.commentsOfObject.get(`${kind}/${id}`) ?? [];
  return comments.find((comment) => comment.columnPosition === column)?.comment ?? null;
}

/** Which catalog an object is listed in: the second argument of obj_description must name it. */
function catalogOf(kind: string | undefined): string {
  if (kind === 'type') return 'pg_type';
  if (kind === 'function') return 'pg_proc';
  return 'pg_class';
}

function objDescription(session: SessionContext, oid: number, catalog: string): string | null {
  const object = objectByOid(session, oid);
  const inCatalog =
    object === undefined
      ? ['pg_namespace', 'pg_database', 'pg_authid', 'pg_roles'].includes(catalog)
      : catalogOf(object.kind) === catalog;
  return inCatalog ? objectComment(session, oid) : null;
}

/** Comment on a column by its number; NULL for what has none. */
export function columnDescription(session: SessionContext, oid: number, column: number): string | null {
  const object = objectByOid(session, oid);
  if (object === undefined || column === 0) return null;
  return (
    commentOf(session, object.kind, object.id, column) ?? systemCatalog().columnComment(oid, column) ?? null
  );
}

function viewDefinition(session: SessionContext, oid: number): string | null {
  const item = itemByOid(session, oid);
  if (item?.kind !== 'view' && item?.kind !== 'materialized-view') return null;
  return sqlPrinter()?.viewDefinition(session, item.id) ?? storedQuery(item);
}

/** The query as it was written; the printer, where there is one, writes today's names into it. */
function storedQuery(item: Extract<Item, { kind: 'view' | 'materialized-view' }>): string {
  return item.query.sql;
}

function viewDefinitionByName(session: SessionContext, name: string): string | null {
  const object = findObject(session, name);
  return object === undefined ? null : viewDefinition(session, object.oid);
}

function indexDefinition(session: SessionContext, oid: number): string | null {
  const item = itemByOid(session, oid);
  if (item === undefined) return systemCatalog().objectByOid(oid)?.definition ?? null;
  return item.kind === 'index' ? (sqlPrinter()?.indexDefinition(session, item.id) ?? null) : null;
}

/** With a column number the text of that key, 0 for the whole statement. */
function indexPart(session: SessionContext, oid: number, column: number): string | null {
  if (column === 0) return indexDefinition(session, oid);
  const item = itemByOid(session, oid);
  if (item === undefined) return systemCatalog().objectByOid(oid)?.keys?.[column - 1] ?? null;
  return item.kind === 'index' ? (item.keys[column - 1]?.sql ?? '') : null;
}

function visible(kinds: (kind: string) => boolean): Made {
  return withSession((session, oid: number) => {
    const object = objectByOid(session, oid);
    return object === undefined || !kinds(object.kind) ? null : isVisible(session, object);
  });
}

function typeIsVisible(session: SessionContext, oid: number): boolean | null {
  if (typeByOid(oid) !== undefined) return true;
  const object = objectByOid(session, oid);
  return object?.kind === 'type' ? isVisible(session, object) : null;
}

function functionIsVisible(session: SessionContext, oid: number): boolean | null {
  const def = functionDirectory().functionByOid(oid);
  if (def === undefined) return null;
  const id = session.snapshot.schemaByName.get(`/${def.schema}`);
  return id !== undefined && session.effectiveSchemas.includes(id);
}

function userName(session: SessionContext, oid: number): string {
  return roleByOid(session, oid)?.name ?? `unknown (OID=${String(oid)})`;
}

/** Sizes are not kept by relation; Materialize answers -1 as well. */
const unknownSize = (): bigint => -1n;
const none = (): null => null;
const always = (): boolean => true;

const SIZE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** pg_size_pretty(bigint): halves round up, a unit lasts until 10240 of it. */
function prettySize(size: bigint): string {
  let value = size;
  let unit = 0;
  const magnitude = (v: bigint): bigint => (v < 0n ? -v : v);
  const limit = (): bigint => (unit === 0 ? 10240n : 20479n);
  // From kB on values are kept in half units, so that the last halving can round.
  if (magnitude(value) < limit()) return `${String(value)} bytes`;
  value >>= 9n;
  for (unit = 1; unit < SIZE_UNITS.length - 1 && magnitude(value) >= limit(); unit++) value >>= 10n;
  const rounded = value < 0n ? (value - 1n) / 2n : (value + 1n) / 2n;
  return `${String(rounded)} ${SIZE_UNITS[unit] ?? ''}`;
}

export const catalogFunctions: ScalarTable = {
  'format_type(oid,int4)': withSession(formatTypeOf),
  'pg_get_userbyid(oid)': withSession(userName),
  'pg_encoding_to_char(int4)': (encoding: number) =>
    encoding === UTF8 ? 'UTF8' : encoding === 0 ? 'SQL_ASCII' : '',
  'pg_char_to_encoding(name)': (name: string) => (/^utf-?8$|^unicode$/i.test(name) ? UTF8 : -1),
  'pg_encoding_max_length(int4)': (encoding: number) => (encoding === UTF8 ? 4 : null),
  'to_regclass(text)': toReg('regclass'),
  'to_regtype(text)': toReg('regtype'),
  'to_regproc(text)': toReg('regproc'),
  'to_regprocedure(text)': toReg('regprocedure'),
  'to_regoper(text)': toReg('regoper'),
  'to_regoperator(text)': toReg('regoperator'),
  'to_regnamespace(text)': toReg('regnamespace'),
  'to_regrole(text)': toReg('regrole'),
  'to_regcollation(text)': toReg('regcollation'),
  'regclass(text)': withSession((session, text: string) => resolveReg(session, 'regclass', text)),
  'obj_description(oid)': withSession(objectComment),
  'obj_description(oid,name)': withSession(objDescription),
  'shobj_description(oid,name)': withSession(objDescription),
  'col_description(oid,int4)': withSession(columnDescription),
  ...alike(
    ['pg_get_viewdef(oid)', 'pg_get_viewdef(oid,bool)', 'pg_get_viewdef(oid,int4)'],
    withSession((session, oid: number, ..._layout: never[]) => viewDefinition(session, oid)),
  ),
  ...alike(
    ['pg_get_viewdef(text)', 'pg_get_viewdef(text,bool)'],
    withSession((session, name: string, ..._layout: never[]) => viewDefinitionByName(session, name)),
  ),
  'pg_get_indexdef(oid)': withSession(indexDefinition),
  'pg_get_indexdef(oid,int4,bool)': withSession((session, oid: number, column: number, _pretty: boolean) =>
    indexPart(session, oid, column),
  ),
  // There are no constraints, rules, triggers, statistics objects, partitions or sequences to define.
  ...alike(
    [
      'pg_get_constraintdef(oid)',
      'pg_get_constraintdef(oid,bool)',
      'pg_get_ruledef(oid)',
      'pg_get_ruledef(oid,bool)',
      'pg_get_triggerdef(oid)',
      'pg_get_triggerdef(oid,bool)',
      'pg_get_statisticsobjdef(oid)',
      'pg_get_statisticsobjdef_columns(oid)',
      'pg_get_statisticsobjdef_expressions(oid)',
      'pg_get_partkeydef(oid)',
      'pg_get_partition_constraintdef(oid)',
      'pg_get_serial_sequence(text,text)',
      'pg_get_functiondef(oid)',
      'pg_get_function_sqlbody(oid)',
      'pg_tablespace_location(oid)',
      'pg_get_replica_identity_index(regclass)',
      'pg_sequence_last_value(regclass)',
      'pg_partition_root(regclass)',
      'pg_relation_filenode(regclass)',
      'pg_relation_filepath(regclass)',
      'pg_collation_actual_version(oid)',
      'pg_column_compression(any)',
    ],
    none,
  ),
  'pg_get_expr(pg_node_tree,oid)': (tree: string, _oid: number) => tree,
  'pg_get_expr(pg_node_tree,oid,bool)': (tree: string, _oid: number, _pretty: boolean) => tree,
  'pg_table_is_visible(oid)': visible((kind) => kind !== 'type' && kind !== 'function'),
  'pg_type_is_visible(oid)': withSession(typeIsVisible),
  'pg_function_is_visible(oid)': withSession(functionIsVisible),
  'pg_operator_is_visible(oid)': (oid: number) =>
    functionDirectory().operatorByOid(oid) !== undefined || null,
  ...alike(
    ['pg_collation_is_visible(oid)', 'pg_opclass_is_visible(oid)', 'pg_opfamily_is_visible(oid)'],
    always,
  ),
  ...alike(
    [
      'pg_conversion_is_visible(oid)',
      'pg_statistics_obj_is_visible(oid)',
      'pg_ts_config_is_visible(oid)',
      'pg_ts_dict_is_visible(oid)',
      'pg_ts_parser_is_visible(oid)',
      'pg_ts_template_is_visible(oid)',
    ],
    none,
  ),
  ...alike(
    [
      'pg_relation_size(regclass)',
      'pg_relation_size(regclass,text)',
      'pg_table_size(regclass)',
      'pg_total_relation_size(regclass)',
      'pg_indexes_size(regclass)',
      'pg_database_size(oid)',
      'pg_database_size(name)',
      'pg_tablespace_size(oid)',
      'pg_tablespace_size(name)',
      'pg_stat_get_numscans(oid)',
    ],
    unknownSize,
  ),
  'pg_column_size(any)': (value: Datum) => datumBytes(value),
  'pg_size_pretty(int8)': prettySize,
  'row_security_active(oid)': () => false,
  'row_security_active(text)': () => false,
  'oidvectortypes(oidvector)': withSession((session, types: SqlArray) =>
    types.elements.map((oid) => typeName(session, oid as number) ?? '???').join(', '),
  ),
  'pg_relation_is_updatable(regclass,bool)': withSession((session, oid: number, _triggers: boolean) =>
    itemByOid(session, oid)?.kind === 'table' ? 28 : 0,
  ),
  'pg_column_is_updatable(regclass,int2,bool)': withSession(
    (session, oid: number, _column: number, _triggers: boolean) => itemByOid(session, oid)?.kind === 'table',
  ),
  'pg_blocking_pids(int4)': { make: () => () => EMPTY_ARRAY },
  ...alike(
    [
      'currval(regclass)',
      'nextval(regclass)',
      'setval(regclass,int8)',
      'setval(regclass,int8,bool)',
      'lastval()',
    ],
    (): null => {
      throw planError('sequences are not supported').with({ code: '0A000' });
    },
  ),
};
