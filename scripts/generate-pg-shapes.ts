/**
 * Writes src/relations/data/postgres-shapes.ts and src/relations/data/postgres-types.ts from the catalog of a running
 * PostgreSQL 15: columns and relations of its pg_catalog and information_schema that clients read and that the shapes
 * of catalog-shapes.ts leave out, and what pg_type says of each type.
 * Run at the root: npx esbuild scripts/generate-pg-shapes.ts --bundle --platform=node --format=esm --packages=external
 *   --outfile=/tmp/generate.mjs, then node it there with the URL of the server as its argument, then prettier.
 */
import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { CATALOG_SHAPES } from '../src/relations/data/catalog-shapes.ts';
import { allTypes } from '../src/types/registry.ts';

/** Relations added whole. New ones go at the end: the OIDs of views follow from the order. */
const ADDED: readonly string[] = [
  ...`pg_amop pg_amproc pg_cast pg_conversion pg_db_role_setting pg_default_acl pg_foreign_data_wrapper
    pg_foreign_server pg_foreign_table pg_init_privs pg_largeobject pg_largeobject_metadata pg_opclass pg_opfamily
    pg_parameter_acl pg_partitioned_table pg_publication pg_publication_namespace pg_publication_rel
    pg_replication_origin pg_seclabel pg_sequence pg_shdepend pg_shseclabel pg_statistic pg_statistic_ext
    pg_statistic_ext_data pg_subscription pg_subscription_rel pg_transform pg_ts_config pg_ts_config_map pg_ts_dict
    pg_ts_parser pg_ts_template pg_user_mapping pg_available_extension_versions pg_available_extensions pg_group
    pg_policies pg_prepared_xacts pg_publication_tables pg_replication_slots pg_rules pg_seclabels pg_sequences
    pg_shadow pg_stat_activity pg_stat_all_indexes pg_stat_all_tables pg_stat_progress_vacuum pg_stat_replication
    pg_stat_subscription pg_stat_sys_indexes pg_stat_sys_tables pg_stat_user_functions pg_stat_user_indexes
    pg_stat_user_tables pg_stat_wal_receiver pg_statio_all_indexes pg_statio_all_sequences pg_statio_all_tables
    pg_statio_user_indexes pg_statio_user_sequences pg_statio_user_tables pg_stats pg_stats_ext pg_user_mappings`
    .split(/\s+/)
    .map((name) => `pg_catalog.${name}`),
  ...`administrable_role_authorizations check_constraint_routine_usage check_constraints column_column_usage
    column_domain_usage column_options constraint_column_usage constraint_table_usage domain_constraints
    domain_udt_usage domains foreign_data_wrapper_options foreign_data_wrappers foreign_server_options
    foreign_servers foreign_table_options foreign_tables information_schema_catalog_name parameters
    sequences transforms triggered_update_columns user_mapping_options user_mappings`
    .split(/\s+/)
    .map((name) => `information_schema.${name}`),
  'pg_catalog.pg_cursors',
];
/** Columns that PostgreSQL 9.5 had, the version that the server names to clients; gone in 15. */
const OLD_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'pg_catalog.pg_proc': ['proisagg boolean', 'proiswindow boolean', 'protransform regproc'],
  'pg_catalog.pg_am': `amstrategies amsupport`
    .split(' ')
    .map((name) => `${name} smallint`)
    .concat(
      `amcanorder amcanorderbyop amcanbackward amcanunique amcanmulticol amoptionalkey amsearcharray amsearchnulls
        amstorage amclusterable ampredlocks`
        .split(/\s+/)
        .map((name) => `${name} boolean`),
    ),
  'pg_catalog.pg_database': ['datlastsysoid oid'],
  'pg_catalog.pg_constraint': ['consrc text?'],
};
/** Relations that hold verifiers of passwords: for superusers only. */
const GUARDED: ReadonlySet<string> = new Set(['pg_catalog.pg_shadow']);
/** First OID of the views; those of tables are PostgreSQL's own. */
const FIRST_VIEW_OID = 19201;

