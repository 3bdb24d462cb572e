/**
 * CREATE SOURCE ... FROM POSTGRES CONNECTION: reads the publication's tables from the real database, with the secrets of
 * now, and makes subsources of them. Source: documentation of PostgreSQL sources; texts of its validation.
 */
import { randomBytes } from 'node:crypto';
import type { Id } from '../../catalog/ids.ts';
import type { ColumnRecord, ConnectionItem, UpstreamTableRecord } from '../../catalog/records.ts';
import { currentValues, resolveConnection } from '../../clusters/resolve.ts';
import type { PostgresSettings, UpstreamColumn, UpstreamTable } from '../../connections/resolved.ts';
import type { SqlError } from '../../errors.ts';
import { planError } from '../../errors.ts';
import type { CreateSource, ObjectName, Option, SourceConnection, TableReference } from '../../sql/nodes.ts';
import { TEXT, typeByOid } from '../../types/registry.ts';
import { requireUsage } from '../support/access.ts';
import { interruptSignal } from '../support/interrupt-signal.ts';
import { fullItemName } from '../support/names.ts';
import { OptionList } from '../support/options.ts';
import { creationTarget, itemNamed, type Target } from '../support/resolve.ts';
import type { RunScope } from './handler.ts';
import type { PlannedSource, PlannedSubsource } from './planned-source.ts';

type FromPostgres = Extract<SourceConnection, { connection: ObjectName }>;

function refuse(text: string, fields: { detail?: string; hint?: string } = {}): SqlError {
  return planError(`POSTGRES source validation: ${text}`, fields);
}

interface Options {
  readonly publication: string;
  readonly textColumns: readonly ObjectName[];
  readonly excludeColumns: readonly ObjectName[];
}

function readOptions(from: FromPostgres): Options {
  const options = new OptionList(from.options);
  if (options.has('DETAILS')) {
    throw refuse('CREATE SOURCE specifies DETAILS option', {
      hint: 'If trying to use the output of SHOW CREATE SOURCE, remove the DETAILS option.',
    });
  }
  const publication = options.text('PUBLICATION');
  if (publication === undefined) throw refuse('CONNECTION must specify PUBLICATION');
  return {
    publication,
    textColumns: columnNames(options, 'TEXT COLUMNS'),
    excludeColumns: columnNames(options, 'EXCLUDE COLUMNS'),
  };
}

function columnNames(options: OptionList, name: string): readonly ObjectName[] {
  const value = options.value(name);
  if (value === undefined) return [];
  if (value?.kind === 'names') return value.names;
  throw planError(`invalid ${name}: must provide a list of columns`);
}

/** Tables of the publication, read with current secrets. Cause of a failure in the detail, as upstream has it. */
async function readTables(
  scope: RunScope,
  connection: ConnectionItem,
  publication: string,
): Promise<readonly UpstreamTable[]> {
  const { services, snapshot } = scope;
  const open = currentValues(snapshot, (secretId, versionId) => services.openSecret(secretId, versionId));
  const settings = (await resolveConnection(snapshot, connection, open)) as PostgresSettings;
  const { signal, release } = interruptSignal(scope.interrupt);
  try {
    return await services.upstreams.publicationTables(settings, publication, signal);
  } catch (error) {
    scope.interrupt.check();
    throw error;
  } finally {
    release();
  }
}

