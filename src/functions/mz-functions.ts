/** Materialize's own functions of server, session and catalog names (reference session-wire-rbac 8.1, 8.3, 8.4). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { planError, SqlError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import {
  AclItemDatum,
  type Datum,
  Interval,
  Jsonb,
  type Row,
  SqlArray,
  SqlMap,
  type SqlRecord,
} from '../types/datum.ts';
import { isObject } from '../types/jsonb.ts';
import { parseTimestamp } from '../types/datetime-parse.ts';
import {
  ANY,
  ANYARRAY,
  ANYELEMENT,
  BOOL,
  BYTEA,
  INT2VECTOR,
  INT2,
  INT4,
  INT8,
  INTERVAL,
  JSONB,
  mapOf,
  MZ_ACLITEM_ARRAY,
  MZ_TIMESTAMP,
  OID,
  RECORD,
  TEXT,
  TEXT_ARRAY,
  TIMESTAMP,
  typeByOid,
  UUID,
} from '../types/registry.ts';
import { formatTypmod } from '../types/typmod.ts';
import { textArray } from './array-values.ts';
import { resolveReg, typeName } from './cast-session.ts';
import { columnDescription } from './catalog-functions.ts';
import { datumBytes } from './datum-size.ts';
import { arg, made, withSession, type Made } from './define.ts';
import type { FunctionDef } from './function.ts';
import { definer } from './mz-define.ts';
import {
  findObject,
  minimalName,
  minimalParts,
  nameParts,
  notFound,
  objectById,
  type ObjectFact,
} from './objects.ts';
import { rolesHeldBy } from './role-privileges.ts';
import { sqlPrinter } from './system-catalog.ts';

/** Elements with their place, counted from 1. */
function* numbered({ elements }: SqlArray): Generator<Row> {
  let place = 0;
  for (const element of elements) yield [element, (place += 1)];
}

const define = definer(18500);
const INTERNAL_SCHEMA = { schema: 'mz_internal' } as const;
const PG_CATALOG = { schema: 'pg_catalog', volatility: 'stable' } as const;
const SESSION_BOUND = { volatility: 'stable' } as const;
const INTERNAL_SESSION = { ...INTERNAL_SCHEMA, ...SESSION_BOUND };

/** `v26.12.1 (...)` as 2601201. */
function versionNumber(version: string): number {
  const [, major = '0', minor = '0', patch = '0'] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) * 100_000 + Number(minor) * 100 + Number(patch);
}

function uptime(session: SessionContext): Interval {
  return new Interval(
    0,
    0,
    BigInt(Math.max(0, Math.round((session.facts.now() - session.facts.startedAt) * 1000))),
  );
}

/** OID of a named thing, by kind. */
function oidByName(kind: 'role' | 'database' | 'schema' | 'connection' | 'secret'): Made {
  return withSession((session, name: string): number => {
    if (kind === 'schema') return resolveReg(session, 'regnamespace', name);
    if (kind === 'role' || kind === 'database') {
      const { snapshot } = session;
      const record =
        kind === 'role'
          ? snapshot.roles.get(snapshot.roleByName.get(name) ?? '')
          : snapshot.databases.get(snapshot.databaseByName.get(name) ?? '');
      if (record === undefined) throw notFound(kind, name);
      return record.oid;
    }
    const object = findObject(session, name);
    if (object?.kind !== kind) throw notFound(kind, name);
    return object.oid;
  });
}

function globalIdToName(session: SessionContext, id: string): string {
  const object = objectById(session, id);
  if (object === undefined) throw planError(`global ID ${id} does not exist`);
  return minimalName(session, object);
}

/** The parts of a name, padded in front to database, schema and name. */
function normalize(most: number): (text: string) => SqlArray {
  return (text) => {
    const parts = nameParts(text, most);
    return textArray([...new Array<null>(most - parts.length).fill(null), ...parts]);
  };
}

