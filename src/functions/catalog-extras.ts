/** pg_catalog functions that dump and introspection tools call beside the common ones. */
import { AclItemDatum, type Datum, type Row, SqlArray } from '../types/datum.ts';
import { alike, arg, made, type RowsTable, type ScalarTable } from './define.ts';

/** Rows are never frozen here: every xid is PostgreSQL's permanent one, whose age is the greatest. */
const PERMANENT_AGE = 2147483647;

/** What the owner (and PUBLIC) of a kind of object has when nothing was granted, by pg_default_acl's letters. */
const DEFAULT_PRIVILEGES: Readonly<Record<string, { readonly owner: string; readonly everybody: string }>> = {
  r: { owner: 'arwd', everybody: '' },
  d: { owner: 'UC', everybody: '' },
  n: { owner: 'UC', everybody: '' },
  T: { owner: 'U', everybody: 'U' },
};

function defaultAcl(kind: string, owner: number): SqlArray {
  const found = DEFAULT_PRIVILEGES[kind];
  if (found === undefined) return new SqlArray([]);
  const items = [new AclItemDatum(String(owner), found.owner, String(owner))];
  if (found.everybody !== '') items.unshift(new AclItemDatum('0', found.everybody, String(owner)));
  return new SqlArray(items);
}

const TEXTUAL = new Set(['text', 'varchar', 'bpchar', 'name']);

export const catalogExtras: ScalarTable = {
  ...alike(['age(xid)', 'mxid_age(xid)'], () => PERMANENT_AGE),
  'acldefault(char,oid)': defaultAcl,
  'pg_jit_available()': () => false,
  'pg_relation_is_publishable(regclass)': () => false,
  // Text compares by code point; nothing else has a collation.
  'pg_collation_for(any)': made(
    (types) => () => (TEXTUAL.has(types.args[0]?.name ?? '') ? '"default"' : null),
  ),
};

/** `name=value` texts as rows, the value NULL where there is no equals sign: options of foreign data wrappers. */
function* options(array: SqlArray): Generator<Row> {
  for (const option of array.elements as readonly (string | null)[]) {
    if (option === null) continue;
    const at = option.indexOf('=');
    yield at < 0 ? [option, null] : [option.slice(0, at), option.slice(at + 1)];
  }
}

const nothing = { make: () => (): readonly Row[] => [] };

export const catalogExtraRows: RowsTable = {
  'pg_options_to_table(_text)': { make: () => (args: readonly Datum[]) => options(arg(args, 0) as SqlArray) },
  // There are no extensions, replication slots, publications or partitions to list.
  'pg_available_extensions()': nothing,
  'pg_available_extension_versions()': nothing,
  'pg_get_replication_slots()': nothing,
  'pg_get_publication_tables(text)': nothing,
  'pg_partition_tree(regclass)': nothing,
  'pg_partition_ancestors(regclass)': nothing,
};
