/** CREATE TABLE in its three forms, and column definitions. */
import type { ColumnConstraint, ColumnDefinition, ObjectName, Statement, TableConstraint } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { takeIfNotExists } from './common.ts';
import { parseExpression, parseParenthesizedExpression, parseType } from './expression.ts';
import { parseOptionalEnvelope, parseOptionalFormat, parseOptionalInclude, parseWebhook } from './format.ts';
import {
  parseNamesValue,
  parseOptionalWith,
  PARTITION_BY,
  RETAIN_HISTORY,
  type OptionTable,
} from './options.ts';

const TABLE_OPTIONS: OptionTable = [PARTITION_BY, RETAIN_HISTORY];
const SOURCE_TABLE_OPTIONS: OptionTable = [
  { words: 'TEXT COLUMNS', value: parseNamesValue },
  { words: 'EXCLUDE COLUMNS', value: parseNamesValue },
  { words: 'DETAILS' },
  PARTITION_BY,
  RETAIN_HISTORY,
];

/** What stands between the parentheses of CREATE TABLE. */
interface TableElements {
  /** Names without a type: legal only in CREATE TABLE ... FROM SOURCE. */
  readonly columnNames: readonly string[];
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
}

/**
 * create_table = "CREATE" [TEMP] "TABLE" [IF NOT EXISTS] item
 *                ( "(" elements ")" [WITH (...)] | ["(" elements ")"] "FROM" "SOURCE" ... | "FROM" "WEBHOOK" ... )
 */
export function parseCreateTable(stream: TokenStream, temporary: boolean): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const name = stream.objectName();
  if (stream.isKeywords('FROM WEBHOOK')) {
    stream.advance();
    stream.advance();
    return { kind: 'create table from webhook', ifNotExists, name, webhook: parseWebhook(stream) };
  }
  const hasElements = stream.is('left parenthesis');
  if (!hasElements && !stream.isKeyword('FROM')) stream.expected('a list of columns in parentheses');
  const elementsAt = stream.at;
  const elements = hasElements
    ? parseTableElements(stream)
    : { columnNames: [], columns: [], constraints: [] };
  if (stream.takeKeyword('FROM')) {
    stream.expectKeyword('SOURCE');
    return parseFromSource(stream, { temporary, ifNotExists, name }, elements);
  }
  if (elements.columnNames.length > 0) failAtUntypedColumn(stream, elementsAt);
  const options = parseOptionalWith(stream, TABLE_OPTIONS);
  const { columns, constraints } = elements;
  return { kind: 'create table', temporary, ifNotExists, name, columns, constraints, options };
}

/** A column without a type in an ordinary table: reads the list again to find the place. */
function failAtUntypedColumn(stream: TokenStream, elementsAt: number): never {
  stream.at = elementsAt;
  stream.expect('left parenthesis');
  for (;;) {
    if (!stream.isIdentifier() || stream.is('comma', 1) || stream.is('right parenthesis', 1)) break;
    parseElement(stream, { columnNames: [], columns: [], constraints: [] });
    if (!stream.take('comma')) break;
  }
  stream.advance();
  return stream.expected('a data type name');
}

function parseFromSource(
  stream: TokenStream,
  head: { readonly temporary: boolean; readonly ifNotExists: boolean; readonly name: ObjectName },
  elements: TableElements,
): Statement {
  const source = stream.itemName();
  let reference: ObjectName | null = null;
  if (stream.take('left parenthesis')) {
    if (stream.takeKeyword('REFERENCE')) stream.take('equals sign');
    reference = stream.objectName();
    stream.expect('right parenthesis');
  }
  const format = parseOptionalFormat(stream);
  const include = parseOptionalInclude(stream);
  const envelope = parseOptionalEnvelope(stream);
  const options = parseOptionalWith(stream, SOURCE_TABLE_OPTIONS);
  return {
    kind: 'create table from source',
    ...head,
    ...elements,
    source,
    reference,
    format,
    include,
    envelope,
    options,
  };
}

/** "(" [element,...] ")" */
export function parseTableElements(stream: TokenStream): TableElements {
  const elements = {
    columnNames: [] as string[],
    columns: [] as ColumnDefinition[],
    constraints: [] as TableConstraint[],
  };
  stream.parenthesized(() => parseElement(stream, elements), true);
  return elements;
}

function parseElement(
  stream: TokenStream,
  into: { columnNames: string[]; columns: ColumnDefinition[]; constraints: TableConstraint[] },
): void {
  const constraint = parseOptionalTableConstraint(stream);
  if (constraint !== null) {
    into.constraints.push(constraint);
    return;
  }
  const name = stream.identifier();
  if (stream.is('comma') || stream.is('right parenthesis')) into.columnNames.push(name);
  else into.columns.push(parseColumn(stream, name));
}