/** Every role's memberships: OID text to the OIDs (as text) of the roles it is in, itself included. */
function roleMemberships(session: SessionContext): SqlMap {
  const { roles } = session.snapshot;
  const entries = [...roles.values()].map((role): [string, Datum] => {
    const held = [...rolesHeldBy(session, role.id)]
      .map((id) => roles.get(id)?.oid)
      .filter((oid) => oid !== undefined);
    return [String(role.oid), textArray(held.sort((a, b) => a - b).map(String))];
  });
  return new SqlMap(new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** What resolves a name: one row for the object, none when there is none. */
function* resolveObject(session: SessionContext, text: string): Generator<readonly Datum[]> {
  const object: ObjectFact | undefined = findObject(session, text);
  if (object === undefined) return;
  const privileges = object.privileges.map(
    (entry) => new AclItemDatum(entry.grantee, entry.privileges, entry.grantor),
  );
  yield [
    object.id,
    object.oid,
    object.schemaId,
    object.name,
    object.kind,
    object.ownerId,
    new SqlArray(privileges),
  ];
}

function printer() {
  const found = sqlPrinter();
  if (found === undefined) throw planError('printing SQL not supported').with({ code: '0A000' });
  return found;
}

function renderTypmod(oid: number, typmod: number): string {
  const type = typeByOid(oid);
  return type === undefined ? '' : formatTypmod(type, typmod);
}

/** Equality in time that does not tell where the values differ. */
function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  // Digests are of one length, which is what the comparison needs; equal inputs have equal digests.
  const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b)) && a.length === b.length;
}

