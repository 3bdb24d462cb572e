/**
 * Every session and system variable once: name, default, type, who may set it, meaning.
 * Source: the variables of Materialize's SHOW ALL (documentation of SET, ALTER SYSTEM SET).
 */
import {
  BOOLEAN,
  DURATION,
  IDENTIFIER_LIST,
  INTEGER,
  STRING,
  UNSIGNED,
  bytes,
  fixed,
  numeric,
  oneOf,
  type VariableType,
} from './value.ts';

/** What this server says it is compatible with. */
export const SERVER_VERSION = '9.5.0';
export const SERVER_VERSION_NUM = '90500';
/** `v<semver> (<9 hex of commit>)`: clients read a Materialize version from it. */
export const MZ_VERSION = 'v26.20.0 (7d3b1e5c0)';

/**
 * `session`: SET by anybody. `readOnly`: never. `system`: ALTER SYSTEM by mz_system. `superuser`: ALTER SYSTEM by any
 * superuser. A session variable may also have a system default when `systemDefault` is set.
 */
export type VariableScope = 'session' | 'readOnly' | 'system' | 'superuser';

export interface VariableDefinition {
  /** Canonical letter case, as SHOW ALL prints it. */
  readonly name: string;
  readonly scope: VariableScope;
  readonly type: VariableType;
  /** As shown. */
  readonly initial: string;
  readonly description: string;
  /** Session variables whose default ALTER SYSTEM can set, and who may. */
  readonly systemDefault?: 'superuser' | 'mz_system';
  /** Changes are reported to the client by ParameterStatus, in this order. */
  readonly report?: number;
  /** Not shown by SHOW ALL and unknown to ordinary users. */
  readonly hidden?: boolean;
}

const CLIENT_MIN_MESSAGES = oneOf(
  ['debug5', 'debug4', 'debug3', 'debug2', 'debug1', 'log', 'notice', 'warning', 'error'],
  { hint: true, aliases: { debug: 'debug2', info: 'info' } },
);

/** `info` is accepted although the hint does not list it. */
const MIN_MESSAGES: VariableType = {
  name: 'string',
  parse: (variable, values) =>
    values.length === 1 && values[0]!.toLowerCase() === 'info'
      ? 'info'
      : CLIENT_MIN_MESSAGES.parse(variable, values),
};

const ISOLATION = oneOf(
  ['read uncommitted', 'read committed', 'repeatable read', 'serializable', 'strict serializable'],
  { hint: true },
);

/** `ISO`, `MDY`, both in any order and case: the only style there is. */
function isIsoMdy(text: string): boolean {
  const parts = text.split(',').map((p) => p.trim().toLowerCase());
  return parts.every((p) => p === 'iso' || p === 'mdy');
}

const TIME_ZONE: VariableType = {
  name: 'string',
  parse(variable, values) {
    const text = values[0]?.toLowerCase() ?? '';
    if (text === '+00:00' || text === '00:00' || text === '0' || text === 'etc/utc') return 'UTC';
    return oneOf(['UTC', 'GMT'], { hint: false }).parse(variable, values);
  },
};

function session(
  name: string,
  type: VariableType,
  initial: string,
  description: string,
  more: Partial<VariableDefinition> = { systemDefault: 'superuser' },
): VariableDefinition {
  return { name, scope: 'session', type, initial, description, ...more };
}

const SUPER = { systemDefault: 'superuser' } as const;
const SESSION_ONLY = {} as const;

