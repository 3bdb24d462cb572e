/**
 * Statement nodes to text in normal form. Secret values and passwords never print, whatever the style: their place holds
 * `'<REDACTED>'`.
 */
import { clauses, PRETTY_WIDTH, render, type Doc } from './doc.ts';
import type { Statement, StatementKind, StatementOf } from './nodes.ts';
import { ident, idents, literal, name, names, type PrintStyle } from './printers/context.ts';
import * as Create from './printers/create.ts';
import * as Other from './printers/other.ts';
import * as Source from './printers/source.ts';
import { normalizeText } from './printers/tokens.ts';
import { expression, options, query } from './printers/values.ts';

export { isReservedForPrinting } from './keywords.ts';
export { quoteIdent, quoteIdentAlways, quoteLiteral, quoteName } from './quote.ts';
export { redact } from './redact.ts';

/**
 * | form | used for | shape |
 * | --- | --- | --- |
 * | simple | error texts, `redacted_create_sql` | one line, names bare where they may be |
 * | pretty | SHOW CREATE, `pretty_sql()` | clauses wrapped at 100 columns, `;` at the end |
 * | stable | the durable catalog, `create_sql` | one line, every name in quotes, items as `[u1 AS "a"."b"."c"]` |
 *
 * An item prints with its id in any form when its name carries one: set `id` for the stable form only.
 */
export type PrintForm = 'simple' | 'pretty' | 'stable';

export interface PrintOptions {
  /** Default `simple`. */
  readonly form?: PrintForm;
  /** Replace literals by `'<REDACTED>'`. */
  readonly redacted?: boolean;
}

/** The statement as text; `pretty` ends in a semicolon, the other forms do not. */
export function printStatement(
  node: Statement,
  { form = 'simple', redacted = false }: PrintOptions = {},
): string {
  const doc = statementDoc({ redacted, quoteAll: form === 'stable', hideCredentials: false }, node);
  if (form !== 'pretty') return render(doc, Infinity);
  return `${render(doc, PRETTY_WIDTH)};`;
}

type Printers = { readonly [K in StatementKind]: (style: PrintStyle, node: StatementOf<K>) => Doc };

const { words } = Create;

function inner(style: PrintStyle): (node: Statement) => string {
  return (node) => render(statementDoc(style, node), Infinity);
}