/** Kafka's partitioner hash, with its seed. */
function murmur2(data: Uint8Array): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ data.length;
  let i = 0;
  for (; i + 4 <= data.length; i += 4) {
    let k =
      (data[i] ?? 0) | ((data[i + 1] ?? 0) << 8) | ((data[i + 2] ?? 0) << 16) | ((data[i + 3] ?? 0) << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = data.length - i;
  if (rest >= 3) h ^= (data[i + 2] ?? 0) << 16;
  if (rest >= 2) h ^= (data[i + 1] ?? 0) << 8;
  if (rest >= 1) h = Math.imul(h ^ (data[i] ?? 0), m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  return h ^ (h >>> 15);
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** A timestamp written exactly as `YYYY-MM-DDThh:mm:ss[.fff]Z`, else NULL. */
function tryParseTimestamp(text: string): bigint | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return null;
  try {
    return parseTimestamp(text.slice(0, -1));
  } catch (error) {
    if (error instanceof SqlError) return null;
    throw error;
  }
}

/** The catalog's own JSON of an id, `{"User": 1}` or `{"System": 2}`. */
function parseCatalogId(json: Jsonb): string {
  const { value } = json;
  if (value === 'Public' || value === 'Explain') return value === 'Public' ? 'p' : 'e';
  const [kind, number] = isObject(value) ? ([...value][0] ?? []) : [];
  const prefix = { User: 'u', System: 's', Transient: 't', Predefined: 'g' }[String(kind)];
  if (prefix === undefined) throw planError('invalid catalog id');
  return `${prefix}${String(number as object)}`;
}

/** The catalog's own JSON of grants: an array of grantee, grantor and the bits of the privileges. */
function parseCatalogPrivileges(json: Jsonb): SqlArray {
  const { value } = json;
  if (!Array.isArray(value)) throw planError('invalid catalog privileges');
  const items = (value as readonly Jsonb['value'][]).map((item) => {
    if (!isObject(item)) throw planError('invalid catalog privileges');
    const id = (key: string): string => parseCatalogId(new Jsonb(item.get(key) ?? null));
    const mode = item.get('acl_mode');
    const bits = BigInt(
      String(
        (isObject(mode ?? null) ? (mode as ReadonlyMap<string, object>).get('bitflags') : mode) as object,
      ),
    );
    const letters = MODE_BITS.filter(([bit]) => (bits & bit) !== 0n).map(([, letter]) => letter);
    return new AclItemDatum(id('grantee'), letters.join(''), id('grantor'));
  });
  return new SqlArray(items);
}

/** Bits of privileges in the catalog's JSON, PostgreSQL's where it has them. */
const MODE_BITS: readonly (readonly [bigint, string])[] = [
  [1n, 'a'],
  [1n << 1n, 'r'],
  [1n << 2n, 'w'],
  [1n << 3n, 'd'],
  [1n << 8n, 'U'],
  [1n << 9n, 'C'],
  [1n << 29n, 'R'],
  [1n << 30n, 'B'],
  [1n << 31n, 'N'],
  [1n << 32n, 'P'],
];

const OBJECT_COLUMNS = [
  { name: 'id', type: TEXT },
  { name: 'oid', type: OID },
  { name: 'schema_id', type: TEXT },
  { name: 'name', type: TEXT },
  { name: 'type', type: TEXT },
  { name: 'owner_id', type: TEXT },
  { name: 'privileges', type: MZ_ACLITEM_ARRAY },
] as const;

const unsafe = withSession((_session: SessionContext, ..._args: never[]): never => {
  throw planError('executing potentially dangerous functions is not supported');
});
const UNSAFE = { schema: 'mz_unsafe', volatility: 'volatile' } as const;

export const mzFunctions: readonly FunctionDef[] = [
  define.scalar(
    'mz_version',
    [],
    TEXT,
    withSession((session) => session.mzVersion),
    SESSION_BOUND,
  ),
  define.scalar(
    'mz_version_num',
    [],
    INT4,
    withSession((session) => versionNumber(session.mzVersion)),
    SESSION_BOUND,
  ),
  define.scalar(
    'mz_environment_id',
    [],
    TEXT,
    withSession((session) => session.environmentId),
    SESSION_BOUND,
  ),
  define.scalar('mz_uptime', [], INTERVAL, withSession(uptime), SESSION_BOUND),
  define.scalar(
    'mz_is_superuser',
    [],
    BOOL,
    withSession((session) => session.superuser),
    SESSION_BOUND,
  ),
  define.scalar(
    'mz_now',
    [],
    MZ_TIMESTAMP,
    withSession((session) => session.mzNow),
    SESSION_BOUND,
  ),
  define.scalar('mz_logical_timestamp', [], MZ_TIMESTAMP, () => {
    throw planError('mz_logical_timestamp() has been renamed to mz_now()');
  }),
  define.scalar(
    'is_rbac_enabled',
    [],
    BOOL,
    withSession((session) => session.setting('enable_rbac_checks') !== 'off'),
    INTERNAL_SESSION,
  ),
  define.scalar(
    'mz_session_id',
    [],
    UUID,
    withSession((session) => session.sessionId),
    INTERNAL_SESSION,
  ),
  define.scalar('mz_role_oid', [TEXT], OID, oidByName('role'), INTERNAL_SESSION),
  define.scalar('mz_database_oid', [TEXT], OID, oidByName('database'), INTERNAL_SESSION),
  define.scalar('mz_schema_oid', [TEXT], OID, oidByName('schema'), INTERNAL_SESSION),
  define.scalar('mz_connection_oid', [TEXT], OID, oidByName('connection'), INTERNAL_SESSION),
  define.scalar('mz_secret_oid', [TEXT], OID, oidByName('secret'), INTERNAL_SESSION),
  define.scalar('mz_global_id_to_name', [TEXT], TEXT, withSession(globalIdToName), INTERNAL_SESSION),
  define.scalar('mz_normalize_object_name', [TEXT], TEXT_ARRAY, normalize(3), INTERNAL_SCHEMA),
  define.scalar('mz_normalize_schema_name', [TEXT], TEXT_ARRAY, normalize(2), INTERNAL_SCHEMA),
  define.scalar(
    'mz_minimal_name_qualification',
    [TEXT_ARRAY, TEXT],
    TEXT_ARRAY,
    withSession((session, name: SqlArray, id: string) => {
      const object = objectById(session, id);
      return object === undefined ? name : textArray(minimalParts(session, object));
    }),
    INTERNAL_SESSION,
  ),
  define.scalar(
    'mz_role_oid_memberships',
    [],
    mapOf(TEXT_ARRAY),
    withSession(roleMemberships),
    INTERNAL_SESSION,
  ),
  define.scalar('mz_render_typmod', [OID, INT4], TEXT, renderTypmod, INTERNAL_SCHEMA),
  define.scalar(
    'mz_type_name',
    [OID],
    TEXT,
    withSession((session, oid: number) => typeName(session, oid) ?? null),
    INTERNAL_SESSION,
  ),
  define.scalar('redact_sql', [TEXT], TEXT, (sql: string) => printer().redact(sql), INTERNAL_SCHEMA),
  define.scalar('pretty_sql', [TEXT], TEXT, (sql: string) => printer().pretty(sql, 100)),
  define.scalar('pretty_sql', [TEXT, INT4], TEXT, (sql: string, width: number) =>
    printer().pretty(sql, width),
  ),
  define.scalar('parse_catalog_id', [JSONB], TEXT, parseCatalogId, INTERNAL_SCHEMA),
  define.scalar(
    'parse_catalog_privileges',
    [JSONB],
    MZ_ACLITEM_ARRAY,
    parseCatalogPrivileges,
    INTERNAL_SCHEMA,
  ),
  define.scalar('constant_time_eq', [BYTEA, BYTEA], BOOL, constantTimeEqual),
  define.scalar('constant_time_eq', [TEXT, TEXT], BOOL, (a: string, b: string) =>
    constantTimeEqual(utf8(a), utf8(b)),
  ),
  define.scalar('kafka_murmur2', [TEXT], INT4, (text: string) => murmur2(utf8(text)) & 0x7fffffff),
  define.scalar('kafka_murmur2', [BYTEA], INT4, (bytes: Uint8Array) => murmur2(bytes) & 0x7fffffff),
  define.scalar('try_parse_monotonic_iso8601_timestamp', [TEXT], TIMESTAMP, tryParseTimestamp),
  define.scalar(
    'mz_row_size',
    [ANY],
    INT4,
    made((types) => {
      if (types.args[0]?.kind !== 'record' && types.args[0] !== RECORD)
        throw planError('mz_row_size requires a record type');
      return (args) =>
        (arg(args, 0) as SqlRecord).fields.reduce<number>((sum, field) => sum + datumBytes(field), 0);
    }),
  ),
  define.scalar('mz_sleep', [TEXT], TEXT, unsafe, UNSAFE),
  define.scalar('mz_panic', [TEXT], TEXT, unsafe, UNSAFE),
  {
    kind: 'table',
    schema: 'mz_internal',
    name: 'mz_resolve_object_name',
    oid: define.nextOid(),
    args: [TEXT],
    columns: () => OBJECT_COLUMNS,
    strict: true,
    volatility: 'stable',
    make: () => (args, session) => resolveObject(session, arg(args, 0) as string),
  },
  // PostgreSQL's helper of information_schema, which JDBC calls for the columns of keys.
  ...[ANYARRAY, INT2VECTOR].map((array): FunctionDef => ({
    kind: 'table',
    schema: 'information_schema',
    name: '_pg_expandarray',
    oid: define.nextOid(),
    args: [array],
    columns: ([given]) => [
      { name: 'x', type: given?.element ?? ANYELEMENT },
      { name: 'n', type: INT4 },
    ],
    strict: true,
    volatility: 'immutable',
    make: () => (args) => numbered(arg(args, 0) as SqlArray),
  })),
  // information_schema counts columns in bigint, pg_attribute in smallint: with a function for either, one for both.
  ...[INT2, INT8].map((width) =>
    define.scalar(
      'col_description',
      [OID, width],
      TEXT,
      withSession((session, oid: number, column: bigint | number) =>
        columnDescription(session, oid, Number(column)),
      ),
      PG_CATALOG,
    ),
  ),
  // Expressions of the catalog are text here, not trees: pg_attrdef.adbin, pg_index.indpred.
  define.scalar('pg_get_expr', [TEXT, OID], TEXT, (text: string) => text, PG_CATALOG),
  define.scalar('pg_get_expr', [TEXT, OID, BOOL], TEXT, (text: string) => text, PG_CATALOG),
];