export const SESSION_VARIABLES: readonly VariableDefinition[] = [
  session('application_name', STRING, '', 'Label of the client application.', { ...SUPER, report: 1 }),
  session(
    'auto_route_catalog_queries',
    BOOLEAN,
    'on',
    'Run queries on system relations alone on mz_catalog_server.',
    SESSION_ONLY,
  ),
  session('client_encoding', oneOf(['UTF8'], { hint: true }), 'UTF8', 'Character encoding of the client.', {
    ...SUPER,
    report: 2,
  }),
  session('client_min_messages', MIN_MESSAGES, 'notice', 'Least severity of messages sent to the client.'),
  session('cluster', STRING, 'quickstart', 'Active cluster.', { ...SUPER, report: 9 }),
  session('cluster_replica', STRING, '', 'Replica that reads are pinned to; empty for none.', {
    ...SUPER,
    report: 10,
  }),
  session(
    'current_object_missing_warnings',
    BOOLEAN,
    'on',
    'Notices when the active database, schema or cluster does not exist.',
  ),
  session('database', STRING, 'materialize', 'Active database.', { ...SUPER, report: 12 }),
  session('DateStyle', fixed('ISO, MDY', isIsoMdy), 'ISO, MDY', 'Display format of dates and times.', {
    ...SUPER,
    report: 3,
  }),
  session(
    'default_cluster_replication_factor',
    UNSIGNED,
    '1',
    'Replication factor of managed clusters that name none.',
    { ...SUPER, report: 11 },
  ),
  session(
    'emit_introspection_query_notice',
    BOOLEAN,
    'on',
    'Notice when introspection relations of a replica are read.',
    SESSION_ONLY,
  ),
  session('emit_plan_insights_notice', BOOLEAN, 'off', 'Notice with insights about the plan.', SESSION_ONLY),
  session(
    'emit_timestamp_notice',
    BOOLEAN,
    'off',
    'Notice that explains the timestamp of a query.',
    SESSION_ONLY,
  ),
  session('emit_trace_id_notice', BOOLEAN, 'off', 'Notice with the trace id of a statement.', SESSION_ONLY),
  session(
    'enable_session_rbac_checks',
    BOOLEAN,
    'off',
    'Role-based access checks for this session.',
    SESSION_ONLY,
  ),
  session(
    'extra_float_digits',
    INTEGER,
    '3',
    'Digits added to floating-point output; accepted without effect.',
  ),
  session(
    'idle_in_transaction_session_timeout',
    DURATION,
    '2 min',
    'Longest time a session may idle in a transaction; 0 for no limit.',
  ),
  session(
    'integer_datetimes',
    fixed('on', (t) => ['true', 't'].includes(t.toLowerCase())),
    'on',
    'Dates and times are 64-bit integers.',
    { ...SUPER, report: 4 },
  ),
  session('IntervalStyle', oneOf(['postgres'], { hint: true }), 'postgres', 'Display format of intervals.', {
    ...SUPER,
    report: 8,
  }),
  session('max_query_result_size', bytes(), '1GB', 'Largest result of one query.'),
  session('real_time_recency', BOOLEAN, 'off', 'Reads wait for upstream data that exists now.', SESSION_ONLY),
  session('real_time_recency_timeout', DURATION, '10 s', 'Longest wait of a real-time-recent read.'),
  session('search_path', IDENTIFIER_LIST, 'public', 'Schemas searched for unqualified names.', {
    ...SUPER,
    report: 13,
  }),
  session(
    'sql_safe_updates',
    BOOLEAN,
    'off',
    'Refuse statements that are likely to destroy more than meant.',
    SESSION_ONLY,
  ),
  session(
    'standard_conforming_strings',
    fixed('on', (t) => ['true', 't'].includes(t.toLowerCase())),
    'on',
    'Backslashes in plain strings are literal.',
    { ...SUPER, report: 6 },
  ),
  session(
    'statement_logging_sample_rate',
    numeric(0, 1, 'only supports values in range 0.0..=1.0'),
    '0.99',
    'Share of statements kept in the activity log.',
    SESSION_ONLY,
  ),
  session('statement_timeout', DURATION, '1 min', 'Longest time a statement may run; 0 for no limit.'),
  session('TimeZone', TIME_ZONE, 'UTC', 'Time zone of the session.', { ...SUPER, report: 7 }),
  session('transaction_isolation', ISOLATION, 'strict serializable', 'Isolation level of the transaction.'),
  session(
    'tumbler_stale_notice',
    BOOLEAN,
    'on',
    'Notice after ALTER SECRET that names what still runs on the old value.',
  ),
  session('welcome_message', BOOLEAN, 'on', 'Notice with the session at login.', SESSION_ONLY),
];

