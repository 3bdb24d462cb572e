/** PostgreSQL upstreams: validation, health checks, and the tables of a publication. */
import { SqlError } from '../errors.ts';
import { causeText, UpstreamFailure } from './failure.ts';
import { withPostgres, type PostgresSession, type TextRow } from './postgres-session.ts';
import type { PostgresSettings, UpstreamColumn, UpstreamTable } from './resolved.ts';
import type { Transport } from './transport.ts';

/** Slots that a new source takes: one for the stream, one more while tables are snapshotted. */
const SLOTS_NEEDED = 2;

/** VALIDATE CONNECTION: connects, then asks for what replication needs (reference: secrets-connections 4.3). */
export function validatePostgres(
  transport: Transport,
  settings: PostgresSettings,
  signal: AbortSignal,
): Promise<void> {
  return withPostgres(transport, settings, signal, async (session) => {
    const [facts] = await session.query(
      `SELECT current_setting('wal_level') AS wal_level,
              current_setting('max_wal_senders')::int8 AS senders,
              current_setting('max_replication_slots')::int8
                - (SELECT count(*) FROM pg_catalog.pg_replication_slots) AS free_slots`,
    );
    checkReplication(facts ?? {});
  });
}

function checkReplication(facts: TextRow): void {
  if (facts['wal_level'] !== 'logical') {
    throw new UpstreamFailure(
      'postgres',
      `server must have wal_level >= logical, but has ${facts['wal_level'] ?? 'unknown'}`,
    );
  }
  if (Number(facts['senders']) < 1) {
    throw new UpstreamFailure('postgres', 'replication disabled on server', {
      hint: 'set max_wal_senders to a value > 0',
    });
  }
  if (Number(facts['free_slots']) < SLOTS_NEEDED) {
    throw new UpstreamFailure(
      'postgres',
      'PostgreSQL server has insufficient number of replication slots available',
      {
        detail: `executing this statement requires ${String(SLOTS_NEEDED)} replication slots`,
        hint: 'you might be able to wait for other sources to finish snapshotting and try again',
      },
    );
  }
}

/** A running source's check: log in with what the replica cached, and see that the publication is there. */
export function checkPostgresSource(
  transport: Transport,
  settings: PostgresSettings,
  publication: string,
  signal: AbortSignal,
): Promise<void> {
  return withPostgres(transport, settings, signal, (session) => requirePublication(session, publication));
}

/**
 * Tables of a publication with their columns, by schema and name. A publication's column list is honoured.
 * Throws XX000 `failed to connect to PostgreSQL database` with the cause as DETAIL.
 */
export async function readPublication(
  transport: Transport,
  settings: PostgresSettings,
  publication: string,
  signal: AbortSignal,
): Promise<readonly UpstreamTable[]> {
  try {
    return await withPostgres(transport, settings, signal, async (session) => {
      await requirePublication(session, publication);
      const tables = await session.query(TABLES_SQL, [publication]);
      const oids = `{${tables.map((table) => table['oid']).join(',')}}`;
      const columns = groupBy(await session.query(COLUMNS_SQL, [oids]), 'attrelid');
      return tables.map((table) => toTable(settings.database, table, columns.get(table['oid'] ?? '') ?? []));
    });
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error;
    throw new SqlError('XX000', 'failed to connect to PostgreSQL database', {
      detail: causeText(error, settings.tunnel !== undefined),
      hint: error.hint,
    });
  }
}

async function requirePublication(session: PostgresSession, publication: string): Promise<void> {
  const rows = await session.query('SELECT 1 AS found FROM pg_catalog.pg_publication WHERE pubname = $1', [
    publication,
  ]);
  if (rows.length === 0) {
    throw new UpstreamFailure('postgres', `publication "${publication}" does not exist`);
  }
}

/** `published` is null on servers before 15, which publish whole tables. */
const TABLES_SQL = `
  SELECT c.oid::int8 AS oid, n.nspname, c.relname, c.relreplident,
         has_schema_privilege(n.oid, 'USAGE') AS schema_usage,
         has_table_privilege(c.oid, 'SELECT') AS can_select,
         (c.relrowsecurity AND NOT r.rolsuper AND NOT r.rolbypassrls) AS row_security,
         to_jsonb(t) -> 'attnames' AS published
  FROM pg_catalog.pg_publication_tables t
  JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname
  JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename
  JOIN pg_catalog.pg_roles r ON r.rolname = current_user
  WHERE t.pubname = $1
  ORDER BY n.nspname, c.relname`;

const COLUMNS_SQL = `
  SELECT attrelid::int8 AS attrelid, attname, atttypid::int8 AS atttypid, atttypmod, attnotnull,
         pg_catalog.format_type(atttypid, atttypmod) AS type_name
  FROM pg_catalog.pg_attribute
  WHERE attnum > 0 AND NOT attisdropped AND attrelid = ANY ($1::oid[])
  ORDER BY attrelid, attnum`;

function toTable(database: string, table: TextRow, columns: readonly TextRow[]): UpstreamTable {
  const published = table['published'];
  const names =
    published === null || published === undefined ? null : new Set(JSON.parse(published) as string[]);
  return {
    database,
    schema: table['nspname'] ?? '',
    name: table['relname'] ?? '',
    oid: Number(table['oid']),
    replicaIdentity: table['relreplident'] ?? '',
    columns: columns.filter((column) => names === null || names.has(column['attname'] ?? '')).map(toColumn),
    privileges: {
      schemaUsage: table['schema_usage'] === 't',
      select: table['can_select'] === 't',
      rowSecurity: table['row_security'] === 't',
    },
  };
}

function toColumn(column: TextRow): UpstreamColumn {
  return {
    name: column['attname'] ?? '',
    typeOid: Number(column['atttypid']),
    typmod: Number(column['atttypmod']),
    typeName: column['type_name'] ?? '',
    nullable: column['attnotnull'] !== 't',
  };
}

function groupBy(rows: readonly TextRow[], column: string): ReadonlyMap<string, readonly TextRow[]> {
  const groups = new Map<string, TextRow[]>();
  for (const row of rows) {
    const key = row[column] ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