const PRINTERS = {
  'create secret': Create.createSecret,
  'alter secret': Other.alterSecret,
  'create connection': Create.createConnection,
  'alter connection': Other.alterConnection,
  'validate connection': (style, node) => `VALIDATE CONNECTION ${name(style, node.name)}`,
  'create cluster': Create.createCluster,
  'create cluster replica': Create.createClusterReplica,
  'alter cluster': Other.alterCluster,
  'create table': Create.createTable,
  'create table from source': Source.createTableFromSource,
  'create table from webhook': Source.createTableFromWebhook,
  'create view': Create.createView,
  'create materialized view': Create.createMaterializedView,
  'create index': Create.createIndex,
  'create type': Create.createType,
  'create database': (style, node) =>
    words('CREATE DATABASE', node.ifNotExists && 'IF NOT EXISTS', ident(style, node.name)),
  'create schema': (style, node) =>
    words('CREATE SCHEMA', node.ifNotExists && 'IF NOT EXISTS', name(style, node.name)),
  'create role': Create.createRole,
  'alter role': Other.alterRole,
  'create network policy': Create.createNetworkPolicy,
  'alter network policy': (style, node) =>
    `ALTER NETWORK POLICY ${ident(style, node.name)} SET (${options(style, node.options)})`,
  'create source': Source.createSource,
  'create subsource': Source.createSubsource,
  'alter source': Other.alterSource,
  'create sink': Source.createSink,
  'alter sink': Other.alterSink,
  'drop objects': (style, node) =>
    words(
      'DROP',
      node.objectKind.toUpperCase(),
      node.ifExists && 'IF EXISTS',
      names(style, node.names),
      Other.behavior(node.behavior),
    ),
  'alter rename': (style, node) => `${Other.alterHead(style, node)} RENAME TO ${ident(style, node.to)}`,
  'alter swap': (style, node) => `${Other.alterHead(style, node)} SWAP WITH ${ident(style, node.with)}`,
  'alter owner': (style, node) => `${Other.alterHead(style, node)} OWNER TO ${ident(style, node.to)}`,
  'alter set cluster': Other.alterSetCluster,
  'alter retain history': Other.alterRetainHistory,
  'alter table add column': (style, node) =>
    words(
      'ALTER TABLE',
      node.ifExists && 'IF EXISTS',
      name(style, node.name),
      'ADD COLUMN',
      node.ifColumnNotExists && 'IF NOT EXISTS',
      ident(style, node.column),
      normalizeText(style, node.typeSql),
    ),
  'alter apply replacement': (style, node) =>
    words(
      'ALTER MATERIALIZED VIEW',
      node.ifExists && 'IF EXISTS',
      name(style, node.name),
      'APPLY REPLACEMENT',
      name(style, node.replacement),
    ),
  comment: (style, node) =>
    words(
      'COMMENT ON',
      node.target.toUpperCase(),
      name(style, node.name),
      'IS',
      node.comment === null ? 'NULL' : literal(style, node.comment),
    ),
  'grant privileges': (style, node) =>
    words(
      'GRANT',
      Other.privileges(node.privileges),
      'ON',
      Other.grantTarget(style, node.target),
      'TO',
      idents(style, node.roles),
    ),
  'revoke privileges': (style, node) =>
    words(
      'REVOKE',
      Other.privileges(node.privileges),
      'ON',
      Other.grantTarget(style, node.target),
      'FROM',
      idents(style, node.roles),
    ),
  'grant role': (style, node) => words('GRANT', idents(style, node.roles), 'TO', idents(style, node.members)),
  'revoke role': (style, node) =>
    words('REVOKE', idents(style, node.roles), 'FROM', idents(style, node.members)),
  'alter default privileges': Other.alterDefaultPrivileges,
  'reassign owned': (style, node) =>
    `REASSIGN OWNED BY ${idents(style, node.roles)} TO ${ident(style, node.to)}`,
  'drop owned': (style, node) =>
    words('DROP OWNED BY', idents(style, node.roles), Other.behavior(node.behavior)),
  'show objects': Other.showObjects,
  'show columns': (style, node) =>
    words('SHOW COLUMNS FROM', name(style, node.relation), Other.showFilter(style, node.filter)),
  'show create': (style, node) =>
    words(
      'SHOW',
      node.redacted && 'REDACTED',
      'CREATE',
      node.objectKind.toUpperCase(),
      name(style, node.name),
    ),
  'show variable': (style, node) => `SHOW ${node.name === null ? 'ALL' : ident(style, node.name)}`,
  'set variable': (style, node) =>
    words('SET', node.local && 'LOCAL', ident(style, node.name), '=', Other.variableValue(style, node.value)),
  'reset variable': (style, node) => `RESET ${node.name === null ? 'ALL' : ident(style, node.name)}`,
  'set transaction': (_style, node) =>
    words(
      'SET',
      node.session ? 'SESSION CHARACTERISTICS AS TRANSACTION' : 'TRANSACTION',
      Other.transactionModes(node.modes),
    ),
  begin: (_style, node) => words('BEGIN', Other.transactionModes(node.modes)),
  commit: (_style, node) => words('COMMIT', node.chain && 'AND CHAIN'),
  rollback: (_style, node) => words('ROLLBACK', node.chain && 'AND CHAIN'),
  unlisten: (style, node) => `UNLISTEN ${node.channel === null ? '*' : ident(style, node.channel)}`,
  discard: (_style, node) => `DISCARD ${node.target.toUpperCase()}`,
  'alter system set': (style, node) =>
    `ALTER SYSTEM SET ${ident(style, node.name)} = ${Other.variableValue(style, node.value)}`,
  'alter system reset': (style, node) => `ALTER SYSTEM RESET ${ident(style, node.name)}`,
  'alter system reset all': () => 'ALTER SYSTEM RESET ALL',
  prepare: (style, node) => Other.prepare(style, node, inner(style)),
  execute: Other.execute,
  deallocate: (style, node) => `DEALLOCATE ${node.name === null ? 'ALL' : ident(style, node.name)}`,
  declare: (style, node) => `DECLARE ${ident(style, node.name)} CURSOR FOR ${inner(style)(node.statement)}`,
  fetch: Other.fetch,
  close: (style, node) => `CLOSE ${node.name === null ? 'ALL' : ident(style, node.name)}`,
  copy: (style, node) => Other.copy(style, node, inner(style)),
  explain: (style, node) => Other.explain(style, node, inner(style)),
  subscribe: (style, node) =>
    clauses([
      node.relation.kind === 'name'
        ? `SUBSCRIBE ${name(style, node.relation.name)}`
        : ['SUBSCRIBE (', query(style, node.relation.query), ')'],
      node.options.length === 0 ? null : `WITH (${options(style, node.options)})`,
      node.asOf === null
        ? null
        : `AS OF ${node.asOf.atLeast ? 'AT LEAST ' : ''}${expression(style, node.asOf.time)}`,
      node.upTo === null ? null : `UP TO ${expression(style, node.upTo)}`,
    ]),
  raise: (_style, node) => `RAISE ${node.severity}`,
  select: (style, node) => query(style, node.query),
  insert: (style, node) => normalizeText(style, node.sql),
  update: (style, node) => normalizeText(style, node.sql),
  delete: (style, node) => normalizeText(style, node.sql),
} satisfies Printers;

/** The statement as a document, for whoever lays it out. */
export function statementDoc(style: PrintStyle, node: Statement): Doc {
  // Each entry takes the node of its own kind, which the table's type has checked.
  return (PRINTERS[node.kind] as (style: PrintStyle, node: Statement) => Doc)(style, node);
}

/** Every kind of statement, as the table has them. */
export const PRINTED_KINDS = Object.keys(PRINTERS) as readonly StatementKind[];