/** Computed for each session; nobody sets them. */
export const READ_ONLY_VARIABLES: readonly VariableDefinition[] = (
  [
    ['is_superuser', 'off', 'Whether the current role is a superuser.', undefined],
    ['max_identifier_length', '255', 'Longest identifier in bytes.', undefined],
    ['mz_version', MZ_VERSION, 'Version of Materialize that this server is compatible with.', 14],
    ['server_version', SERVER_VERSION, 'Version of PostgreSQL that this server is compatible with.', 5],
    ['server_version_num', SERVER_VERSION_NUM, 'The same as a number.', undefined],
  ] as const
).map(([name, initial, description, report]) => ({
  name,
  scope: 'readOnly',
  type: STRING,
  initial,
  description,
  ...(report === undefined ? {} : { report }),
}));

function limit(name: string, initial: string, what: string): VariableDefinition {
  return { name, scope: 'system', type: UNSIGNED, initial, description: `Most ${what}.` };
}

/** Set with ALTER SYSTEM only; shown to everybody unless hidden. */
export const SYSTEM_VARIABLES: readonly VariableDefinition[] = [
  {
    name: 'allowed_cluster_replica_sizes',
    scope: 'system',
    type: IDENTIFIER_LIST,
    initial: '',
    description: 'Replica sizes that may be used; empty for all.',
  },
  {
    name: 'enable_rbac_checks',
    scope: 'superuser',
    type: BOOLEAN,
    initial: 'on',
    description: 'Role-based access checks.',
  },
  limit('max_aws_privatelink_connections', '0', 'AWS PrivateLink connections'),
  limit('max_clusters', '25', 'clusters'),
  limit('max_connections', '5000', 'open sessions'),
  {
    name: 'max_copy_from_row_size',
    scope: 'system',
    type: bytes(),
    initial: '128MB',
    description: 'Largest row of COPY FROM.',
  },
  {
    name: 'max_credit_consumption_rate',
    scope: 'system',
    type: numeric(0, Infinity, 'only supports non-negative, non-NaN numeric values'),
    initial: '1024',
    description: 'Most credits per hour of all replicas together.',
  },
  limit('max_databases', '1000', 'databases'),
  limit('max_kafka_connections', '1000', 'Kafka connections'),
  limit('max_materialized_views', '500', 'materialized views'),
  limit('max_mysql_connections', '1000', 'MySQL connections'),
  limit('max_network_policies', '25', 'network policies'),
  limit('max_objects_per_schema', '1000', 'objects in a schema'),
  limit('max_postgres_connections', '1000', 'PostgreSQL connections'),
  limit('max_replicas_per_cluster', '5', 'replicas of a cluster'),
  {
    name: 'max_result_size',
    scope: 'system',
    type: bytes(1024 * 1024),
    initial: '1GB',
    description: 'Largest result of one query.',
  },
  limit('max_roles', '1000', 'roles'),
  limit('max_rules_per_network_policy', '25', 'rules of a network policy'),
  limit('max_schemas_per_database', '1000', 'schemas of a database'),
  limit('max_secrets', '100', 'secrets'),
  limit('max_sinks', '1000', 'sinks'),
  limit('max_sources', '200', 'sources'),
  limit('max_sql_server_connections', '1000', 'SQL Server connections'),
  limit('max_tables', '200', 'tables'),
  {
    name: 'network_policy',
    scope: 'superuser',
    type: STRING,
    initial: 'default',
    description: 'Network policy of sessions.',
  },
  limit('scram_iterations', '600000', 'iterations of SCRAM password hashing (the number used)'),
  {
    name: 'statement_logging_default_sample_rate',
    scope: 'system',
    type: numeric(0, 1, 'only supports values in range 0.0..=1.0'),
    initial: '0.99',
    description: 'Default share of statements kept in the activity log.',
  },
  {
    name: 'statement_logging_max_sample_rate',
    scope: 'system',
    type: numeric(0, 1, 'only supports values in range 0.0..=1.0'),
    initial: '0.99',
    description: 'Largest share of statements kept in the activity log.',
  },
  limit('superuser_reserved_connections', '3', 'sessions kept free for superusers'),
];