export async function planPostgres(
  node: CreateSource,
  from: FromPostgres,
  target: Target,
  scope: RunScope,
): Promise<PlannedSource> {
  const connection = itemNamed(scope, from.connection);
  if (connection.kind !== 'connection' || connection.connectionType !== 'postgres') {
    throw refuse(`${fullItemName(scope.snapshot, connection)} is not a POSTGRES CONNECTION`);
  }
  requireUsage(scope, connection);
  const options = readOptions(from);
  if (node.references === null) {
    throw refuse('missing TABLES specification', {
      hint: 'provide a FOR TABLES (..), FOR SCHEMAS (..), or FOR ALL TABLES clause',
    });
  }
  if (node.format !== null || node.envelope !== null || node.include.length > 0) {
    throw planError('FORMAT, ENVELOPE and INCLUDE of PostgreSQL sources not supported').with({
      code: '0A000',
    });
  }
  const planned = await planTables(node, connection, options, target, scope);
  const slot = `materialize_${randomBytes(16).toString('hex')}`;
  return {
    columns: [],
    dependsOn: [connection.id],
    subsources: planned.map((table) => table.subsource),
    progressColumn: 'lsn',
    detail: (subsourceIds) => ({
      type: 'postgres',
      connectionId: connection.id,
      publication: options.publication,
      slot,
      textColumns: columnTexts(options.textColumns),
      excludeColumns: columnTexts(options.excludeColumns),
      tables: subsourceIds.map((subsourceId, i) => planned[i]!.record(subsourceId)),
    }),
  };
}

/** An upstream table that a source is to read. */
export interface PlannedTable {
  readonly subsource: PlannedSubsource;
  record(subsourceId: Id): UpstreamTableRecord;
}

/** Finds the tables a statement names in the publication and checks that they can be read. */
async function planTables(
  node: Pick<CreateSource, 'references'>,
  connection: ConnectionItem,
  options: Options,
  target: Target,
  scope: RunScope,
): Promise<readonly PlannedTable[]> {
  const published = await readTables(scope, connection, options.publication);
  const simulated = scope.services.upstreams.mode === 'simulated';
  if (published.length === 0 && !simulated) throw refuse(`PUBLICATION ${options.publication} is empty`);
  const chosen = simulated
    ? simulatedTables(node, target, scope)
    : chooseTables(node, published, target, scope);
  checkDuplicates(chosen);
  if (!simulated) checkReadable(chosen);
  const subsources = chosen.map((table) => subsourceOf(table, options));
  checkColumnOptions(options, chosen);
  return chosen.map(({ upstream }, i) => ({
    subsource: subsources[i]!,
    record: (subsourceId) => ({
      database: upstream.database,
      schema: upstream.schema,
      table: upstream.name,
      oid: upstream.oid,
      subsourceId,
    }),
  }));
}

/** What ALTER SOURCE ... ADD SUBSOURCE adds to a source. */
export interface AddedTables {
  readonly tables: readonly PlannedTable[];
  readonly textColumns: readonly string[];
  readonly excludeColumns: readonly string[];
}

/** Reads the publication again, with the secrets of now, for tables to add to a source that exists. */
export async function planAddedTables(
  source: { readonly connection: ConnectionItem; readonly publication: string },
  added: { readonly tables: readonly TableReference[]; readonly options: readonly Option[] },
  target: Target,
  scope: RunScope,
): Promise<AddedTables> {
  const list = new OptionList(added.options);
  const options: Options = {
    publication: source.publication,
    textColumns: columnNames(list, 'TEXT COLUMNS'),
    excludeColumns: columnNames(list, 'EXCLUDE COLUMNS'),
  };
  const node = { references: { kind: 'tables', tables: added.tables } } as const;
  return {
    tables: await planTables(node, source.connection, options, target, scope),
    textColumns: columnTexts(options.textColumns),
    excludeColumns: columnTexts(options.excludeColumns),
  };
}

function columnTexts(names: readonly ObjectName[]): readonly string[] {
  return names.map((name) => name.parts.join('.'));
}

/** An upstream table and the item it will feed. */
interface ChosenTable {
  readonly upstream: UpstreamTable;
  readonly target: Target;
}