/** column = name type ["COLLATE" name] {["CONSTRAINT" name] constraint} */
function parseColumn(stream: TokenStream, name: string): ColumnDefinition {
  const type = parseType(stream);
  const collation = stream.takeKeyword('COLLATE') ? stream.objectName() : null;
  const constraints: { name: string | null; constraint: ColumnConstraint }[] = [];
  for (;;) {
    const constraintName = stream.takeKeyword('CONSTRAINT') ? stream.identifier() : null;
    const constraint = parseOptionalColumnConstraint(stream);
    if (constraint === null) {
      if (constraintName !== null) stream.expected('column constraint');
      break;
    }
    constraints.push({ name: constraintName, constraint });
  }
  if (!stream.is('comma') && !stream.is('right parenthesis'))
    stream.expected('column name or constraint definition');
  return { name, type, collation, constraints };
}

/** constraint = NOT NULL | NULL | DEFAULT expr | PRIMARY KEY | UNIQUE | REFERENCES item [(col)] | CHECK (expr) */
function parseOptionalColumnConstraint(stream: TokenStream): ColumnConstraint | null {
  if (stream.takeKeywords('NOT NULL')) return { kind: 'not null' };
  if (stream.takeKeyword('NULL')) return { kind: 'null' };
  if (stream.takeKeyword('DEFAULT'))
    return { kind: 'default', value: parseExpression(stream, (at) => startsConstraint(stream, at)) };
  if (stream.takeKeywords('PRIMARY KEY')) return { kind: 'primary key' };
  if (stream.takeKeyword('UNIQUE')) return { kind: 'unique' };
  if (stream.takeKeyword('REFERENCES')) {
    const table = stream.itemName();
    const columns = stream.is('left parenthesis') ? stream.parenthesized(() => stream.identifier()) : [];
    return { kind: 'references', table, columns };
  }
  if (stream.takeKeyword('CHECK')) return { kind: 'check', condition: parseParenthesizedExpression(stream) };
  return null;
}

const CONSTRAINT_STARTS: ReadonlySet<string> = new Set([
  'PRIMARY',
  'UNIQUE',
  'REFERENCES',
  'CHECK',
  'CONSTRAINT',
  'DEFAULT',
  'NULL',
]);

/** Whether a column's default ends at this token: `DEFAULT 1 NOT NULL`, but not `DEFAULT x IS NOT NULL`. */
function startsConstraint(stream: TokenStream, at: number): boolean {
  const token = stream.tokens[at];
  const before = stream.tokens[at - 1];
  if (
    token?.kind !== 'keyword' ||
    (before?.kind === 'keyword' && (before.value === 'IS' || before.value === 'NOT'))
  )
    return false;
  if (token.value !== 'NOT') return CONSTRAINT_STARTS.has(token.value);
  const after = stream.tokens[at + 1];
  return after?.kind === 'keyword' && after.value === 'NULL';
}

/** ["CONSTRAINT" name] (UNIQUE (..) | PRIMARY KEY (..) | FOREIGN KEY (..) REFERENCES item (..) | CHECK (expr)) */
function parseOptionalTableConstraint(stream: TokenStream): TableConstraint | null {
  const name = stream.isKeyword('CONSTRAINT') && stream.isIdentifier(1) ? takeConstraintName(stream) : null;
  const columns = (): string[] => stream.parenthesized(() => stream.identifier());
  if (stream.takeKeyword('UNIQUE')) {
    const nullsNotDistinct = stream.takeKeywords('NULLS NOT DISTINCT');
    return { kind: 'unique', name, columns: columns(), nullsNotDistinct };
  }
  if (stream.takeKeywords('PRIMARY KEY')) return { kind: 'primary key', name, columns: columns() };
  if (stream.takeKeywords('FOREIGN KEY')) {
    const own = columns();
    stream.expectKeyword('REFERENCES');
    const table = stream.itemName();
    return { kind: 'foreign key', name, columns: own, table, referenced: columns() };
  }
  if (stream.takeKeyword('CHECK'))
    return { kind: 'check', name, condition: parseParenthesizedExpression(stream) };
  if (name !== null) stream.expected('PRIMARY, UNIQUE, FOREIGN, or CHECK');
  return null;
}

function takeConstraintName(stream: TokenStream): string {
  stream.advance();
  return stream.identifier();
}