function flag(name: string, initial: 'on' | 'off', description: string): VariableDefinition {
  return { name, scope: 'system', type: BOOLEAN, initial, description, hidden: true };
}

/** Feature flags: hidden from ordinary users. */
export const FEATURE_FLAGS: readonly VariableDefinition[] = [
  flag(
    'enable_connection_validation_syntax',
    'on',
    'CREATE CONNECTION .. WITH (VALIDATE) and VALIDATE CONNECTION syntax',
  ),
  flag(
    'enable_default_connection_validation',
    'on',
    'validation of connections unless WITH (VALIDATE = false)',
  ),
  flag('enable_alter_swap', 'on', 'the ALTER SWAP feature for objects'),
  flag('enable_network_policies', 'on', 'ENABLE NETWORK POLICIES'),
  flag('enable_alter_set_cluster', 'off', 'ALTER ... SET CLUSTER syntax'),
  flag('enable_alter_table_add_column', 'off', 'Enable ALTER TABLE ... ADD COLUMN ...'),
  flag('enable_create_table_from_source', 'off', 'Whether to allow CREATE TABLE .. FROM SOURCE syntax.'),
  flag('enable_managed_cluster_availability_zones', 'off', 'MANAGED, AVAILABILITY ZONES syntax'),
  flag('enable_cluster_schedule_refresh', 'off', '`SCHEDULE = ON REFRESH` cluster option'),
  flag('enable_load_generator_counter', 'on', 'Create a LOAD GENERATOR COUNTER'),
  flag('enable_load_generator_clock', 'off', 'Create a LOAD GENERATOR CLOCK'),
  flag('enable_load_generator_datums', 'off', 'Create a LOAD GENERATOR DATUMS'),
  flag('enable_load_generator_key_value', 'off', 'Create a LOAD GENERATOR KEY VALUE'),
  flag(
    'enable_zero_downtime_cluster_reconfiguration',
    'off',
    'Enable zero-downtime reconfiguration for alter cluster',
  ),
  flag('enable_logical_compaction_window', 'off', 'RETAIN HISTORY'),
  flag('enable_refresh_every_mvs', 'off', 'REFRESH EVERY and REFRESH AT materialized views'),
  flag('enable_raise_statement', 'off', 'RAISE statement'),
  flag('enable_password_auth', 'off', 'SUPERUSER and PASSWORD attributes'),
  flag('enable_sql_server_source', 'on', 'Creating a SQL SERVER source'),
  flag('storage_enforce_external_addresses', 'off', 'only global addresses in connections'),
];

const ALL: readonly VariableDefinition[] = [
  ...SESSION_VARIABLES,
  ...READ_ONLY_VARIABLES,
  ...SYSTEM_VARIABLES,
  ...FEATURE_FLAGS,
];

const BY_NAME: ReadonlyMap<string, VariableDefinition> = new Map(ALL.map((v) => [v.name.toLowerCase(), v]));

/** Old names that are still read. */
const RENAMED: Readonly<Record<string, string>> = {
  auto_route_introspection_queries: 'auto_route_catalog_queries',
};

/** Looks a variable up in any letter case. */
export function variableDefinition(name: string): VariableDefinition | undefined {
  const folded = name.toLowerCase();
  return BY_NAME.get(RENAMED[folded] ?? folded);
}

/** Every variable that ordinary users see, by lower-cased name. */
export function visibleVariables(): readonly VariableDefinition[] {
  return ALL.filter((v) => v.hidden !== true).sort((a, b) =>
    a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1,
  );
}

/** Variables told to the client by ParameterStatus, in the order of login. */
export const REPORTED: readonly VariableDefinition[] = ALL.filter((v) => v.report !== undefined).sort(
  (a, b) => a.report! - b.report!,
);
