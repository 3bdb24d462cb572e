/**
 * Relations of PostgreSQL that its clients read and that have something to show here. The others that
 * data/postgres-shapes.ts adds are about what the server doesn't have (publications, text search, foreign data, ...) or
 * doesn't count (statistics): they are empty.
 */
import type { DefaultPrivilegeRecord } from '../../catalog/records.ts';
import { isUserId } from '../../catalog/ids.ts';
import { functionsByName } from '../../functions/registry.ts';
import { allCasts, type CastDef } from '../../types/cast.ts';
import { AclItemDatum, SqlArray, type Datum, type Row } from '../../types/datum.ts';
import { constantRows, objectRelation, type RelationRows, type RelationTable } from '../define.ts';
import { isSystem } from '../objects.ts';
import { systemRelationObject } from '../system-catalog.ts';
import { isShown } from './pg-views.ts';
import type { LiveSession, RelationContext } from '../relation.ts';
import { textArray, timestamptz } from '../values.ts';
import { roleOid, schemaName, schemaOid } from '../visibility.ts';

const CAST_CONTEXT = { implicit: 'i', assignment: 'a', explicit: 'e' } as const;
/** Casts have no OIDs of their own here; PostgreSQL numbers its built-in ones in this range too. */
const FIRST_CAST_OID = 10035;

/** The function that makes the same conversion: named for the target, with the source as its argument. */
function castFunction({ from, to }: CastDef): number {
  const found = functionsByName(to.name).find(
    ({ args, schema }) => schema === 'pg_catalog' && args.length === 1 && args[0]?.oid === from.oid,
  );
  return found?.oid ?? 0;
}

/** castmethod: f by function, b the same value in both types, i by way of text. */
function castRow(cast: CastDef, position: number): Row {
  const fn = cast.convert === undefined ? 0 : castFunction(cast);
  const method = cast.convert === undefined ? 'b' : fn === 0 ? 'i' : 'f';
  return [FIRST_CAST_OID + position, cast.from.oid, cast.to.oid, fn, CAST_CONTEXT[cast.context], method];
}

const DEFAULT_ACL_TYPE: Readonly<Record<string, string>> = { table: 'r', type: 'T', schema: 'n' };

/** Default privileges of tables, types and schemas in the active database; those for all databases too. */
function* defaultAclRows({ snapshot, session }: RelationContext): Iterable<Row> {
  const groups = new Map<string, DefaultPrivilegeRecord[]>();
  for (const record of snapshot.small.defaultPrivilege.values()) {
    if (!(record.objectType in DEFAULT_ACL_TYPE)) continue;
    if (record.databaseId !== null && record.databaseId !== session.databaseId) continue;
    const key = `${record.roleId}/${record.schemaId ?? ''}/${record.objectType}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  let oid = 0;
  for (const records of groups.values()) {
    const [first] = records;
    if (first === undefined) continue;
    oid += 1;
    const creator = roleOid(snapshot, first.roleId);
    const items = records.map(
      ({ granteeId, privileges }) =>
        new AclItemDatum(String(roleOid(snapshot, granteeId)), privileges, String(creator)),
    );
    const schema = first.schemaId === null ? 0 : schemaOid(snapshot, first.schemaId);
    yield [oid, creator, schema, DEFAULT_ACL_TYPE[first.objectType] ?? '', new SqlArray(items)];
  }
}

/** One row per role with ALTER ROLE ... SET defaults; they hold in every database (0). */
function* roleSettingRows({ snapshot }: RelationContext): Iterable<Row> {
  for (const role of snapshot.roles.values()) {
    const settings = Object.entries(role.variables).map(([name, value]) => `${name}=${value}`);
    if (settings.length > 0) yield [0, role.oid, textArray(settings)];
  }
}

function* groupRows({ snapshot }: RelationContext): Iterable<Row> {
  for (const { id, oid, name, login } of snapshot.roles.values()) {
    if (login === true || !isUserId(id)) continue;
    const members = [...snapshot.small.roleMembership.values()].filter(({ roleId }) => roleId === id);
    yield [name, oid, new SqlArray(members.map(({ memberId }) => roleOid(snapshot, memberId)))];
  }
}

function* shadowRows({ snapshot }: RelationContext): Iterable<Row> {
  for (const role of snapshot.roles.values()) {
    if (role.login !== true) continue;
    const settings = Object.entries(role.variables).map(([name, value]) => `${name}=${value}`);
    const config: Datum = settings.length === 0 ? null : textArray(settings);
    const { name, oid, superuser, passwordHash } = role;
    yield [name, oid, false, superuser ?? false, false, false, passwordHash, null, config];
  }
}

/** What a session runs is not kept while it runs, so its state and query are unknown: NULL. */
function activityRow({ snapshot }: RelationContext, session: LiveSession): Row {
  const started = timestamptz(session.connectedAt);
  const database = snapshot.databases.get(snapshot.databaseByName.get(session.databaseName) ?? '');
  const role = snapshot.roles.get(session.roleId);
  const who: readonly Datum[] = [role?.oid ?? null, role?.name ?? null, session.applicationName];
  // datid, datname, pid, leader_pid, usesysid, usename, application_name, client_addr, client_hostname, client_port,
  // backend_start, xact_start, query_start, state_change, wait_event_type, wait_event, state, backend_xid,
  // backend_xmin, query_id, query, backend_type
  return [
    ...[database?.oid ?? null, session.databaseName, session.connectionId, null],
    ...who,
    ...[session.clientIp, null, null, started, null, null, null, null, null, null, null, null, null, null],
    'client backend',
  ];
}

/** Tables of the statistics views. Nothing is counted, so every count is unknown: NULL. */
function statisticsOfTables(columns: number, usersOnly: boolean): RelationRows {
  return objectRelation(
    ['table', 'source', 'materialized-view'],
    { oid: 'relid', name: 'relname' },
    (context, table) => {
      if ((usersOnly && isSystem(table)) || !isShown(context, table)) return [];
      const head: readonly Datum[] = [table.oid, schemaName(context.snapshot, table.schemaId), table.name];
      return [[...head, ...new Array<Datum>(columns - head.length).fill(null)]];
    },
  );
}

/** How many columns a relation has. */
function width(name: string): number {
  return systemRelationObject(name)?.columns.length ?? 0;
}

const STATISTICS = ['pg_stat', 'pg_statio'].flatMap((prefix) =>
  ['all', 'user'].map((scope): readonly [string, RelationRows] => {
    const name = `pg_catalog.${prefix}_${scope}_tables`;
    return [name, statisticsOfTables(width(name), scope === 'user')];
  }),
);

export const POSTGRES_ONLY_RELATIONS: RelationTable = {
  'information_schema.information_schema_catalog_name': {
    rows: ({ session }) => [[session.databaseName]],
  },
  'pg_catalog.pg_cast': constantRows(() => allCasts().map(castRow)),
  'pg_catalog.pg_db_role_setting': { rows: roleSettingRows },
  'pg_catalog.pg_default_acl': { rows: defaultAclRows },
  'pg_catalog.pg_group': { rows: groupRows },
  'pg_catalog.pg_shadow': { rows: shadowRows },
  ...Object.fromEntries(STATISTICS),
  'pg_catalog.pg_cursors': {
    *rows(context) {
      for (const { name, sql, openedAt } of context.cursors?.() ?? []) {
        yield [name, sql, false, false, false, timestamptz(openedAt)];
      }
    },
  },
  'pg_catalog.pg_stat_activity': {
    *rows(context) {
      for (const session of context.facts.sessions()) yield activityRow(context, session);
    },
  },
};