/** Types that the server doesn't have, or that its other relations show as text. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  name: 'text',
  'name[]': 'text[]',
  pg_node_tree: 'text',
  anyarray: 'text',
  inet: 'text',
  pg_lsn: 'text',
  pg_ndistinct: 'text',
  pg_dependencies: 'text',
  pg_mcv_list: 'text',
  'pg_statistic[]': 'text[]',
  'information_schema.cardinal_number': 'integer',
  'information_schema.character_data': 'text',
  'information_schema.sql_identifier': 'text',
  'information_schema.yes_or_no': 'text',
  'information_schema.time_stamp': 'timestamp with time zone',
  'character varying': 'text',
};

const COLUMNS = `
  SELECT n.nspname || '.' || c.relname AS relation, c.relkind::text, c.oid::int, a.attname AS name,
    format_type(a.atttypid, NULL) AS type, a.attnotnull AS strict
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v') AND a.attnum > 0
  ORDER BY n.nspname, c.relname, a.attnum`;
interface Column {
  readonly relation: string;
  readonly relkind: string;
  readonly oid: number;
  readonly name: string;
  readonly type: string;
  readonly strict: boolean;
}

const TYPES = `
  SELECT oid::int, typoutput::oid::int AS output, typsend::oid::int AS send, typmodin::oid::int AS modin, typmodout::oid::int AS modout,
    typbyval::int::text || typispreferred::int::text AS flags, typalign::text AS align, typstorage::text AS storage
  FROM pg_type WHERE oid = ANY($1) ORDER BY oid`;

const client = new pg.Client({ connectionString: process.argv[2] });
await client.connect();
const columns = (await client.query<Column>(COLUMNS)).rows;
const types = (await client.query<Record<string, string | number>>(TYPES, [allTypes().map(({ oid }) => oid)]))
  .rows;
await client.end();

const known = new Map(CATALOG_SHAPES.map(([schema, name, , , , , text]) => [`${schema}.${name}`, text]));
const line = ({ name, type, strict }: Column): string =>
  `${name} ${TYPE_NAMES[type] ?? type}${strict ? '' : '?'}`;

function missingColumns(relation: string): readonly string[] {
  const shape = known.get(relation) ?? '';
  const has = new Set(shape.split('\n').map((text) => text.split(' ')[0]));
  const missing = columns.filter((column) => column.relation === relation && !has.has(column.name)).map(line);
  return [...missing, ...(OLD_COLUMNS[relation] ?? [])];
}

function shapeOf(relation: string, viewOid: () => number): readonly (string | number)[] {
  const own = columns.filter((column) => column.relation === relation);
  const [first] = own;
  if (first === undefined) throw new Error(`PostgreSQL has no ${relation}`);
  const [schema = '', name = ''] = relation.split('.');
  const table = first.relkind === 'r';
  return [
    schema,
    name,
    table ? 'table' : 'view',
    table ? first.oid : viewOid(),
    GUARDED.has(relation) ? '' : 'PUBLIC',
    '',
    own.map(line).join('\n'),
  ];
}

let nextOid = FIRST_VIEW_OID;
const appended = [...new Set(columns.map(({ relation }) => relation))]
  .filter((relation) => known.has(relation))
  .map((relation) => [relation, missingColumns(relation).join('\n')] as const)
  .filter(([, text]) => text !== '');
const added = ADDED.filter((relation) => !known.has(relation)).map((relation) =>
  shapeOf(relation, () => nextOid++),
);

const json = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll('\\n', '\n')
    .replaceAll(/"((?:[^"\\]|\\")*\n(?:[^"\\]|\\")*)"/g, '`$1`')
    .replaceAll('\\"', '"');
writeFileSync(
  'src/relations/data/postgres-shapes.ts',
  `// Generated by scripts/generate-pg-shapes.ts from PostgreSQL 15's catalog; do not edit.
import type { ShapeRow } from './shape.ts';

/** Columns of PostgreSQL that its clients read, by relation; they stand after the relation's own. */
export const POSTGRES_COLUMNS: readonly (readonly [relation: string, columns: string])[] = [
${appended.map((entry) => `  ${json(entry)},`).join('\n')}
];

/** Relations of PostgreSQL that its clients read. */
export const POSTGRES_SHAPES: readonly ShapeRow[] = [
${added.map((entry) => `  ${json(entry)},`).join('\n')}
];
`,
);
writeFileSync(
  'src/relations/data/postgres-types.ts',
  `// Generated by scripts/generate-pg-shapes.ts from PostgreSQL 15's pg_type; do not edit.

/**
 * What pg_type says of a built-in type: OID, OIDs of typoutput, typsend, typmodin and typmodout, passed by value,
 * preferred in its category, typalign, typstorage.
 */
export type PostgresTypeRow = readonly [
  oid: number,
  output: number,
  send: number,
  modin: number,
  modout: number,
  byValue: boolean,
  preferred: boolean,
  align: string,
  storage: string,
];

export const POSTGRES_TYPES: readonly PostgresTypeRow[] = [
${types.map(({ oid, output, send, modin, modout, flags, align, storage }) => `  ${JSON.stringify([oid, output, send, modin, modout, String(flags)[0] === '1', String(flags)[1] === '1', align, storage])},`).join('\n')}
];
`,
);