function chooseTables(
  node: Pick<CreateSource, 'references'>,
  published: readonly UpstreamTable[],
  target: Target,
  scope: RunScope,
): readonly ChosenTable[] {
  const references = node.references!;
  const inPlace = (upstream: UpstreamTable): ChosenTable => ({
    upstream,
    target: { schema: target.schema, name: upstream.name },
  });
  switch (references.kind) {
    case 'all tables':
      return published.map(inPlace);
    case 'schemas':
      return tablesOfSchemas(references.schemas, published).map(inPlace);
    case 'tables':
      return references.tables.map((reference) => chooseTable(reference, published, target, scope));
  }
}

function tablesOfSchemas(
  schemas: readonly string[],
  published: readonly UpstreamTable[],
): readonly UpstreamTable[] {
  const missing = schemas.filter((schema) => !published.some((table) => table.schema === schema));
  if (missing.length > 0) {
    const database = published[0]?.database ?? '';
    throw refuse(`database ${database} missing referenced schemas`, {
      detail: `missing schemas: ${missing.join(', ')}`,
    });
  }
  return published.filter((table) => schemas.includes(table.schema));
}

function chooseTable(
  { reference, alias }: TableReference,
  published: readonly UpstreamTable[],
  target: Target,
  scope: RunScope,
): ChosenTable {
  const { parts } = reference;
  const found = published.filter((table) => endsWith([table.database, table.schema, table.name], parts));
  if (found.length === 0) throw planError(`reference to ${parts.join('.')} not found in source`);
  if (found.length > 1) {
    throw planError(
      `reference ${parts.join('.')} is ambiguous, consider specifying an additional layer of qualification`,
    );
  }
  const upstream = found[0]!;
  return {
    upstream,
    target: alias === null ? { schema: target.schema, name: upstream.name } : creationTarget(scope, alias),
  };
}

function endsWith(full: readonly string[], tail: readonly string[]): boolean {
  return tail.length <= full.length && tail.every((part, i) => full[full.length - tail.length + i] === part);
}

/** Without an upstream to ask, the tables a statement names exist, with columns nobody knows. */
function simulatedTables(
  node: Pick<CreateSource, 'references'>,
  target: Target,
  scope: RunScope,
): readonly ChosenTable[] {
  if (node.references?.kind !== 'tables') return [];
  return node.references.tables.map(({ reference, alias }) => {
    const name = reference.parts.at(-1)!;
    return {
      upstream: {
        database: reference.parts.at(-3) ?? 'postgres',
        schema: reference.parts.at(-2) ?? 'public',
        name,
        oid: 0,
        columns: [],
        replicaIdentity: 'f',
        privileges: { schemaUsage: true, select: true, rowSecurity: false },
      },
      target: alias === null ? { schema: target.schema, name } : creationTarget(scope, alias),
    };
  });
}

function upstreamName(table: UpstreamTable): string {
  return `${table.schema}.${table.name}`;
}

function checkDuplicates(chosen: readonly ChosenTable[]): void {
  const byName = new Map<string, ChosenTable[]>();
  const byTable = new Map<string, ChosenTable[]>();
  for (const table of chosen) {
    const name = `${table.target.schema.id}.${table.target.name}`;
    byName.set(name, [...(byName.get(name) ?? []), table]);
    const upstream = upstreamName(table.upstream);
    byTable.set(upstream, [...(byTable.get(upstream) ?? []), table]);
  }
  for (const tables of byName.values()) {
    if (tables.length < 2) continue;
    throw planError(`multiple subsources would be named ${tables[0]!.target.name}`, {
      detail: `referenced tables with duplicate name: ${tables.map((t) => upstreamName(t.upstream)).join(', ')}`,
    });
  }
  for (const [upstream, tables] of byTable) {
    if (tables.length < 2) continue;
    throw planError(`multiple subsources refer to table ${upstream}`, {
      detail: `subsources referencing table: ${tables.map((t) => t.target.name).join(', ')}`,
    });
  }
}

