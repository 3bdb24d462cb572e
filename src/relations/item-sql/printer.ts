/** Words of CREATE statements: names, references, values and types, in each of the forms they are printed in. */
import type { Id } from '../../catalog/ids.ts';
import type { ColumnRecord, StoredQuery } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { tokenize } from '../../sql/lexer.ts';
import { quoteIdent, quoteIdentAlways, quoteLiteral } from '../../sql/quote.ts';
import { typeByOid } from '../../types/registry.ts';
import { formatTypmod } from '../../types/typmod.ts';
import { objectById, objectByOid, type CatalogObject } from '../objects.ts';
import { databaseNameOf, schemaName } from '../visibility.ts';

/**
 * - `stable`: every identifier quoted, references by id (`[u1 AS "materialize"."public"."s"]`), one line, no semicolon;
 * - `simple`: quotes where needed, one line, no semicolon;
 * - `redacted`: simple, with the literals of expressions masked;
 * - `pretty`: simple, wrapped at 100 columns, with a semicolon.
 */
export type SqlForm = 'stable' | 'simple' | 'pretty' | 'redacted';

/** What a literal is replaced by in redacted text. */
export const REDACTED_LITERAL = `'<REDACTED>'`;

/** Prints the words of statements for one form over one snapshot. */
export class ItemPrinter {
  readonly snapshot: Snapshot;
  readonly form: SqlForm;

  constructor(snapshot: Snapshot, form: SqlForm) {
    this.snapshot = snapshot;
    this.form = form;
  }

  ident(name: string): string {
    return this.form === 'stable' ? quoteIdentAlways(name) : quoteIdent(name);
  }

  /** A name of several parts. */
  path(parts: readonly string[]): string {
    return parts.map((part) => this.ident(part)).join('.');
  }

  /** Database, schema and name of an object of the catalog, without the database for built-in schemas. */
  fullName(object: Pick<CatalogObject, 'schemaId' | 'name'>): string {
    const database = databaseNameOf(this.snapshot, object.schemaId);
    const schema = schemaName(this.snapshot, object.schemaId);
    return this.path([...(database === null ? [] : [database]), schema, object.name]);
  }

  /** A reference to an item or a built-in object, by its name of today. */
  reference(id: Id): string {
    const object = objectById(this.snapshot, id);
    if (object === undefined) return this.form === 'stable' ? `[${id}]` : this.ident(id);
    return this.named(object);
  }

  named(object: CatalogObject): string {
    const name = this.fullName(object);
    return this.form === 'stable' ? `[${object.id} AS ${name}]` : name;
  }

  /** A cluster by its name of today; in stable text by id. */
  cluster(id: Id): string {
    if (this.form === 'stable') return `[${id}]`;
    return this.ident(this.snapshot.clusters.get(id)?.name ?? id);
  }

  literal(value: string): string {
    return quoteLiteral(value);
  }

  /** A type by OID with its modifier: `pg_catalog.varchar(10)`, a user's type by its name. */
  type(oid: number, typmod = -1, typeText?: string): string {
    const builtIn = typeByOid(oid);
    if (typeText !== undefined && (builtIn === undefined || builtIn.kind === 'pseudo')) return typeText;
    if (builtIn?.kind === 'array' && builtIn.element !== undefined) {
      return `${this.type(builtIn.element.oid, typmod)}[]`;
    }
    const object = objectByOid(this.snapshot, oid);
    const modifier = builtIn === undefined ? '' : formatTypmod(builtIn, typmod);
    return object === undefined ? (typeText ?? `${oid}`) : this.fullName(object) + modifier;
  }

  /** `name type [NOT NULL] [DEFAULT expression]` */
  column(column: ColumnRecord): string {
    const { name, typeOid, typmod, typeText, nullable, defaultSql } = column;
    const notNull = nullable ? '' : ' NOT NULL';
    const preset = defaultSql === undefined ? '' : ` DEFAULT ${this.expression(defaultSql)}`;
    return `${this.ident(name)} ${this.type(typeOid, typmod, typeText)}${notNull}${preset}`;
  }

  /** SQL text of an expression; its literals are masked in the redacted form. */
  expression(sql: string): string {
    return this.form === 'redacted' ? redactLiterals(sql) : sql;
  }

  /** A stored query with the names its relations have today. */
  query({ sql, references }: StoredQuery): string {
    let text = '';
    let from = 0;
    for (const { start, end, id, alias } of references) {
      text += this.expression(sql.slice(from, start)) + this.reference(id);
      if (alias !== undefined) text += ` AS ${this.ident(alias)}`;
      from = end;
    }
    return (text + this.expression(sql.slice(from))).trim();
  }
}

const LITERALS: ReadonlySet<string> = new Set(['string', 'hex string', 'number']);

/**
 * Masks the string and number literals of a piece of SQL. Text that does not lex is masked as a whole: nothing that
 * could be a value is let through.
 */
export function redactLiterals(sql: string): string {
  let tokens;
  try {
    tokens = tokenize(sql);
  } catch {
    return REDACTED_LITERAL;
  }
  let text = '';
  let from = 0;
  for (const token of tokens) {
    if (!LITERALS.has(token.kind)) continue;
    text += sql.slice(from, token.start) + REDACTED_LITERAL;
    from = token.end;
  }
  return text + sql.slice(from);
}

/** `NAME = value, ...` of options that are kept as printed SQL text. */
export function keptOptions(options: readonly { readonly name: string; readonly value: string }[]): string {
  return options.map(({ name, value }) => `${name} = ${value}`).join(', ');
}

/** The plain text of an option's value, whether or not it is kept in quotes. */
export function plainValue(value: string): string {
  return /^'.*'$/s.test(value) ? value.slice(1, -1).replaceAll("''", "'") : value;
}
