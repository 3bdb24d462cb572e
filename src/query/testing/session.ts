/** For tests: a session over a snapshot, and queries run in it from text to rows of text. */
import { applyChanges, emptySnapshot } from '../../catalog/apply.ts';
import { bootstrapChanges } from '../../catalog/bootstrap.ts';
import { put, type Change } from '../../catalog/changes.ts';
import type { ColumnRecord, Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { castSession } from '../../functions/cast-session.ts';
import { contextFor } from '../../relations/testing/sample-catalog.ts';
import { parseQuery } from '../../sql/parser.ts';
import { textEncoder } from '../../types/codec.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { parseTypeName } from '../../types/type-names.ts';
import { bindQuery } from '../bind-query.ts';
import { Interrupt } from '../interrupt.ts';
import type { BoundQuery } from '../plan.ts';
import { openQuery } from '../run/open-query.ts';
import type { SessionContext } from '../session-context.ts';

/** A fresh environment with these items beside. */
export function snapshotWith(items: readonly Item[], more: readonly Change[] = []): Snapshot {
  const start = applyChanges(emptySnapshot(), bootstrapChanges(0));
  return applyChanges(start, [...items.map((item) => put('item', item)), ...more]);
}

/** `name type [not null] [default ...]`, as in CREATE TABLE. */
export function columnOf(text: string): ColumnRecord {
  const [, name = '', rest = ''] = /^("[^"]+"|\S+) (.*)$/.exec(text) ?? [];
  const [withoutDefault = '', defaultSql] = rest.split(/ default /i);
  const nullable = !/ not null/i.test(withoutDefault);
  const type = parseTypeName(withoutDefault.replace(/ not null/i, ''));
  if (type === undefined) throw new Error(`no type in ${text}`);
  return {
    name: name.replaceAll('"', ''),
    typeOid: type.type.oid,
    typmod: type.typmod,
    ...(type.type.kind === 'list' || type.type.kind === 'map' ? { typeText: type.type.displayName } : {}),
    nullable,
    ...(defaultSql === undefined ? {} : { defaultSql }),
  };
}

const itemBase = (id: number, name: string) => ({
  id: `u${id}`,
  oid: 20100 + id,
  schemaId: 'u3',
  name,
  ownerId: 's1',
  privileges: [],
  dependsOn: [],
  createdAt: 0,
});

export function table(id: number, name: string, columns: readonly string[]): Item {
  return { ...itemBase(id, name), kind: 'table', columns: columns.map(columnOf) };
}

export function view(
  id: number,
  name: string,
  columns: readonly string[],
  query: Extract<Item, { kind: 'view' }>['query'],
): Item {
  return { ...itemBase(id, name), kind: 'view', columns: columns.map(columnOf), query };
}

/** A row of a table, its values in PostgreSQL's text form. */
export function tableRow(tableId: string, rowId: number, values: readonly (string | null)[]): Change {
  return put('tableRow', { tableId, rowId, values });
}

/** A session of user `materialize` in database `materialize`, schema `public`. */
export function sessionFor(snapshot: Snapshot, searchPath: readonly string[] = ['public']): SessionContext {
  const databaseId = snapshot.databaseByName.get('materialize') ?? null;
  const names = [...['mz_catalog', 'pg_catalog'].filter((name) => !searchPath.includes(name)), ...searchPath];
  const effectiveSchemas = names.flatMap(
    (name) =>
      snapshot.schemaByName.get(`${databaseId}/${name}`) ?? snapshot.schemaByName.get(`/${name}`) ?? [],
  );
  return {
    ...contextFor(snapshot, 's1'),
    userName: 'mz_system',
    sessionUserName: 'mz_system',
    superuser: true,
    searchPath,
    effectiveSchemas,
    temporarySchemaId: null,
    transactionTime: 0n,
    mzNow: 946_684_800_000n,
    serverVersion: '9.5.0',
    mzVersion: 'v0',
    environmentId: '',
    sessionId: '',
    setting: (name) => (name.toLowerCase() === 'timezone' ? 'UTC' : null),
    setSetting: () => {},
    cancelBackend: () => false,
    pendingRows: () => undefined,
  };
}

/** Binds a query's text. */
export function bind(
  session: SessionContext,
  sql: string,
  parameterTypes: readonly number[] = [],
): BoundQuery {
  return bindQuery(parseQuery(sql), session, { parameterTypes });
}

export interface TextResult {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Runs a query to its end; values as PostgreSQL's text. */
export function run(session: SessionContext, sql: string, parameters: readonly Datum[] = []): TextResult {
  const bound = bind(session, sql);
  const cursor = openQuery(bound, {
    session,
    parameters,
    interrupt: new Interrupt(),
    memoryLimit: 1 << 28,
  });
  const rows: Row[] = [];
  while (cursor.fetch(1000, rows) !== 'done');
  const encoders = bound.columns.map((column) => textEncoder(column.type, castSession(session)));
  return {
    columns: bound.columns.map((column) => column.name),
    types: bound.columns.map((column) => column.type.name),
    rows: rows.map((row) => row.map((value, i) => (value === null ? null : encoders[i]!(value)))),
  };
}
