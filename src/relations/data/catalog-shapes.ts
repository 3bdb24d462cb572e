// Generated from the reference of catalog relations; do not edit by hand.
import type { ShapeRow } from './shape.ts';

/** Shapes of every relation that the system being matched has: schema, name, kind, OID, readers, remark, columns. */
export const CATALOG_SHAPES: readonly ShapeRow[] = [
  [
    'mz_catalog',
    'mz_array_types',
    'table',
    16716,
    'PUBLIC',
    'one row per array type',
    `id text: id of the array type
element_id text: type id of the array's elements`,
  ],
  [
    'mz_catalog',
    'mz_audit_events',
    'table',
    16733,
    'PUBLIC',
    'append-only DDL history; newest ids last',
    `id uint8: event number, strictly increasing
event_type text: lower-case verb: create, drop, alter, grant, revoke, comment
object_type text: hyphenated kind: cluster, cluster-replica, connection, continual-task, database, func, index, materialized-view, network-policy, role, schema, secret, sink, source, system, table, type, view
details jsonb: JSON payload whose keys depend on event_type and object_type
user text?: role name that issued the DDL; NULL when the system did it
occurred_at timestamp with time zone: commit time; identical for all events of one transaction`,
  ],
  [
    'mz_catalog',
    'mz_aws_privatelink_connections',
    'table',
    16756,
    'PUBLIC',
    '',
    `id text: id of the PrivateLink connection
principal text: AWS principal the service must allow`,
  ],
  ['mz_catalog', 'mz_base_types', 'table', 16717, 'PUBLIC', '', `id text: id of the base type`],
  [
    'mz_catalog',
    'mz_cluster_replica_frontiers',
    'source',
    16759,
    'PUBLIC',
    'per-replica frontiers as seen by the control plane',
    `object_id text: id of the maintained dataflow object
replica_id text: replica reporting the frontier
write_frontier mz_timestamp?: first timestamp not yet final; NULL when sealed`,
  ],
  [
    'mz_catalog',
    'mz_cluster_replica_sizes',
    'table',
    16731,
    'PUBLIC',
    'configured size catalogue',
    `size text: size name usable in SIZE = '...'
processes uint8: number of OS processes
workers uint8: worker threads in each process
cpu_nano_cores uint8: CPU limit of one process in 1e-9 cores
memory_bytes uint8: memory limit of one process in bytes
disk_bytes uint8?: scratch disk of one process in bytes
credits_per_hour numeric: billing rate`,
  ],
  [
    'mz_catalog',
    'mz_cluster_replicas',
    'table',
    16728,
    'PUBLIC',
    '',
    `id text: id of the cluster replica
name text: name of the cluster replica
cluster_id text: cluster that owns the replica
size text?: size name; NULL for unorchestrated replicas
availability_zone text?: pinned zone if any
owner_id text: role id of the owner
disk boolean?: whether scratch disk is attached`,
  ],
  [
    'mz_catalog',
    'mz_clusters',
    'table',
    16726,
    'PUBLIC',
    '',
    `id text: id of the cluster
name text: name of the cluster
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the cluster
managed boolean: true when replicas are created by the system from SIZE/REPLICATION FACTOR
size text?: replica size of a managed cluster, else NULL
replication_factor uint4?: wanted replica count of a managed cluster, else NULL
disk boolean?: disk flag of a managed cluster (deprecated)
availability_zones text list?: zones a managed cluster may use
introspection_debugging boolean?: whether the introspection dataflows are themselves logged
introspection_interval interval?: how often introspection data is sampled`,
  ],
  [
    'mz_catalog',
    'mz_columns',
    'table',
    16704,
    'PUBLIC',
    'one row per column of every relation',
    `id text: id of the relation that has the column
name text: name of the column
position uint8: 1-based ordinal
nullable boolean: whether NULL may occur
type text: type name as displayed by SHOW COLUMNS
default text?: SQL text of DEFAULT expression, else NULL
type_oid oid: OID of the type
type_mod integer: PostgreSQL atttypmod value, -1 when absent`,
  ],
  [
    'mz_catalog',
    'mz_connections',
    'materialized-view',
    16708,
    'PUBLIC',
    '',
    `id text: id of the connection
oid oid: numeric OID of the connection
schema_id text: id of the containing schema
name text: name of the connection
type text: connection kind: kafka, confluent-schema-registry, postgres, mysql, sql-server, ssh-tunnel, aws, aws-privatelink, iceberg-catalog
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the connection
create_sql text: full CREATE text with fully qualified names
redacted_create_sql text: CREATE text with literals masked`,
  ],
  [
    'mz_catalog',
    'mz_databases',
    'materialized-view',
    16702,
    'PUBLIC',
    '',
    `id text: id of the database
oid oid: numeric OID of the database
name text: name of the database
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the database`,
  ],
  [
    'mz_catalog',
    'mz_default_privileges',
    'table',
    16764,
    'PUBLIC',
    'privileges added automatically to objects created later',
    `role_id text: creator role the rule applies to; p means every role
database_id text?: limit to this database, NULL for all
schema_id text?: limit to this schema, NULL for all
object_type text: kind of new object the rule covers
grantee text: role id that receives the privileges; p means PUBLIC
privileges text: privilege letters (same alphabet as mz_aclitem)`,
  ],
  [
    'mz_catalog',
    'mz_egress_ips',
    'table',
    16755,
    'PUBLIC',
    '',
    `egress_ip text: first address of the range
prefix_length integer: CIDR mask bits
cidr text: range in CIDR notation`,
  ],
  [
    'mz_catalog',
    'mz_functions',
    'table',
    16723,
    'PUBLIC',
    'one row per overload',
    `id text: id of the function
oid oid: numeric OID of the function
schema_id text: id of the containing schema
name text: name of the function
argument_type_ids text[]: type ids of the positional arguments
variadic_argument_type_id text?: type id of the variadic tail, else NULL
return_type_id text?: type id of the result, else NULL
returns_set boolean: true for table functions
owner_id text: role id of the owner`,
  ],
  [
    'mz_catalog',
    'mz_iceberg_sinks',
    'table',
    17060,
    'PUBLIC',
    '',
    `id text: id of the Iceberg sink
namespace text: namespace holding the target table
table text: target table name`,
  ],
  [
    'mz_catalog',
    'mz_index_columns',
    'table',
    16706,
    'PUBLIC',
    'one row per key part',
    `index_id text: index owning the key part
index_position uint8: 1-based place in the key
on_position uint8?: 1-based column of the indexed relation, NULL for expressions
on_expression text?: SQL text of a computed key part, NULL for plain columns
nullable boolean: whether the key part can be NULL`,
  ],
  [
    'mz_catalog',
    'mz_indexes',
    'table',
    16705,
    'PUBLIC',
    '',
    `id text: id of the index
oid oid: numeric OID of the index
name text: name of the index
on_id text: id of the indexed relation
cluster_id text: cluster that runs the index
owner_id text: role id of the owner
create_sql text: full CREATE text with fully qualified names
redacted_create_sql text: CREATE text with literals masked`,
  ],
  [
    'mz_catalog',
    'mz_kafka_connections',
    'table',
    16695,
    'PUBLIC',
    '',
    `id text: id of the Kafka connection
brokers text[]: host:port list of the bootstrap brokers
sink_progress_topic text: topic where sinks on this connection store progress`,
  ],
  [
    'mz_catalog',
    'mz_kafka_sinks',
    'table',
    16694,
    'PUBLIC',
    '',
    `id text: id of the Kafka sink
topic text: topic written to`,
  ],
  [
    'mz_catalog',
    'mz_kafka_sources',
    'table',
    16696,
    'PUBLIC',
    '',
    `id text: id of the Kafka source
group_id_prefix text: prefix used to build the consumer group id
topic text: topic read from`,
  ],
  [
    'mz_catalog',
    'mz_list_types',
    'table',
    16718,
    'PUBLIC',
    '',
    `id text: id of the list type
element_id text: type id of the list's elements
element_modifiers bigint list?: type modifiers of the element type, else NULL`,
  ],
  [
    'mz_catalog',
    'mz_map_types',
    'table',
    16719,
    'PUBLIC',
    '',
    `id text: id of the map type
key_id text: type id of the keys (always text)
value_id text: type id of the values
key_modifiers bigint list?: type modifiers of the key type
value_modifiers bigint list?: type modifiers of the value type`,
  ],
  [
    'mz_catalog',
    'mz_materialized_views',
    'materialized-view',
    16713,
    'PUBLIC',
    '',
    `id text: id of the materialized view
oid oid: numeric OID of the materialized view
schema_id text: id of the containing schema
name text: name of the materialized view
cluster_id text: cluster that runs the materialized view
definition text: defining query text ending in a semicolon
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the materialized view
create_sql text: full CREATE text with fully qualified names
redacted_create_sql text: CREATE text with literals masked`,
  ],
  [
    'mz_catalog',
    'mz_objects',
    'view',
    16774,
    'PUBLIC',
    'union of every schema-scoped item',
    `id text: id of the object
oid oid: numeric OID of the object
schema_id text: id of the containing schema
name text: name of the object
type text: hyphenated item kind, e.g. table, materialized-view, secret
owner_id text: role id of the owner
cluster_id text?: cluster the item runs on, NULL when not applicable
privileges mz_aclitem[]?: ACL of the item; NULL for kinds without privileges`,
  ],
  [
    'mz_catalog',
    'mz_operators',
    'table',
    16724,
    'PUBLIC',
    '',
    `oid oid: numeric OID of the operator
name text: name of the operator
argument_type_ids text[]: operand type ids (one or two)
return_type_id text?: type id of the result`,
  ],
  ['mz_catalog', 'mz_pseudo_types', 'table', 16722, 'PUBLIC', '', `id text: id of the pseudo type`],
  [
    'mz_catalog',
    'mz_recent_storage_usage',
    'view',
    16981,
    'PUBLIC',
    'newest storage measurement per object',
    `object_id text: id of the object concerned
size_bytes uint8?: bytes at the newest measurement`,
  ],
  [
    'mz_catalog',
    'mz_relations',
    'view',
    16772,
    'PUBLIC',
    'tables, sources, views, materialized views, continual tasks',
    `id text: id of the relation
oid oid: numeric OID of the relation
schema_id text: id of the containing schema
name text: name of the relation
type text: hyphenated relation kind
owner_id text: role id of the owner
cluster_id text?: cluster the relation runs on, NULL when not applicable
privileges mz_aclitem[]: ACL entries on the relation`,
  ],
  [
    'mz_catalog',
    'mz_role_auth',
    'table',
    17059,
    '',
    'no PUBLIC grant; readable by mz_system and superusers',
    `role_id text: id of the role
role_oid oid: OID of the role
password_hash text?: SCRAM-SHA-256 verifier string, NULL when no password
updated_at timestamp with time zone: when the credential last changed`,
  ],
  [
    'mz_catalog',
    'mz_role_members',
    'materialized-view',
    16721,
    'PUBLIC',
    '',
    `role_id text: granted (group) role
member text: role that received the membership
grantor text: role recorded as granting it (always mz_system, s1)`,
  ],
  [
    'mz_catalog',
    'mz_role_parameters',
    'table',
    16945,
    'PUBLIC',
    'defaults set with ALTER ROLE ... SET',
    `role_id text: id of the role
parameter_name text: session variable name
parameter_value text: stored default; lists joined with comma and space`,
  ],
  [
    'mz_catalog',
    'mz_roles',
    'table',
    16720,
    'PUBLIC',
    '',
    `id text: id of the role
oid oid: numeric OID of the role
name text: name of the role
inherit boolean: always true
rolcanlogin boolean?: LOGIN attribute; false when never given
rolsuper boolean?: SUPERUSER attribute; NULL when never given (true for mz_system, mz_support)`,
  ],
  [
    'mz_catalog',
    'mz_schemas',
    'materialized-view',
    16703,
    'PUBLIC',
    '',
    `id text: id of the schema
oid oid: numeric OID of the schema
database_id text?: containing database; NULL for system schemas
name text: name of the schema
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the schema`,
  ],
  [
    'mz_catalog',
    'mz_secrets',
    'materialized-view',
    16727,
    'PUBLIC',
    'never exposes the secret value',
    `id text: id of the secret
oid oid: numeric OID of the secret
schema_id text: id of the containing schema
name text: name of the secret
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the secret`,
  ],
  [
    'mz_catalog',
    'mz_sinks',
    'table',
    16711,
    'PUBLIC',
    '',
    `id text: id of the sink
oid oid: numeric OID of the sink
schema_id text: id of the containing schema
name text: name of the sink
type text: sink kind: kafka or iceberg
connection_id text?: connection used to reach the external system
size text?: deprecated, NULL
envelope_type text?: debezium or upsert; NULL for kinds without envelopes
format text?: deprecated combined format name
key_format text?: encoding of message keys
value_format text?: encoding of message values
cluster_id text: cluster that runs the sink
owner_id text: role id of the owner
create_sql text: full CREATE text with fully qualified names
redacted_create_sql text: CREATE text with literals masked`,
  ],
  [
    'mz_catalog',
    'mz_sources',
    'table',
    16710,
    'PUBLIC',
    '',
    `id text: id of the source
oid oid: numeric OID of the source
schema_id text: id of the containing schema
name text: name of the source
type text: source kind: kafka, postgres, mysql, sql-server, load-generator, webhook, subsource, progress, source (system)
connection_id text?: connection used to reach the external system
size text?: deprecated, NULL
envelope_type text?: none, upsert or debezium for Kafka; else NULL
key_format text?: encoding of message keys
value_format text?: encoding of message values
cluster_id text?: cluster that runs the source
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the source
create_sql text?: full CREATE text with fully qualified names
redacted_create_sql text?: CREATE text with literals masked`,
  ],
  [
    'mz_catalog',
    'mz_ssh_tunnel_connections',
    'table',
    16709,
    'PUBLIC',
    '',
    `id text: id of the SSH tunnel connection
public_key_1 text: primary OpenSSH public key
public_key_2 text: secondary OpenSSH public key (rotation)`,
  ],
  [
    'mz_catalog',
    'mz_storage_usage',
    'view',
    16771,
    'PUBLIC',
    'storage measurements over time',
    `object_id text: id of the object concerned
size_bytes uint8: bytes stored
collection_timestamp timestamp with time zone: when the measurement was taken`,
  ],
  [
    'mz_catalog',
    'mz_system_privileges',
    'table',
    16765,
    'PUBLIC',
    'one row per mz_aclitem',
    `privileges mz_aclitem: one ACL entry on SYSTEM (not an array)`,
  ],
  [
    'mz_catalog',
    'mz_tables',
    'table',
    16707,
    'PUBLIC',
    '',
    `id text: id of the table
oid oid: numeric OID of the table
schema_id text: id of the containing schema
name text: name of the table
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the table
create_sql text?: CREATE text; NULL for system tables
redacted_create_sql text?: CREATE text with literals masked; NULL for system tables
source_id text?: source feeding a CREATE TABLE ... FROM SOURCE table, else NULL`,
  ],
  [
    'mz_catalog',
    'mz_timezone_abbreviations',
    'view',
    16815,
    'PUBLIC',
    '',
    `abbreviation text: short zone name
utc_offset interval?: fixed offset, NULL when it varies
dst boolean?: whether it denotes daylight time, NULL when it varies
timezone_name text?: full zone it stands for when not fixed`,
  ],
  ['mz_catalog', 'mz_timezone_names', 'view', 16816, 'PUBLIC', '', `name text: name of the time zone`],
  [
    'mz_catalog',
    'mz_types',
    'table',
    16714,
    'PUBLIC',
    '',
    `id text: id of the type
oid oid: numeric OID of the type
schema_id text: id of the containing schema
name text: name of the type
category text: lower-case type category (numeric, string, array, ...)
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the type
create_sql text?: CREATE text; NULL for builtin types
redacted_create_sql text?: CREATE text with literals masked; NULL for builtin types`,
  ],
  [
    'mz_catalog',
    'mz_views',
    'table',
    16712,
    'PUBLIC',
    '',
    `id text: id of the view
oid oid: numeric OID of the view
schema_id text: id of the containing schema
name text: name of the view
definition text: defining query text ending in a semicolon
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the view
create_sql text: full CREATE text with fully qualified names
redacted_create_sql text: CREATE text with literals masked`,
  ],
  [
    'mz_internal',
    'mz_activity_log_thinned',
    'view',
    16746,
    'mz_monitor',
    'join of execution, prepared statement and session history without SQL text',
    `execution_id uuid: uuid of the execution
sample_rate double precision: fraction of executions that were kept
cluster_id text?: cluster that runs the statement execution
application_name text: application_name setting at that time
cluster_name text?: cluster name at that time
database_name text: database setting at that time
search_path text list: search_path setting at that time
transaction_isolation text: isolation level at that time
execution_timestamp uint8?: logical timestamp of the query
transient_index_id text?: id of the temporary dataflow, if any
params text[]: bound parameters as text
mz_version text: server version that ran it
began_at timestamp with time zone: start time
finished_at timestamp with time zone?: end time, NULL while running
finished_status text?: success, error, canceled or aborted
error_message text?: error text on failure
result_size bigint?: result size in bytes
rows_returned bigint?: result row count
execution_strategy text?: constant, fast-path, persist-fast-path or standard
transaction_id uint8: session-local transaction number
prepared_statement_id uuid: uuid of the prepared statement
sql_hash bytea: SHA-256 of the SQL text
prepared_statement_name text: client-chosen statement name
session_id uuid: uuid of the session
prepared_at timestamp with time zone: when it was prepared
statement_type text?: statement kind, NULL for empty statements
throttled_count uint8: executions dropped by throttling before this one
connected_at timestamp with time zone: login time
initial_application_name text: application_name at login
authenticated_user text: role name at login`,
  ],
  [
    'mz_internal',
    'mz_aggregates',
    'table',
    16725,
    'PUBLIC',
    '',
    `oid oid: numeric OID of the aggregate function
agg_kind text: always n (normal)
agg_num_direct_args smallint: always 0`,
  ],
  [
    'mz_internal',
    'mz_aws_connections',
    'table',
    16757,
    'PUBLIC',
    '',
    `id text: id of the AWS connection
endpoint text?: ENDPOINT option
region text?: REGION option
access_key_id text?: ACCESS KEY ID when written inline
access_key_id_secret_id text?: secret holding ACCESS KEY ID
secret_access_key_secret_id text?: secret holding SECRET ACCESS KEY
session_token text?: SESSION TOKEN when written inline
session_token_secret_id text?: secret holding SESSION TOKEN
assume_role_arn text?: ASSUME ROLE ARN option
assume_role_session_name text?: ASSUME ROLE SESSION NAME option
principal text?: ARN the service uses when assuming the role
external_id text?: external id sent when assuming the role
example_trust_policy jsonb?: sample IAM trust policy for this connection`,
  ],
  [
    'mz_internal',
    'mz_aws_privatelink_connection_status_history',
    'source',
    16735,
    'PUBLIC',
    '',
    `occurred_at timestamp with time zone: when the status changed
connection_id text: connection the entry is about
status text: PrivateLink endpoint state`,
  ],
  [
    'mz_internal',
    'mz_aws_privatelink_connection_statuses',
    'view',
    16736,
    'PUBLIC',
    '',
    `id text: id of the PrivateLink connection
name text: name of the PrivateLink connection
last_status_change_at timestamp with time zone?: when it last changed
status text?: current PrivateLink endpoint state`,
  ],
  [
    'mz_internal',
    'mz_builtin_materialized_views',
    'view',
    17072,
    'PUBLIC',
    'static listing',
    `oid oid: numeric OID of the builtin materialized view
schema_name text: schema name
name text: name of the builtin materialized view
cluster_name text: cluster name
definition text: defining query
privileges mz_aclitem[]: ACL entries on the builtin materialized view
create_sql text: full CREATE text with fully qualified names`,
  ],
  [
    'mz_internal',
    'mz_catalog_raw',
    'source',
    17067,
    '',
    'raw JSON dump of the durable catalog; mz_system only',
    `data jsonb: one catalog record with kind, key, value`,
  ],
  [
    'mz_internal',
    'mz_cluster_deployment_lineage',
    'view',
    17049,
    'PUBLIC',
    'tracks blue/green swaps',
    `cluster_id text?: cluster id that may no longer exist
current_deployment_cluster_id text: live cluster that replaced it
cluster_name text: shared cluster name`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_history',
    'view',
    16897,
    'PUBLIC',
    'all replicas ever created',
    `replica_id text?: id of the cluster replica
size text?: size name
cluster_id text?: cluster that runs the replica history entry
cluster_name text?: cluster name at the time
replica_name text?: replica name
created_at timestamp with time zone: creation time
dropped_at timestamp with time zone?: drop time, NULL while alive
credits_per_hour numeric?: billing rate`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_metrics',
    'view',
    16758,
    'PUBLIC',
    'latest sample',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
cpu_nano_cores uint8?: CPU use in 1e-9 cores
memory_bytes uint8?: memory use
disk_bytes uint8?: disk use
heap_bytes uint8?: memory plus swap use
heap_limit uint8?: memory plus swap limit`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_metrics_history',
    'source',
    17016,
    'PUBLIC',
    'samples over time',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
cpu_nano_cores uint8?: CPU use in 1e-9 cores
memory_bytes uint8?: memory use
disk_bytes uint8?: disk use
occurred_at timestamp with time zone: sample time
heap_bytes uint8?: memory plus swap use
heap_limit uint8?: memory plus swap limit`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_metrics_history_ct',
    'continual-task',
    17029,
    'PUBLIC',
    'continual-task copy; absent unless continual-task builtins are switched on (off by default)',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
cpu_nano_cores uint8?: CPU use in 1e-9 cores
memory_bytes uint8?: memory use
disk_bytes uint8?: disk use
occurred_at timestamp with time zone: sample time
heap_bytes uint8?: memory plus swap use
heap_limit uint8?: memory plus swap limit`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_name_history',
    'view',
    17033,
    'PUBLIC',
    '',
    `occurred_at timestamp with time zone?: when it was created or renamed
id text?: id of the replica
previous_name text?: name before the change
new_name text?: name after the change`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_status_history',
    'source',
    17019,
    'PUBLIC',
    '',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
status text: online or offline
reason text?: why it went offline, e.g. oom-killed
occurred_at timestamp with time zone: when the status changed`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_status_history_ct',
    'continual-task',
    17037,
    'PUBLIC',
    'continual-task copy; absent unless continual-task builtins are switched on (off by default)',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
status text: online or offline
reason text?: why it went offline
occurred_at timestamp with time zone: when the status changed`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_statuses',
    'view',
    16730,
    'PUBLIC',
    'current status',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
status text: online or offline
reason text?: why it is offline, e.g. oom-killed
updated_at timestamp with time zone: when the status last changed`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_utilization',
    'view',
    16841,
    'PUBLIC',
    '',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
cpu_percent double precision?: CPU use as percent of the limit
memory_percent double precision?: memory use as percent of the limit
disk_percent double precision?: disk use as percent of the limit
heap_percent double precision?: memory plus swap use as percent of the limit`,
  ],
  [
    'mz_internal',
    'mz_cluster_replica_utilization_history',
    'view',
    17018,
    'PUBLIC',
    '',
    `replica_id text: id of the cluster replica
process_id uint8: process ordinal inside the replica
cpu_percent double precision?: CPU use as percent of the limit
memory_percent double precision?: memory use as percent of the limit
disk_percent double precision?: disk use as percent of the limit
heap_percent double precision?: memory plus swap use as percent of the limit
occurred_at timestamp with time zone: sample time`,
  ],
  [
    'mz_internal',
    'mz_cluster_schedules',
    'table',
    16947,
    'PUBLIC',
    '',
    `cluster_id text: cluster that runs the cluster schedule
type text: manual or on-refresh
refresh_hydration_time_estimate interval?: HYDRATION TIME ESTIMATE option`,
  ],
  [
    'mz_internal',
    'mz_cluster_workload_classes',
    'materialized-view',
    16979,
    'PUBLIC',
    '',
    `id text: id of the cluster
workload_class text?: WORKLOAD CLASS value, usually NULL`,
  ],
  [
    'mz_internal',
    'mz_comments',
    'table',
    16766,
    'PUBLIC',
    'one row per COMMENT ON',
    `id text: id of the commented object
object_type text: hyphenated kind of the commented object
object_sub_id integer?: 1-based column number for column comments, else NULL
comment text: comment text`,
  ],
  [
    'mz_internal',
    'mz_compute_dependencies',
    'source',
    16699,
    'PUBLIC',
    '',
    `object_id text: index or materialized view
dependency_id text: collection it reads`,
  ],
  [
    'mz_internal',
    'mz_compute_error_counts_raw_unified',
    'source',
    16974,
    'PUBLIC',
    '',
    `replica_id text: id of the cluster replica
object_id text: id of the object concerned
count numeric: number of errors in the collection`,
  ],
  [
    'mz_internal',
    'mz_compute_hydration_statuses',
    'view',
    16700,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
replica_id text: id of the cluster replica
hydrated boolean: whether the dataflow caught up on that replica
hydration_time interval?: how long it took`,
  ],
  [
    'mz_internal',
    'mz_compute_hydration_times',
    'source',
    16978,
    'PUBLIC',
    '',
    `replica_id text: id of the cluster replica
object_id text: id of the object concerned
time_ns uint8?: hydration duration in nanoseconds, NULL while hydrating`,
  ],
  [
    'mz_internal',
    'mz_compute_operator_hydration_statuses',
    'source',
    16831,
    'PUBLIC',
    '',
    `replica_id text: id of the cluster replica
object_id text: id of the object concerned
physical_plan_node_id uint8: node id of the physical plan
hydrated boolean: whether that node caught up`,
  ],
  [
    'mz_internal',
    'mz_console_cluster_utilization_overview',
    'view',
    17035,
    'PUBLIC',
    'pre-aggregated series for the web console',
    `bucket_start timestamp with time zone: bucket start
replica_id text: id of the cluster replica
memory_percent double precision?: highest memory percent
max_memory_at timestamp with time zone: when that peak happened
disk_percent double precision?: highest disk percent
max_disk_at timestamp with time zone: when that peak happened
memory_and_disk_percent double precision?: highest combined memory and disk percent
max_memory_and_disk_memory_percent double precision?: memory share at the combined peak
max_memory_and_disk_disk_percent double precision?: disk share at the combined peak
max_memory_and_disk_at timestamp with time zone: when the combined peak happened
heap_percent double precision?: highest heap percent
max_heap_at timestamp with time zone: when that peak happened
max_cpu_percent double precision?: highest CPU percent
max_cpu_at timestamp with time zone: when that peak happened
offline_events jsonb?: JSON list of offline events in the bucket
bucket_end timestamp with time zone: bucket end
name text?: replica name
cluster_id text?: cluster that runs the bucket
size text?: replica size`,
  ],
  [
    'mz_internal',
    'mz_continual_tasks',
    'table',
    17026,
    'PUBLIC',
    '',
    `id text: id of the continual task
oid oid: numeric OID of the continual task
schema_id text: id of the containing schema
name text: name of the continual task
cluster_id text: cluster that runs the continual task
definition text: defining text
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the continual task
create_sql text: full CREATE text with fully qualified names
redacted_create_sql text: CREATE text with literals masked`,
  ],
  [
    'mz_internal',
    'mz_frontiers',
    'source',
    16760,
    'PUBLIC',
    '',
    `object_id text: id of the collection
read_frontier mz_timestamp?: oldest readable timestamp
write_frontier mz_timestamp?: first timestamp not yet final`,
  ],
  [
    'mz_internal',
    'mz_global_frontiers',
    'view',
    16761,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
time mz_timestamp: write frontier`,
  ],
  [
    'mz_internal',
    'mz_history_retention_strategies',
    'table',
    16952,
    'PUBLIC',
    '',
    `id text: id of the object
strategy text: always FOR
value jsonb: retention in milliseconds as JSON number`,
  ],
  [
    'mz_internal',
    'mz_hydration_statuses',
    'view',
    16898,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
replica_id text?: id of the cluster replica
hydrated boolean?: whether the object caught up on that replica`,
  ],
  [
    'mz_internal',
    'mz_index_advice',
    'view',
    17042,
    'PUBLIC',
    '',
    `object_id text?: id of the object concerned
hint text: suggested action
details text: reasoning behind the hint
referenced_object_ids text list?: objects mentioned by details`,
  ],
  [
    'mz_internal',
    'mz_internal_cluster_replicas',
    'materialized-view',
    16729,
    'PUBLIC',
    '',
    `id text: id of the replica`,
  ],
  [
    'mz_internal',
    'mz_kafka_source_tables',
    'table',
    17025,
    'PUBLIC',
    '',
    `id text: id of the Kafka table
topic text: topic ingested
envelope_type text?: none, upsert or debezium
key_format text?: encoding of message keys
value_format text?: encoding of message values`,
  ],
  [
    'mz_internal',
    'mz_license_keys',
    'table',
    17058,
    'PUBLIC',
    '',
    `id text: id of the license key
organization text: licensee
environment_id text: environment the key is bound to
expiration timestamp with time zone: end of validity
not_before timestamp with time zone: start of validity`,
  ],
  [
    'mz_internal',
    'mz_materialization_dependencies',
    'view',
    16986,
    'PUBLIC',
    '',
    `object_id text: index, materialized view or sink
dependency_id text: collection it reads`,
  ],
  [
    'mz_internal',
    'mz_materialization_lag',
    'view',
    16899,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
local_lag interval?: delay behind direct inputs
global_lag interval?: delay behind root inputs
slowest_local_input_id text: direct input furthest behind
slowest_global_input_id text: root input furthest behind`,
  ],
  [
    'mz_internal',
    'mz_materialized_view_refresh_strategies',
    'table',
    16946,
    'PUBLIC',
    '',
    `materialized_view_id text: materialized view concerned
type text: at, every or on-commit
interval interval?: period of REFRESH EVERY
aligned_to timestamp with time zone?: ALIGNED TO time of REFRESH EVERY
at timestamp with time zone?: time of REFRESH AT`,
  ],
  [
    'mz_internal',
    'mz_materialized_view_refreshes',
    'source',
    16953,
    'PUBLIC',
    '',
    `materialized_view_id text: materialized view concerned
last_completed_refresh mz_timestamp?: time of the last finished refresh
next_refresh mz_timestamp?: time of the next planned refresh`,
  ],
  [
    'mz_internal',
    'mz_mcp_data_product_details',
    'view',
    17071,
    'PUBLIC',
    '',
    `object_name text: fully qualified name
cluster text?: cluster that computes or indexes it
description text?: index comment, else object comment
schema jsonb: JSON schema of the columns`,
  ],
  [
    'mz_internal',
    'mz_mcp_data_products',
    'view',
    17066,
    'PUBLIC',
    '',
    `object_name text: fully qualified name
cluster text?: cluster that computes or indexes it
description text?: index comment, else object comment`,
  ],
  [
    'mz_internal',
    'mz_mysql_source_tables',
    'table',
    16949,
    'PUBLIC',
    '',
    `id text: id of the MySQL table
schema_name text: upstream database
table_name text: upstream table`,
  ],
  [
    'mz_internal',
    'mz_network_policies',
    'materialized-view',
    17040,
    'PUBLIC',
    '',
    `id text: id of the network policy
name text: name of the network policy
owner_id text: role id of the owner
privileges mz_aclitem[]: ACL entries on the network policy
oid oid: numeric OID of the network policy`,
  ],
  [
    'mz_internal',
    'mz_network_policy_rules',
    'materialized-view',
    17041,
    'PUBLIC',
    '',
    `name text: name of the network policy rule
policy_id text: policy the rule belongs to
action text: always allow
address text: CIDR range matched
direction text: always ingress`,
  ],
  [
    'mz_internal',
    'mz_notices',
    'view',
    16941,
    'mz_monitor',
    'optimizer and system notices',
    `id text: id of the notice
notice_type text: short kind name
message text: what is wrong
hint text: what could be improved
action text?: concrete remedy
redacted_message text?: masked message, NULL when nothing to mask
redacted_hint text?: masked hint
redacted_action text?: masked action
action_type text?: sql_statements or plain_text
object_id text?: object concerned, NULL for global notices
created_at timestamp with time zone: creation time`,
  ],
  [
    'mz_internal',
    'mz_notices_redacted',
    'view',
    16942,
    'mz_support,mz_monitor_redacted,mz_monitor',
    '',
    `id text: id of the notice
notice_type text: short kind name
message text: masked text of what is wrong
hint text: masked suggestion
action text?: masked remedy
action_type text?: sql_statements or plain_text
object_id text?: object concerned, NULL for global notices
created_at timestamp with time zone: creation time`,
  ],
  [
    'mz_internal',
    'mz_object_dependencies',
    'table',
    16698,
    'PUBLIC',
    'direct edges only',
    `object_id text: dependent object
referenced_object_id text: object it needs`,
  ],
  [
    'mz_internal',
    'mz_object_fully_qualified_names',
    'view',
    16775,
    'PUBLIC',
    '',
    `id text: id of the object
name text: name of the object
object_type text: hyphenated item kind
schema_id text: id of the containing schema
schema_name text: schema name
database_id text?: database id, NULL for system schemas
database_name text?: database name, NULL for system schemas
cluster_id text?: cluster the item runs on, NULL when not applicable`,
  ],
  [
    'mz_internal',
    'mz_object_global_ids',
    'table',
    17061,
    'PUBLIC',
    '',
    `id text: id of the id mapping
global_id text: internal collection id behind one version of the object`,
  ],
  [
    'mz_internal',
    'mz_object_history',
    'view',
    17031,
    'PUBLIC',
    '',
    `id text?: id of the object history entry
cluster_id text?: cluster that runs the object history entry
object_type text: hyphenated item kind
created_at timestamp with time zone?: creation time, NULL for builtins
dropped_at timestamp with time zone?: drop time, NULL while alive`,
  ],
  [
    'mz_internal',
    'mz_object_lifetimes',
    'view',
    16776,
    'PUBLIC',
    '',
    `id text?: id of the lifetime event
previous_id text?: id before a replacement
object_type text: hyphenated item kind
event_type text: create or drop
occurred_at timestamp with time zone: event time`,
  ],
  [
    'mz_internal',
    'mz_object_oid_alias',
    'view',
    16773,
    'PUBLIC',
    '',
    `object_type text: item kind
oid_alias text: regclass, regtype or regproc`,
  ],
  [
    'mz_internal',
    'mz_object_transitive_dependencies',
    'view',
    16784,
    'PUBLIC',
    'closure of the dependency graph',
    `object_id text: dependent object
referenced_object_id text: object needed directly or indirectly`,
  ],
  [
    'mz_internal',
    'mz_objects_id_namespace_types',
    'view',
    17030,
    'PUBLIC',
    '',
    `object_type text: item kind sharing the object id namespace`,
  ],
  [
    'mz_internal',
    'mz_optimizer_notices',
    'table',
    16940,
    'mz_monitor',
    '',
    `id text: id of the notice
notice_type text: short kind name
message text: what is wrong
hint text: what could be improved
action text?: concrete remedy
redacted_message text?: masked message
redacted_hint text?: masked hint
redacted_action text?: masked action
action_type text?: sql_statements or plain_text
object_id text?: object concerned
dependency_ids text list: ids whose drop invalidates the notice
created_at timestamp with time zone: creation time`,
  ],
  [
    'mz_internal',
    'mz_pending_cluster_replicas',
    'materialized-view',
    16983,
    'PUBLIC',
    '',
    `id text: id of the replica`,
  ],
  [
    'mz_internal',
    'mz_postgres_source_tables',
    'table',
    16948,
    'PUBLIC',
    '',
    `id text: id of the PostgreSQL table
schema_name text: upstream schema
table_name text: upstream table`,
  ],
  [
    'mz_internal',
    'mz_postgres_sources',
    'table',
    16697,
    'PUBLIC',
    '',
    `id text: id of the PostgreSQL source
replication_slot text: slot name created upstream
timeline_id uint8?: upstream timeline at creation`,
  ],
  [
    'mz_internal',
    'mz_prepared_statement_history',
    'source',
    16739,
    'mz_support,mz_analytics,mz_monitor_redacted,mz_monitor',
    '',
    `id uuid: id of the prepared statement
session_id uuid: uuid of the session
name text: client-chosen name, empty for unnamed
sql_hash bytea: SHA-256 of the SQL text
prepared_at timestamp with time zone: when it was prepared
statement_type text?: statement kind, NULL for empty statements
throttled_count uint8: executions dropped by throttling before this one`,
  ],
  [
    'mz_internal',
    'mz_recent_activity_log',
    'view',
    16748,
    'mz_monitor',
    'last 24 hours; needs mz_monitor or superuser',
    `execution_id uuid: uuid of the execution
sample_rate double precision: fraction of executions that were kept
cluster_id text?: cluster that runs the statement execution
application_name text: application_name setting at that time
cluster_name text?: cluster name at that time
database_name text: database setting at that time
search_path text list: search_path setting at that time
transaction_isolation text: isolation level at that time
execution_timestamp uint8?: logical timestamp of the query
transient_index_id text?: id of the temporary dataflow, if any
params text[]: bound parameters as text
mz_version text: server version that ran it
began_at timestamp with time zone: start time
finished_at timestamp with time zone?: end time, NULL while running
finished_status text?: success, error, canceled or aborted
error_message text?: error text on failure
result_size bigint?: result size in bytes
rows_returned bigint?: result row count
execution_strategy text?: constant, fast-path, persist-fast-path or standard
transaction_id uint8: session-local transaction number
prepared_statement_id uuid: uuid of the prepared statement
sql_hash bytea: SHA-256 of the SQL text
prepared_statement_name text: client-chosen statement name
session_id uuid: uuid of the session
prepared_at timestamp with time zone: when it was prepared
statement_type text?: statement kind, NULL for empty statements
throttled_count uint8: executions dropped by throttling before this one
connected_at timestamp with time zone: login time
initial_application_name text: application_name at login
authenticated_user text: role name at login
sql text: SQL text`,
  ],
  [
    'mz_internal',
    'mz_recent_activity_log_redacted',
    'view',
    16749,
    'mz_monitor,mz_monitor_redacted,mz_support,mz_analytics',
    'masked SQL; needs mz_monitor_redacted or mz_monitor',
    `execution_id uuid: uuid of the execution
sample_rate double precision: fraction of executions that were kept
cluster_id text?: cluster that runs the statement execution
application_name text: application_name setting at that time
cluster_name text?: cluster name at that time
database_name text: database setting at that time
search_path text list: search_path setting at that time
transaction_isolation text: isolation level at that time
execution_timestamp uint8?: logical timestamp of the query
transient_index_id text?: id of the temporary dataflow, if any
mz_version text: server version that ran it
began_at timestamp with time zone: start time
finished_at timestamp with time zone?: end time, NULL while running
finished_status text?: success, error, canceled or aborted
result_size bigint?: result size in bytes
rows_returned bigint?: result row count
execution_strategy text?: constant, fast-path, persist-fast-path or standard
transaction_id uint8: session-local transaction number
prepared_statement_id uuid: uuid of the prepared statement
sql_hash bytea: SHA-256 of the SQL text
prepared_statement_name text: client-chosen statement name
session_id uuid: uuid of the session
prepared_at timestamp with time zone: when it was prepared
statement_type text?: statement kind, NULL for empty statements
throttled_count uint8: executions dropped by throttling before this one
initial_application_name text: application_name at login
authenticated_user text: role name at login
redacted_sql text: SQL text with literals masked`,
  ],
  [
    'mz_internal',
    'mz_recent_activity_log_thinned',
    'view',
    16747,
    'mz_monitor',
    'last 24 hours without SQL text',
    `execution_id uuid: uuid of the execution
sample_rate double precision: fraction of executions that were kept
cluster_id text?: cluster that runs the statement execution
application_name text: application_name setting at that time
cluster_name text?: cluster name at that time
database_name text: database setting at that time
search_path text list: search_path setting at that time
transaction_isolation text: isolation level at that time
execution_timestamp uint8?: logical timestamp of the query
transient_index_id text?: id of the temporary dataflow, if any
params text[]: bound parameters as text
mz_version text: server version that ran it
began_at timestamp with time zone: start time
finished_at timestamp with time zone?: end time, NULL while running
finished_status text?: success, error, canceled or aborted
error_message text?: error text on failure
result_size bigint?: result size in bytes
rows_returned bigint?: result row count
execution_strategy text?: constant, fast-path, persist-fast-path or standard
transaction_id uint8: session-local transaction number
prepared_statement_id uuid: uuid of the prepared statement
sql_hash bytea: SHA-256 of the SQL text
prepared_statement_name text: client-chosen statement name
session_id uuid: uuid of the session
prepared_at timestamp with time zone: when it was prepared
statement_type text?: statement kind, NULL for empty statements
throttled_count uint8: executions dropped by throttling before this one
connected_at timestamp with time zone: login time
initial_application_name text: application_name at login
authenticated_user text: role name at login`,
  ],
  [
    'mz_internal',
    'mz_recent_sql_text',
    'view',
    16742,
    'mz_monitor',
    '',
    `sql_hash bytea: SHA-256 of the SQL text
sql text: SQL text
redacted_sql text: SQL text with literals masked`,
  ],
  [
    'mz_internal',
    'mz_recent_sql_text_redacted',
    'view',
    16743,
    'mz_monitor,mz_monitor_redacted,mz_support,mz_analytics',
    '',
    `sql_hash bytea: SHA-256 of the SQL text
redacted_sql text: SQL text with literals masked`,
  ],
  [
    'mz_internal',
    'mz_replacements',
    'table',
    17062,
    'PUBLIC',
    '',
    `id text: id of the replacement
target_id text: object the replacement is for`,
  ],
  [
    'mz_internal',
    'mz_session_history',
    'source',
    16745,
    'PUBLIC',
    'sessions of the retained history',
    `session_id uuid: uuid of the session
connected_at timestamp with time zone: login time
initial_application_name text: application_name at login
authenticated_user text: role name at login`,
  ],
  [
    'mz_internal',
    'mz_sessions',
    'table',
    16763,
    'PUBLIC',
    'one row per live session',
    `id uuid: session uuid
connection_id uint4: protocol connection id (BackendKeyData pid); reused after disconnect
role_id text: id of the role logged in
client_ip text?: peer address text
connected_at timestamp with time zone: login time`,
  ],
  [
    'mz_internal',
    'mz_show_all_my_privileges',
    'view',
    16894,
    'PUBLIC',
    'current role and roles it belongs to only',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
database text?: database name, NULL when not inside one
schema text?: schema name, NULL when not inside one
name text?: name of the privilege
object_type text: lower-case object kind
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_all_objects',
    'view',
    17002,
    'PUBLIC',
    'backs SHOW OBJECTS',
    `schema_id text: id of the containing schema
name text: name of the object
type text: hyphenated item kind
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_all_privileges',
    'view',
    16893,
    'PUBLIC',
    'backs SHOW PRIVILEGES',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
database text?: database name, NULL when not inside one
schema text?: schema name, NULL when not inside one
name text?: name of the privilege
object_type text: lower-case object kind
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_cluster_privileges',
    'view',
    16885,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
name text: cluster name
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_cluster_replicas',
    'view',
    16880,
    'PUBLIC',
    'backs SHOW CLUSTER REPLICAS',
    `cluster text: cluster name
replica text: replica name
replica_id text: id of the cluster replica
size text?: size name
ready boolean: true when every object on the replica is hydrated
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_clusters',
    'view',
    17003,
    'PUBLIC',
    'backs SHOW CLUSTERS',
    `name text: name of the cluster
replicas text?: text like "r1 (size), r2 (size)", NULL without replicas
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_columns',
    'view',
    17005,
    'PUBLIC',
    'backs SHOW COLUMNS',
    `id text: id of the relation
name text: column name
nullable boolean: whether NULL may occur
type text: type name
position uint8: 1-based ordinal
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_connections',
    'view',
    17001,
    'PUBLIC',
    'backs SHOW CONNECTIONS',
    `schema_id text: id of the containing schema
name text: name of the connection
type text: connection kind
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_continual_tasks',
    'view',
    17027,
    'PUBLIC',
    'backs SHOW CONTINUAL TASKS',
    `id text: id of the continual task
name text: name of the continual task
cluster text: cluster name
schema_id text: id of the containing schema
cluster_id text: cluster that runs the continual task
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_database_privileges',
    'view',
    16887,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
name text: database name
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_databases',
    'view',
    16997,
    'PUBLIC',
    'backs SHOW DATABASES',
    `name text: name of the database
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_default_privileges',
    'view',
    16895,
    'PUBLIC',
    'backs SHOW DEFAULT PRIVILEGES',
    `object_owner text?: creator role the rule applies to, or PUBLIC
database text?: limiting database name, NULL for all
schema text?: limiting schema name, NULL for all
object_type text: kind of new object
grantee text?: role receiving the privilege, or PUBLIC
privilege_type text?: privilege keyword`,
  ],
  [
    'mz_internal',
    'mz_show_indexes',
    'view',
    16879,
    'PUBLIC',
    'backs SHOW INDEXES',
    `id text: id of the index
name text: name of the index
on text: name of the indexed relation
cluster text: cluster name
key text[]: key parts in order
on_id text: id of the indexed relation
schema_id text: id of the containing schema
cluster_id text: cluster that runs the index
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_materialized_views',
    'view',
    16878,
    'PUBLIC',
    'backs SHOW MATERIALIZED VIEWS',
    `id text: id of the materialized view
name text: name of the materialized view
cluster text: cluster name
schema_id text: id of the containing schema
cluster_id text: cluster that runs the materialized view
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_my_cluster_privileges',
    'view',
    16886,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
name text: cluster name
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_my_database_privileges',
    'view',
    16888,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
name text: database name
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_my_default_privileges',
    'view',
    16896,
    'PUBLIC',
    '',
    `object_owner text?: creator role the rule applies to, or PUBLIC
database text?: limiting database name, NULL for all
schema text?: limiting schema name, NULL for all
object_type text: kind of new object
grantee text?: role receiving the privilege, or PUBLIC
privilege_type text?: privilege keyword`,
  ],
  [
    'mz_internal',
    'mz_show_my_object_privileges',
    'view',
    16892,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
database text?: database name, NULL when not inside one
schema text?: schema name, NULL when not inside one
name text: name of the privilege
object_type text: lower-case object kind
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_my_role_members',
    'view',
    16882,
    'PUBLIC',
    '',
    `role text: group role name
member text: member role name
grantor text: role recorded as granting it`,
  ],
  [
    'mz_internal',
    'mz_show_my_schema_privileges',
    'view',
    16890,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
database text?: database name, NULL when not inside one
name text: schema name
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_my_system_privileges',
    'view',
    16884,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_network_policies',
    'view',
    17043,
    'PUBLIC',
    'backs SHOW NETWORK POLICIES',
    `name text: name of the network policy
rules text?: comma-joined rule names
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_object_privileges',
    'view',
    16891,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
database text?: database name, NULL when not inside one
schema text?: schema name, NULL when not inside one
name text: name of the privilege
object_type text: lower-case object kind
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_role_members',
    'view',
    16881,
    'PUBLIC',
    'backs SHOW ROLE MEMBERSHIP',
    `role text: group role name
member text: member role name
grantor text: role recorded as granting it`,
  ],
  [
    'mz_internal',
    'mz_show_roles',
    'view',
    16999,
    'PUBLIC',
    'backs SHOW ROLES; hides s% and g% roles',
    `name text: name of the role
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_schema_privileges',
    'view',
    16889,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
database text?: database name, NULL when not inside one
name text: schema name
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_schemas',
    'view',
    16998,
    'PUBLIC',
    'backs SHOW SCHEMAS',
    `database_id text?: containing database; NULL for system schemas
name text: name of the schema
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_secrets',
    'view',
    17004,
    'PUBLIC',
    'backs SHOW SECRETS',
    `schema_id text: id of the containing schema
name text: name of the secret
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_sinks',
    'view',
    16877,
    'PUBLIC',
    'backs SHOW SINKS',
    `id text: id of the sink
name text: name of the sink
type text: sink kind
cluster text: cluster name
schema_id text: id of the containing schema
cluster_id text: cluster that runs the sink
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_sources',
    'view',
    16876,
    'PUBLIC',
    'backs SHOW SOURCES',
    `id text: id of the source
name text: name of the source
type text: source kind
cluster text?: cluster name
schema_id text: id of the containing schema
cluster_id text?: cluster that runs the source
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_system_privileges',
    'view',
    16883,
    'PUBLIC',
    '',
    `grantor text?: role name that granted it
grantee text?: role name that received it, or PUBLIC
privilege_type text: privilege keyword such as SELECT`,
  ],
  [
    'mz_internal',
    'mz_show_tables',
    'view',
    16994,
    'PUBLIC',
    'backs SHOW TABLES',
    `schema_id text: id of the containing schema
name text: name of the table
comment text: comment text, empty string when none
source_id text?: feeding source, else NULL`,
  ],
  [
    'mz_internal',
    'mz_show_types',
    'view',
    16996,
    'PUBLIC',
    'backs SHOW TYPES',
    `schema_id text: id of the containing schema
name text: name of the type
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_show_views',
    'view',
    16995,
    'PUBLIC',
    'backs SHOW VIEWS',
    `schema_id text: id of the containing schema
name text: name of the view
comment text: comment text, empty string when none`,
  ],
  [
    'mz_internal',
    'mz_sink_statistics',
    'view',
    16927,
    'PUBLIC',
    '',
    `id text: id of the sink
replica_id text?: id of the cluster replica
messages_staged uint8: messages prepared for writing
messages_committed uint8: messages durably written
bytes_staged uint8: bytes prepared for writing
bytes_committed uint8: bytes durably written`,
  ],
  [
    'mz_internal',
    'mz_sink_statistics_raw',
    'source',
    16769,
    'PUBLIC',
    '',
    `id text: id of the sink
replica_id text?: id of the cluster replica
messages_staged uint8: messages prepared for writing
messages_committed uint8: messages durably written
bytes_staged uint8: bytes prepared for writing
bytes_committed uint8: bytes durably written`,
  ],
  [
    'mz_internal',
    'mz_sink_status_history',
    'source',
    16752,
    'PUBLIC',
    '',
    `occurred_at timestamp with time zone: event time
sink_id text: sink concerned
status text: created, starting, running, stalled, failed or dropped
error text?: error text when unhealthy
details jsonb?: JSON with hints and namespaced errors
replica_id text?: id of the cluster replica`,
  ],
  [
    'mz_internal',
    'mz_sink_statuses',
    'view',
    16753,
    'PUBLIC',
    'current status',
    `id text: id of the sink
name text: name of the sink
type text: sink kind
last_status_change_at timestamp with time zone?: when the status last changed
status text: created, starting, running, paused, stalled, failed or dropped
error text?: error text when unhealthy
details jsonb?: JSON with hints and namespaced errors`,
  ],
  [
    'mz_internal',
    'mz_source_references',
    'table',
    17015,
    'PUBLIC',
    '',
    `source_id text: source concerned
namespace text?: upstream schema or database
name text: upstream table or topic
updated_at timestamp with time zone: last refresh of the listing
columns text[]?: upstream column names`,
  ],
  [
    'mz_internal',
    'mz_source_statistics',
    'view',
    16925,
    'PUBLIC',
    '',
    `id text: id of the source
replica_id text?: id of the cluster replica
messages_received uint8: messages read from upstream
bytes_received uint8: bytes read from upstream
updates_staged uint8: row changes prepared
updates_committed uint8: row changes durably stored
records_indexed uint8: records held in upsert state
bytes_indexed uint8: bytes held in upsert state
rehydration_latency interval?: time the last rehydration took
snapshot_records_known uint8?: rows expected in the initial snapshot
snapshot_records_staged uint8?: snapshot rows read so far
snapshot_committed boolean: whether the initial snapshot is done
offset_known uint8?: newest upstream offset seen
offset_committed uint8?: newest offset durably ingested`,
  ],
  [
    'mz_internal',
    'mz_source_statistics_raw',
    'source',
    16768,
    'PUBLIC',
    '',
    `id text: id of the source
replica_id text?: id of the cluster replica
messages_received uint8: messages read from upstream
bytes_received uint8: bytes read from upstream
updates_staged uint8: row changes prepared
updates_committed uint8: row changes durably stored
records_indexed uint8: records held in upsert state
bytes_indexed uint8: bytes held in upsert state
rehydration_latency interval?: time the last rehydration took
snapshot_records_known uint8?: rows expected in the initial snapshot
snapshot_records_staged uint8?: snapshot rows read so far
snapshot_committed boolean: whether the initial snapshot is done
offset_known uint8?: newest upstream offset seen
offset_committed uint8?: newest offset durably ingested`,
  ],
  [
    'mz_internal',
    'mz_source_statistics_with_history',
    'view',
    16954,
    'PUBLIC',
    '',
    `id text: id of the source
replica_id text?: id of the cluster replica
messages_received uint8: messages read from upstream
bytes_received uint8: bytes read from upstream
updates_staged uint8: row changes prepared
updates_committed uint8: row changes durably stored
records_indexed uint8: records held in upsert state
bytes_indexed uint8: bytes held in upsert state
rehydration_latency interval?: time the last rehydration took
snapshot_records_known uint8?: rows expected in the initial snapshot
snapshot_records_staged uint8?: snapshot rows read so far
snapshot_committed boolean: whether the initial snapshot is done
offset_known uint8?: newest upstream offset seen
offset_committed uint8?: newest offset durably ingested`,
  ],
  [
    'mz_internal',
    'mz_source_status_history',
    'source',
    16734,
    'PUBLIC',
    '',
    `occurred_at timestamp with time zone: event time
source_id text: source concerned
status text: created, starting, running, paused, stalled, failed or dropped
error text?: error text when unhealthy
details jsonb?: JSON with hints and namespaced errors
replica_id text?: id of the cluster replica`,
  ],
  [
    'mz_internal',
    'mz_source_statuses',
    'view',
    16751,
    'PUBLIC',
    'current status',
    `id text: id of the source
name text: name of the source
type text: source kind
last_status_change_at timestamp with time zone?: when the status last changed
status text: created, starting, running, paused, stalled, failed or dropped
error text?: error text when unhealthy
details jsonb?: JSON with hints and namespaced errors`,
  ],
  [
    'mz_internal',
    'mz_sql_server_source_tables',
    'table',
    17057,
    'PUBLIC',
    '',
    `id text: id of the SQL Server table
schema_name text: upstream schema
table_name text: upstream table`,
  ],
  [
    'mz_internal',
    'mz_sql_text',
    'source',
    16740,
    'mz_monitor',
    '',
    `prepared_day timestamp with time zone: UTC day the text was logged
sql_hash bytea: SHA-256 of the SQL text
sql text: SQL text
redacted_sql text: SQL text with literals masked`,
  ],
  [
    'mz_internal',
    'mz_sql_text_redacted',
    'view',
    16741,
    'mz_monitor,mz_monitor_redacted,mz_support,mz_analytics',
    '',
    `sql_hash bytea: SHA-256 of the SQL text
redacted_sql text: SQL text with literals masked`,
  ],
  [
    'mz_internal',
    'mz_statement_execution_history',
    'source',
    16737,
    'mz_monitor',
    '',
    `id uuid: execution uuid
prepared_statement_id uuid: uuid of the prepared statement
sample_rate double precision: fraction of executions that were kept
cluster_id text?: cluster that runs the statement execution
application_name text: application_name setting at that time
cluster_name text?: cluster name at that time
database_name text: database setting at that time
search_path text list: search_path setting at that time
transaction_isolation text: isolation level at that time
execution_timestamp uint8?: logical timestamp of the query
transaction_id uint8: session-local transaction number
transient_index_id text?: id of the temporary dataflow, if any
params text[]: bound parameters as text
mz_version text: server version that ran it
began_at timestamp with time zone: start time
finished_at timestamp with time zone?: end time, NULL while running
finished_status text?: success, error, canceled or aborted
error_message text?: error text on failure
result_size bigint?: result size in bytes
rows_returned bigint?: result row count
execution_strategy text?: constant, fast-path, persist-fast-path or standard`,
  ],
  [
    'mz_internal',
    'mz_statement_execution_history_redacted',
    'view',
    16738,
    'mz_support,mz_analytics,mz_monitor_redacted,mz_monitor',
    '',
    `id uuid: execution uuid
prepared_statement_id uuid: uuid of the prepared statement
sample_rate double precision: fraction of executions that were kept
cluster_id text?: cluster that runs the statement execution
application_name text: application_name setting at that time
cluster_name text?: cluster name at that time
database_name text: database setting at that time
search_path text list: search_path setting at that time
transaction_isolation text: isolation level at that time
execution_timestamp uint8?: logical timestamp of the query
transaction_id uint8: session-local transaction number
transient_index_id text?: id of the temporary dataflow, if any
mz_version text: server version that ran it
began_at timestamp with time zone: start time
finished_at timestamp with time zone?: end time, NULL while running
finished_status text?: success, error, canceled or aborted
result_size bigint?: result size in bytes
rows_returned bigint?: result row count
execution_strategy text?: constant, fast-path, persist-fast-path or standard`,
  ],
  [
    'mz_internal',
    'mz_statement_lifecycle_history',
    'source',
    16750,
    'mz_support,mz_analytics,mz_monitor_redacted,mz_monitor',
    '',
    `statement_id uuid: execution uuid
event_type text: execution-began, optimization-finished, storage-dependencies-finished, compute-dependencies-finished, execution-finished
occurred_at timestamp with time zone: event time`,
  ],
  [
    'mz_internal',
    'mz_storage_shards',
    'source',
    16770,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
shard_id text: storage shard name`,
  ],
  [
    'mz_internal',
    'mz_storage_usage_by_shard',
    'table',
    16754,
    'PUBLIC',
    '',
    `id uint8: measurement number
shard_id text?: storage shard name
size_bytes uint8: bytes stored
collection_timestamp timestamp with time zone: when the measurement was taken`,
  ],
  [
    'mz_internal',
    'mz_subscriptions',
    'table',
    16762,
    'PUBLIC',
    'running SUBSCRIBE commands',
    `id text: id of the subscription
session_id uuid: owning session
cluster_id text: cluster that runs the subscription
created_at timestamp with time zone: start time
referenced_object_ids text list: objects read`,
  ],
  [
    'mz_internal',
    'mz_type_pg_metadata',
    'table',
    16715,
    'PUBLIC',
    '',
    `id text: id of the type
typinput oid: OID of the text input function
typreceive oid: OID of the binary input function`,
  ],
  [
    'mz_internal',
    'mz_wallclock_global_lag',
    'view',
    17054,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
lag interval?: delay of the write frontier behind real time`,
  ],
  [
    'mz_internal',
    'mz_wallclock_global_lag_histogram',
    'view',
    17056,
    'PUBLIC',
    '',
    `period_start timestamp with time zone: start of the interval
period_end timestamp with time zone: end of the interval
object_id text: id of the object concerned
lag_seconds uint8?: lag bucket upper bound in seconds
labels jsonb: JSON labels such as workload class
count bigint: number of samples`,
  ],
  [
    'mz_internal',
    'mz_wallclock_global_lag_histogram_raw',
    'source',
    17055,
    'PUBLIC',
    '',
    `period_start timestamp with time zone: start of the interval
period_end timestamp with time zone: end of the interval
object_id text: id of the object concerned
lag_seconds uint8?: lag bucket upper bound in seconds
labels jsonb: JSON labels such as workload class`,
  ],
  [
    'mz_internal',
    'mz_wallclock_global_lag_history',
    'view',
    17022,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
lag interval?: smallest delay seen in that minute
occurred_at timestamp with time zone: minute of the observation`,
  ],
  [
    'mz_internal',
    'mz_wallclock_global_lag_recent_history',
    'view',
    17023,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
lag interval?: smallest delay seen in that minute
occurred_at timestamp with time zone: minute of the observation`,
  ],
  [
    'mz_internal',
    'mz_wallclock_lag_history',
    'source',
    17021,
    'PUBLIC',
    '',
    `object_id text: id of the object concerned
replica_id text?: id of the cluster replica
lag interval?: delay of the write frontier behind real time
occurred_at timestamp with time zone: observation time`,
  ],
  [
    'mz_internal',
    'mz_wallclock_lag_history_ct',
    'continual-task',
    17038,
    'PUBLIC',
    'continual-task copy; absent unless continual-task builtins are switched on (off by default)',
    `object_id text: id of the object concerned
replica_id text?: id of the cluster replica
lag interval?: delay of the write frontier behind real time
occurred_at timestamp with time zone: observation time`,
  ],
  [
    'mz_internal',
    'mz_webhook_sources',
    'table',
    16767,
    'PUBLIC',
    '',
    `id text: id of the webhook source
name text: name of the webhook source
url text: HTTPS URL accepting POST`,
  ],
  [
    'mz_internal',
    'pg_attrdef_all_databases',
    'view',
    16968,
    'PUBLIC',
    'pg_attrdef before database filtering',
    `oid oid?: numeric OID of the column default
adrelid oid: OID of the relation
adnum bigint: 1-based column number
adbin text: default expression text
adsrc text: default expression text`,
  ],
  [
    'mz_internal',
    'pg_attribute_all_databases',
    'view',
    16970,
    'PUBLIC',
    'pg_attribute before database filtering',
    `attrelid oid: OID of the relation
attname text: column name
atttypid oid: OID of the column type
attlen smallint?: copy of typlen
attnum smallint: 1-based ordinal
atttypmod integer: type modifier, -1 when absent
attndims smallint: always 0
attnotnull boolean: inverse of nullable
atthasdef boolean: whether a default exists
attidentity "char": always empty char
attgenerated "char": always empty char
attisdropped boolean: always false
attcollation oid: always 0
database_name text?: containing database, NULL for system objects
pg_type_database_name text?: database of the column's type, NULL for builtins`,
  ],
  [
    'mz_internal',
    'pg_authid_core',
    'view',
    17063,
    '',
    'owner-only',
    `oid oid: numeric OID of the role
rolname text: role name
rolsuper boolean?: superuser flag, may be NULL
rolinherit boolean: always true
rolcanlogin boolean: LOGIN attribute, false when unset
rolreplication boolean: always false
rolbypassrls boolean: always false
rolconnlimit integer: always -1
rolpassword text?: SCRAM verifier or NULL
rolvaliduntil timestamp with time zone?: always NULL`,
  ],
  [
    'mz_internal',
    'pg_class_all_databases',
    'view',
    16960,
    'PUBLIC',
    'pg_class before database filtering',
    `oid oid: numeric OID of the relation
relname text: relation or index name
relnamespace oid: schema OID
reloftype oid: always 0
relowner oid: owner role OID
relam oid: always 0
reltablespace oid: always 0
reltuples real: always -1
reltoastrelid oid: always 0
relhasindex boolean: whether any index exists on it
relpersistence "char": always p
relkind text?: r table or source, i index, v view, m materialized view
relnatts smallint: number of columns
relchecks smallint: always 0
relhasrules boolean: always false
relhastriggers boolean: always false
relhassubclass boolean: always false
relrowsecurity boolean: always false
relforcerowsecurity boolean: always false
relreplident "char": always d
relispartition boolean: always false
relhasoids boolean: always false
reloptions text[]?: always NULL
database_name text?: containing database, NULL for system objects`,
  ],
  [
    'mz_internal',
    'pg_description_all_databases',
    'view',
    16966,
    'PUBLIC',
    'pg_description before database filtering',
    `objoid oid: OID of the described object
classoid oid?: OID of the catalog that lists the object
objsubid integer: column number, 0 for the object itself
description text: comment text
oid_database_name text?: database of the described object
class_database_name text?: database of the classoid catalog`,
  ],
  [
    'mz_internal',
    'pg_namespace_all_databases',
    'view',
    16964,
    'PUBLIC',
    'pg_namespace before database filtering',
    `oid oid: numeric OID of the schema
nspname text: schema name
nspowner oid: owner role OID
nspacl text[]?: always NULL
database_name text?: containing database, NULL for system objects`,
  ],
  [
    'mz_internal',
    'pg_type_all_databases',
    'view',
    16962,
    'PUBLIC',
    'pg_type before database filtering',
    `oid oid: numeric OID of the type
typname text: type name
typnamespace oid: schema OID
typowner oid: owner role OID
typlen smallint?: length in bytes; -1 when it varies
typtype "char": b base or array, l list, m map, p pseudo
typcategory "char"?: one-letter PostgreSQL category
typdelim "char": always comma
typrelid oid: always 0
typelem oid: element type OID of arrays and lists, else 0
typarray oid: OID of the array type over this type, else 0
typinput regproc?: text input function
typreceive oid: binary input function OID or 0
typnotnull boolean: always false
typbasetype oid: always 0
typtypmod integer: always -1
typcollation oid: always 0
typdefault text?: always NULL
database_name text?: containing database, NULL for system objects`,
  ],
  ['mz_introspection', 'mz_active_peeks', 'view', 16834, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_active_peeks_per_worker', 'source', 16683, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_batcher_allocations_raw', 'source', 16677, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_batcher_capacity_raw', 'source', 16676, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_batcher_records_raw', 'source', 16674, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_batcher_size_raw', 'source', 16675, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_batches_raw', 'source', 16672, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_heap_allocations_raw', 'source', 16688, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_heap_capacity_raw', 'source', 16687, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_heap_size_raw', 'source', 16686, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_records_raw', 'source', 16671, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_sharing', 'view', 16840, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_sharing_per_worker', 'view', 16839, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_sharing_raw', 'source', 16673, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_sizes', 'view', 16838, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_arrangement_sizes_per_worker', 'view', 16837, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_cluster_prometheus_metrics', 'source', 17068, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_dataflow_global_ids_per_worker', 'source', 17045, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_error_counts', 'view', 16830, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_error_counts_per_worker', 'view', 16829, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_error_counts_raw', 'source', 16682, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_exports', 'view', 16785, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_exports_per_worker', 'source', 16678, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_frontiers', 'view', 16786, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_frontiers_per_worker', 'source', 16679, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_hydration_times_per_worker', 'source', 16977, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_import_frontiers', 'view', 16789, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_import_frontiers_per_worker', 'source', 16680, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_lir_mapping_per_worker', 'source', 17044, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_operator_durations_histogram', 'view', 16824, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_operator_durations_histogram_per_worker', 'view', 16823, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_compute_operator_durations_histogram_raw', 'source', 16669, 'PUBLIC', '', ``],
  [
    'mz_introspection',
    'mz_compute_operator_hydration_statuses_per_worker',
    'source',
    16701,
    'PUBLIC',
    '',
    ``,
  ],
  ['mz_introspection', 'mz_dataflow_addresses', 'view', 16779, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_addresses_per_worker', 'source', 16666, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_arrangement_sizes', 'view', 16844, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_channel_operators', 'view', 16788, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_channel_operators_per_worker', 'view', 16787, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_channels', 'view', 16780, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_channels_per_worker', 'source', 16667, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_global_ids', 'view', 17047, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operator_dataflows', 'view', 16783, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operator_dataflows_per_worker', 'view', 16782, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operator_parents', 'view', 16843, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operator_parents_per_worker', 'view', 16842, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operator_reachability', 'view', 16836, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operator_reachability_per_worker', 'view', 16835, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operator_reachability_raw', 'source', 16693, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operators', 'view', 16781, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflow_operators_per_worker', 'source', 16665, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflows', 'view', 16778, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_dataflows_per_worker', 'view', 16777, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_expected_group_size_advice', 'view', 16845, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_lir_mapping', 'view', 17046, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_mappable_objects', 'view', 17053, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_message_batch_counts_received_raw', 'source', 16689, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_message_batch_counts_sent_raw', 'source', 16690, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_message_counts', 'view', 16833, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_message_counts_per_worker', 'view', 16832, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_message_counts_received_raw', 'source', 16691, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_message_counts_sent_raw', 'source', 16692, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_peek_durations_histogram', 'view', 16818, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_peek_durations_histogram_per_worker', 'view', 16817, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_peek_durations_histogram_raw', 'source', 16684, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_records_per_dataflow', 'view', 16793, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_records_per_dataflow_operator', 'view', 16791, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_records_per_dataflow_operator_per_worker', 'view', 16790, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_records_per_dataflow_per_worker', 'view', 16792, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_scheduling_elapsed', 'view', 16822, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_scheduling_elapsed_per_worker', 'view', 16821, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_scheduling_elapsed_raw', 'source', 16668, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_scheduling_parks_histogram', 'view', 16826, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_scheduling_parks_histogram_per_worker', 'view', 16825, 'PUBLIC', '', ``],
  ['mz_introspection', 'mz_scheduling_parks_histogram_raw', 'source', 16670, 'PUBLIC', '', ``],
  [
    'pg_catalog',
    'pg_aggregate',
    'view',
    16872,
    'PUBLIC',
    '',
    `aggfnoid oid: function OID
aggkind text: always n
aggnumdirectargs smallint: always 0
aggtransfn regproc?: always NULL
aggfinalfn regproc: always 0
aggcombinefn regproc: always 0
aggserialfn regproc: always 0
aggdeserialfn regproc: always 0
aggmtransfn regproc: always 0
aggminvtransfn regproc: always 0
aggmfinalfn regproc: always 0
aggfinalextra boolean: always false
aggmfinalextra boolean: always false
aggfinalmodify "char"?: always NULL
aggmfinalmodify "char"?: always NULL
aggsortop oid: always 0
aggtranstype oid?: always NULL
aggtransspace integer?: always NULL
aggmtranstype oid: always 0
aggmtransspace integer?: always NULL
agginitval text?: always NULL
aggminitval text?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_am',
    'view',
    16849,
    'PUBLIC',
    'one row, the method of every index',
    `oid oid
amname text
amhandler regproc
amtype "char"`,
  ],
  [
    'pg_catalog',
    'pg_attrdef',
    'view',
    16807,
    'PUBLIC',
    '',
    `oid oid?: numeric OID of the column default
adrelid oid: OID of the relation
adnum bigint: 1-based column number
adbin text: default expression text
adsrc text: default expression text`,
  ],
  [
    'pg_catalog',
    'pg_attribute',
    'view',
    16802,
    'PUBLIC',
    'current database plus system schemas',
    `attrelid oid: OID of the relation
attname text: column name
atttypid oid: OID of the column type
attlen smallint?: copy of typlen
attnum smallint: 1-based ordinal
atttypmod integer: type modifier, -1 when absent
attndims smallint: always 0
attnotnull boolean: inverse of nullable
atthasdef boolean: whether a default exists
attidentity "char": always empty char
attgenerated "char": always empty char
attisdropped boolean: always false
attcollation oid: always 0`,
  ],
  [
    'pg_catalog',
    'pg_auth_members',
    'view',
    16809,
    'PUBLIC',
    '',
    `roleid oid: OID of the group role
member oid: OID of the member role
grantor oid: OID of the granting role
admin_option boolean: always false`,
  ],
  [
    'pg_catalog',
    'pg_authid',
    'view',
    16871,
    '',
    'readable by its owner mz_system and superusers only',
    `oid oid: numeric OID of the role
rolname text: role name
rolsuper boolean?: superuser flag, may be NULL
rolinherit boolean: always true
rolcreaterole boolean?: holds CREATEROLE on SYSTEM
rolcreatedb boolean?: holds CREATEDB on SYSTEM
rolcanlogin boolean: LOGIN attribute, false when unset
rolreplication boolean: always false
rolbypassrls boolean: always false
rolconnlimit integer: always -1
rolpassword text?: SCRAM verifier or NULL
rolvaliduntil timestamp with time zone?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_class',
    'view',
    16795,
    'PUBLIC',
    'current database plus system schemas; no temporary objects',
    `oid oid: numeric OID of the relation
relname text: relation or index name
relnamespace oid: schema OID
reloftype oid: always 0
relowner oid: owner role OID
relam oid: always 0
reltablespace oid: always 0
reltuples real: always -1
reltoastrelid oid: always 0
relhasindex boolean: whether any index exists on it
relpersistence "char": always p
relkind text?: r table or source, i index, v view, m materialized view
relnatts smallint: number of columns
relchecks smallint: always 0
relhasrules boolean: always false
relhastriggers boolean: always false
relhassubclass boolean: always false
relrowsecurity boolean: always false
relforcerowsecurity boolean: always false
relreplident "char": always d
relispartition boolean: always false
relhasoids boolean: always false
reloptions text[]?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_collation',
    'view',
    16867,
    'PUBLIC',
    'always empty',
    `oid oid
collname text
collnamespace oid
collowner oid
collprovider "char"
collisdeterministic boolean
collencoding integer
collcollate text
collctype text
collversion text`,
  ],
  [
    'pg_catalog',
    'pg_constraint',
    'view',
    16846,
    'PUBLIC',
    'always empty',
    `oid oid
conname text
connamespace oid
contype "char"
condeferrable boolean
condeferred boolean
convalidated boolean
conrelid oid
contypid oid
conindid oid
conparentid oid
confrelid oid
confupdtype "char"
confdeltype "char"
confmatchtype "char"
conislocal boolean
coninhcount integer
connoinherit boolean
conkey smallint[]
confkey smallint[]
conpfeqop oid[]
conppeqop oid[]
conffeqop oid[]
conexclop oid[]
conbin text`,
  ],
  [
    'pg_catalog',
    'pg_database',
    'view',
    16797,
    'PUBLIC',
    '',
    `oid oid: numeric OID of the database
datname text: database name
datdba oid: owner role OID
encoding integer: always 6 (UTF8)
datistemplate boolean: always false
datallowconn boolean: always true
datcollate text: always C
datctype text: always C
datacl text[]?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_depend',
    'view',
    16796,
    'PUBLIC',
    'direct edges within the current database',
    `classid oid?: OID of the catalog listing the dependent
objid oid: OID of the dependent
objsubid integer: column number, 0 for the object itself
refclassid oid?: OID of the catalog listing the dependency
refobjid oid: OID of the dependency
refobjsubid integer: always 0
deptype "char": always n`,
  ],
  [
    'pg_catalog',
    'pg_description',
    'view',
    16800,
    'PUBLIC',
    '',
    `objoid oid: OID of the described object
classoid oid?: OID of the catalog that lists the object
objsubid integer: column number, 0 for the object itself
description text: comment text`,
  ],
  [
    'pg_catalog',
    'pg_enum',
    'view',
    16806,
    'PUBLIC',
    'always empty',
    `oid oid
enumtypid oid
enumsortorder real
enumlabel text`,
  ],
  [
    'pg_catalog',
    'pg_event_trigger',
    'view',
    16810,
    'PUBLIC',
    'always empty',
    `oid oid
evtname text
evtevent text
evtowner oid
evtfoid oid
evtenabled "char"
evttags text[]`,
  ],
  [
    'pg_catalog',
    'pg_extension',
    'view',
    16875,
    'PUBLIC',
    'always empty',
    `oid oid
extname text
extowner oid
extnamespace oid
extrelocatable boolean
extversion text
extconfig oid[]
extcondition text[]`,
  ],
  [
    'pg_catalog',
    'pg_index',
    'view',
    16798,
    'PUBLIC',
    '',
    `indexrelid oid: index OID
indrelid oid: indexed relation OID
indnatts smallint: column count of the indexed relation
indisunique boolean: always false
indisprimary boolean: always false
indimmediate boolean: always false
indisclustered boolean: always false
indisvalid boolean: always true
indisreplident boolean: always false
indkey int2vector: column numbers, 0 for expressions
indoption int2vector: zeros, one per key part
indexprs text?: brace-wrapped key expressions, else NULL
indpred text?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_indexes',
    'view',
    16799,
    'PUBLIC',
    '',
    `table_catalog text: database name
schemaname text: schema name
tablename text: relation name
indexname text: index name
tablespace text?: always NULL
indexdef text?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_inherits',
    'view',
    16869,
    'PUBLIC',
    'always empty',
    `inhrelid oid
inhparent oid
inhseqno integer
inhdetachpending boolean`,
  ],
  [
    'pg_catalog',
    'pg_language',
    'view',
    16811,
    'PUBLIC',
    'always empty',
    `oid oid
lanname text
lanowner oid
lanispl boolean
lanpltrusted boolean
lanplcallfoid oid
laninline oid
lanvalidator oid
lanacl text[]`,
  ],
  [
    'pg_catalog',
    'pg_locks',
    'view',
    16870,
    'PUBLIC',
    'always empty',
    `locktype text
database oid
relation oid
page integer
tuple smallint
virtualxid text
transactionid text
classid oid
objid oid
objsubid smallint
virtualtransaction text
pid integer
mode text
granted boolean
fastpath boolean
waitstart timestamp with time zone`,
  ],
  [
    'pg_catalog',
    'pg_matviews',
    'view',
    16852,
    'PUBLIC',
    '',
    `schemaname text?: schema name
matviewname text: materialized view name
matviewowner oid: owner role OID (not a name)
definition text: defining query`,
  ],
  [
    'pg_catalog',
    'pg_namespace',
    'view',
    16794,
    'PUBLIC',
    'current database plus system schemas',
    `oid oid: numeric OID of the schema
nspname text: schema name
nspowner oid: owner role OID
nspacl text[]?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_operator',
    'view',
    16804,
    'PUBLIC',
    '',
    `oid oid: numeric OID of the operator
oprname text: operator symbol
oprresult oid: result type OID
oprleft oid: left operand type OID, 0 for prefix operators
oprright oid: right operand type OID`,
  ],
  [
    'pg_catalog',
    'pg_policy',
    'view',
    16868,
    'PUBLIC',
    'always empty',
    `oid oid
polname text
polrelid oid
polcmd "char"
polpermissive boolean
polroles oid[]
polqual text
polwithcheck text`,
  ],
  [
    'pg_catalog',
    'pg_proc',
    'view',
    16803,
    'PUBLIC',
    '',
    `oid oid: numeric OID of the function
proname text: function name
pronamespace oid: schema OID
proowner oid: owner role OID
proargdefaults text?: always NULL
prorettype oid: result type OID`,
  ],
  [
    'pg_catalog',
    'pg_range',
    'view',
    16805,
    'PUBLIC',
    'always empty',
    `rngtypid oid
rngsubtype oid`,
  ],
  [
    'pg_catalog',
    'pg_rewrite',
    'view',
    16874,
    'PUBLIC',
    'always empty',
    `oid oid
rulename text
ev_class oid
ev_type "char"
ev_enabled "char"
is_instead boolean
ev_qual text
ev_action text`,
  ],
  [
    'pg_catalog',
    'pg_roles',
    'view',
    16850,
    'PUBLIC',
    'readable by PUBLIC',
    `rolname text: role name
rolsuper boolean?: superuser flag, may be NULL
rolinherit boolean: always true
rolcreaterole boolean?: holds CREATEROLE on SYSTEM
rolcreatedb boolean?: holds CREATEDB on SYSTEM
rolcanlogin boolean: LOGIN attribute, false when unset
rolreplication boolean: always false
rolconnlimit integer: always -1
rolpassword text: always ********
rolvaliduntil timestamp with time zone?: always NULL
rolbypassrls boolean: always false
rolconfig text[]?: name=value list of ALTER ROLE SET defaults
oid oid: numeric OID of the role`,
  ],
  [
    'pg_catalog',
    'pg_settings',
    'view',
    16808,
    'PUBLIC',
    'single row max_index_keys = 1000',
    `name text: setting name
setting text: setting value as text`,
  ],
  [
    'pg_catalog',
    'pg_shdescription',
    'view',
    16812,
    'PUBLIC',
    'always empty',
    `objoid oid
classoid oid
description text`,
  ],
  [
    'pg_catalog',
    'pg_tables',
    'view',
    16847,
    'PUBLIC',
    'relkind r relations (tables and sources)',
    `schemaname text?: schema name
tablename text: relation name
tableowner text: owner role name`,
  ],
  [
    'pg_catalog',
    'pg_tablespace',
    'view',
    16848,
    'PUBLIC',
    'single row pg_default with oid 0',
    `oid oid: numeric OID of the tablespace
spcname text: always pg_default
spcowner oid?: always NULL
spcacl text[]?: always NULL
spcoptions text[]?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_timezone_abbrevs',
    'view',
    16813,
    'PUBLIC',
    '',
    `abbrev text: short zone name
utc_offset interval?: offset in force now
is_dst boolean?: whether daylight time is in force`,
  ],
  [
    'pg_catalog',
    'pg_timezone_names',
    'view',
    16814,
    'PUBLIC',
    '',
    `name text: name of the time zone
abbrev text?: short name in force now
utc_offset interval?: offset in force now
is_dst boolean?: whether daylight time is in force`,
  ],
  [
    'pg_catalog',
    'pg_trigger',
    'view',
    16873,
    'PUBLIC',
    'always empty',
    `oid oid
tgrelid oid
tgparentid oid
tgname text
tgfoid oid
tgtype smallint
tgenabled "char"
tgisinternal boolean
tgconstrrelid oid
tgconstrindid oid
tgconstraint oid
tgdeferrable boolean
tginitdeferred boolean
tgnargs smallint
tgattr int2vector
tgargs bytea
tgqual text
tgoldtable text
tgnewtable text`,
  ],
  [
    'pg_catalog',
    'pg_type',
    'view',
    16801,
    'PUBLIC',
    '',
    `oid oid: numeric OID of the type
typname text: type name
typnamespace oid: schema OID
typowner oid: owner role OID
typlen smallint?: length in bytes; -1 when it varies
typtype "char": b base or array, l list, m map, p pseudo
typcategory "char"?: one-letter PostgreSQL category
typdelim "char": always comma
typrelid oid: always 0
typelem oid: element type OID of arrays and lists, else 0
typarray oid: OID of the array type over this type, else 0
typinput regproc?: text input function
typreceive oid: binary input function OID or 0
typnotnull boolean: always false
typbasetype oid: always 0
typtypmod integer: always -1
typcollation oid: always 0
typdefault text?: always NULL`,
  ],
  [
    'pg_catalog',
    'pg_user',
    'view',
    16956,
    'PUBLIC',
    'roles with LOGIN only; readable as pg_authid',
    `usename text: role name
usesysid oid: role OID
usecreatedb boolean?: holds CREATEDB on SYSTEM
usesuper boolean?: superuser flag
userepl boolean: always false
usebypassrls boolean: always false
passwd text?: SCRAM verifier or NULL
valuntil timestamp with time zone?: always NULL
useconfig text[]?: name=value list of ALTER ROLE SET defaults`,
  ],
  [
    'pg_catalog',
    'pg_views',
    'view',
    16851,
    'PUBLIC',
    '',
    `schemaname text?: schema name
viewname text: view name
viewowner oid: owner role OID (not a name)
definition text: defining query`,
  ],
  [
    'information_schema',
    'applicable_roles',
    'view',
    16853,
    'PUBLIC',
    'superusers see all, others only memberships of roles they hold',
    `grantee text: member role name
role_name text: group role name
is_grantable text: always NO`,
  ],
  [
    'information_schema',
    'character_sets',
    'view',
    16866,
    'PUBLIC',
    'exactly one row',
    `character_set_catalog text?: always NULL
character_set_schema text?: always NULL
character_set_name text: always UTF8
character_repertoire text: always UCS
form_of_use text: always UTF8
default_collate_catalog text: current database
default_collate_schema text: always pg_catalog
default_collate_name text: always en_US.utf8`,
  ],
  [
    'information_schema',
    'columns',
    'view',
    16854,
    'PUBLIC',
    'current database plus system schemas',
    `table_catalog text: database name
table_schema text: schema name
table_name text: relation name
column_name text: column name
ordinal_position bigint: 1-based ordinal
column_default text?: default expression text
is_nullable text: YES or NO
data_type text: type name
character_maximum_length integer?: always NULL
numeric_precision integer?: always NULL
numeric_scale integer?: always NULL`,
  ],
  [
    'information_schema',
    'enabled_roles',
    'view',
    16855,
    'PUBLIC',
    'roles the session holds; all for superusers',
    `role_name text: role name`,
  ],
  [
    'information_schema',
    'key_column_usage',
    'view',
    16857,
    'PUBLIC',
    'always empty',
    `constraint_catalog text
constraint_schema text
constraint_name text
table_catalog text
table_schema text
table_name text
column_name text
ordinal_position integer
position_in_unique_constraint integer`,
  ],
  [
    'information_schema',
    'referential_constraints',
    'view',
    16858,
    'PUBLIC',
    'always empty',
    `constraint_catalog text
constraint_schema text
constraint_name text
unique_constraint_catalog text
unique_constraint_schema text
unique_constraint_name text
match_option text
update_rule text
delete_rule text`,
  ],
  [
    'information_schema',
    'role_table_grants',
    'view',
    16856,
    'PUBLIC',
    'table_privileges limited to enabled roles',
    `grantor text: role name that granted it
grantee text?: role name that received it, or PUBLIC
table_catalog text?: database name
table_schema text: schema name
table_name text: relation name
privilege_type text?: privilege keyword such as SELECT
is_grantable text: always NO
with_hierarchy text: YES for SELECT, else NO`,
  ],
  [
    'information_schema',
    'routines',
    'view',
    16859,
    'PUBLIC',
    '',
    `routine_catalog text: current database
routine_schema text: schema name
routine_name text: function name
routine_type text: always FUNCTION
routine_definition text?: always NULL`,
  ],
  [
    'information_schema',
    'schemata',
    'view',
    16860,
    'PUBLIC',
    '',
    `catalog_name text: current database
schema_name text: schema name`,
  ],
  [
    'information_schema',
    'table_constraints',
    'view',
    16862,
    'PUBLIC',
    'always empty',
    `constraint_catalog text
constraint_schema text
constraint_name text
table_catalog text
table_schema text
table_name text
constraint_type text
is_deferrable text
initially_deferred text
enforced text
nulls_distinct text`,
  ],
  [
    'information_schema',
    'table_privileges',
    'view',
    16863,
    'PUBLIC',
    'filtered to roles the session holds',
    `grantor text: role name that granted it
grantee text?: role name that received it, or PUBLIC
table_catalog text?: database name
table_schema text: schema name
table_name text: relation name
privilege_type text?: privilege keyword such as SELECT
is_grantable text: always NO
with_hierarchy text: YES for SELECT, else NO`,
  ],
  [
    'information_schema',
    'tables',
    'view',
    16861,
    'PUBLIC',
    'current database plus system schemas',
    `table_catalog text: database name
table_schema text: schema name
table_name text: relation name
table_type text: BASE TABLE, VIEW, MATERIALIZED VIEW or SOURCE`,
  ],
  [
    'information_schema',
    'triggers',
    'view',
    16864,
    'PUBLIC',
    'always empty',
    `trigger_catalog text
trigger_schema text
trigger_name text
event_manipulation text
event_object_catalog text
event_object_schema text
event_object_table text
action_order integer
action_condition text
action_statement text
action_orientation text
action_timing text
action_reference_old_table text
action_reference_new_table text`,
  ],
  [
    'information_schema',
    'views',
    'view',
    16865,
    'PUBLIC',
    '',
    `table_catalog text: database name
table_schema text: schema name
table_name text: relation name
view_definition text: defining query`,
  ],
];