/** What the connection's user may not read, in the order upstream looks for it. */
function checkReadable(chosen: readonly ChosenTable[]): void {
  const tables = chosen.map((c) => c.upstream);
  const schemas = [...new Set(tables.filter((t) => !t.privileges.schemaUsage).map((t) => t.schema))];
  if (schemas.length > 0) {
    const detail = `user lacks USAGE privileges for schemas ${schemas.join(', ')}`;
    throw refuse('insufficient privileges', { detail });
  }
  const unreadable = tables.filter((t) => !t.privileges.select).map(upstreamName);
  if (unreadable.length > 0) {
    const detail = `user lacks SELECT privileges for tables ${unreadable.join(', ')}`;
    throw refuse('insufficient privileges', { detail });
  }
  const secured = tables.filter((t) => t.privileges.rowSecurity).map(upstreamName);
  if (secured.length > 0) {
    throw refuse('one or more tables requires BYPASSRLS', {
      detail: `user must have BYPASSRLS attribute to read tables ${secured.join(', ')}`,
      hint: 'Add the BYPASSRLS attribute to the Materialize user',
    });
  }
  const partial = tables.filter((t) => t.replicaIdentity !== 'f').map(upstreamName);
  if (partial.length > 0) {
    throw refuse('referenced items not tables with REPLICA IDENTITY FULL', {
      detail: `referenced items: ${partial.join(', ')}`,
    });
  }
}

/** Whether an option names a column of a table: `table.column`, `schema.table.column` or with the database. */
function names(list: readonly ObjectName[], table: UpstreamTable, column: string): boolean {
  const full = [table.database, table.schema, table.name, column];
  return list.some((name) => name.parts.length >= 2 && endsWith(full, name.parts));
}

function subsourceOf({ upstream, target }: ChosenTable, options: Options): PlannedSubsource {
  const unsupported: string[] = [];
  const columns: ColumnRecord[] = [];
  for (const column of upstream.columns) {
    if (names(options.excludeColumns, upstream, column.name)) continue;
    if (names(options.textColumns, upstream, column.name)) {
      columns.push({ name: column.name, typeOid: TEXT.oid, typmod: -1, nullable: column.nullable });
    } else if (isSupported(column)) {
      columns.push({
        name: column.name,
        typeOid: column.typeOid,
        typmod: column.typmod,
        nullable: column.nullable,
      });
    } else {
      unsupported.push(`${upstream.schema}.${upstream.name}.${column.name} (OID ${column.typeOid})`);
    }
  }
  if (unsupported.length > 0) {
    throw refuse('referenced tables use unsupported types', {
      detail: `the following columns contain unsupported types:\n${unsupported.join('\n')}`,
      hint: 'Use the TEXT COLUMNS option naming the listed columns, and Materialize can ingest their values as text.',
    });
  }
  const externalReference = [upstream.database, upstream.schema, upstream.name];
  return { target, columns, externalReference };
}

function isSupported(column: UpstreamColumn): boolean {
  const type = typeByOid(column.typeOid);
  return type !== undefined && type.kind !== 'pseudo';
}

/** TEXT and EXCLUDE COLUMNS may name columns of the added tables only. */
function checkColumnOptions(options: Options, chosen: readonly ChosenTable[]): void {
  for (const [option, list] of [
    ['TEXT COLUMNS', options.textColumns],
    ['EXCLUDE COLUMNS', options.excludeColumns],
  ] as const) {
    if (list.length > 0 && chosen.length === 0) {
      throw refuse(`${option} option is unnecessary when no tables are added`, {
        hint: `Remove the ${option} option, as no tables are being added.`,
      });
    }
    const absent = list.filter((name) => {
      const table = name.parts.slice(0, -1);
      return !chosen.some(({ upstream }) =>
        endsWith([upstream.database, upstream.schema, upstream.name], table),
      );
    });
    if (absent.length === 0) continue;
    const tables = [...new Set(absent.map((name) => name.parts.slice(0, -1).join('.')))];
    throw refuse(`${option} refers to table not currently being added`, {
      detail: `the following tables are referenced but not added: ${tables.join(', ')}`,
    });
  }
}
