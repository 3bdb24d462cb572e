/** CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE INDEX, CREATE TYPE. */
import type { OptionValue, Statement, TypeOption } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseOptionalInCluster, takeIfNotExists } from './common.ts';
import { parseExpression, parseRestAsQuery, parseType } from './expression.ts';
import { parseOptionalWith, PARTITION_BY, RETAIN_HISTORY, type OptionTable } from './options.ts';
import { parseTableElements } from './table.ts';

/** ["(" name,... ")"] */
function parseOptionalColumnNames(stream: TokenStream): string[] {
  return stream.is('left parenthesis') ? stream.parenthesized(() => stream.identifier()) : [];
}

/** create_view = "CREATE" [OR REPLACE] [TEMP] "VIEW" [IF NOT EXISTS] item ["(" name,... ")"] "AS" query */
export function parseCreateView(stream: TokenStream, orReplace: boolean, temporary: boolean): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const name = stream.objectName();
  const columns = parseOptionalColumnNames(stream);
  stream.expectKeyword('AS');
  return {
    kind: 'create view',
    orReplace,
    temporary,
    ifNotExists,
    name,
    columns,
    query: parseRestAsQuery(stream),
  };
}

const VIEW_OPTIONS: OptionTable = [
  { words: 'ASSERT NOT NULL' },
  PARTITION_BY,
  RETAIN_HISTORY,
  { words: 'REFRESH', value: parseRefreshValue },
];

/** "ON" "COMMIT" | "AT" ("CREATION" | expr) | "EVERY" interval ["ALIGNED" "TO" expr] */
function parseRefreshValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  switch (stream.expectOneOf(['AT', 'EVERY', 'ON'])) {
    case 'ON':
      stream.expectKeyword('COMMIT');
      return { kind: 'refresh', refresh: { kind: 'on commit' }, span: stream.spanFrom(start) };
    case 'AT': {
      if (stream.takeKeyword('CREATION')) {
        return { kind: 'refresh', refresh: { kind: 'at creation' }, span: stream.spanFrom(start) };
      }
      const time = parseExpression(stream);
      return { kind: 'refresh', refresh: { kind: 'at', time }, span: stream.spanFrom(start) };
    }
    case 'EVERY': {
      stream.takeKeyword('INTERVAL');
      const interval = stream.literalString();
      const alignedTo = stream.takeKeywords('ALIGNED TO') ? parseExpression(stream) : null;
      return {
        kind: 'refresh',
        refresh: { kind: 'every', interval, alignedTo },
        span: stream.spanFrom(start),
      };
    }
  }
}

/**
 * create_mv = "CREATE" [OR REPLACE] ["REPLACEMENT"] "MATERIALIZED" "VIEW" [IF NOT EXISTS] item ["FOR" item]
 *             ["(" name,... ")"] [IN CLUSTER c] [WITH (...)] "AS" query
 */
export function parseCreateMaterializedView(
  stream: TokenStream,
  orReplace: boolean,
  replacement: boolean,
): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const name = stream.objectName();
  if (replacement) stream.expectKeyword('FOR');
  const replacementFor = replacement ? stream.itemName() : null;
  const columns = parseOptionalColumnNames(stream);
  const cluster = parseOptionalInCluster(stream);
  const options = parseOptionalWith(stream, VIEW_OPTIONS);
  stream.expectKeyword('AS');
  const query = parseRestAsQuery(stream);
  return {
    kind: 'create materialized view',
    orReplace,
    ifNotExists,
    name,
    replacementFor,
    columns,
    cluster,
    options,
    query,
  };
}

const INDEX_OPTIONS: OptionTable = [RETAIN_HISTORY];

/**
 * create_index = "CREATE" ["DEFAULT"] "INDEX" [IF NOT EXISTS] [name] [IN CLUSTER c] "ON" item
 *                ["USING" "ARRANGEMENT"] ["(" expr,... ")"] [WITH (...)]
 */
export function parseCreateIndex(stream: TokenStream, isDefault: boolean): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const isNamed = !stream.isKeyword('IN') && !stream.isKeyword('ON');
  const name = isNamed ? stream.identifier() : null;
  const cluster = parseOptionalInCluster(stream);
  stream.expectKeyword('ON');
  const on = stream.itemName();
  if (stream.takeKeyword('USING')) stream.expectKeyword('ARRANGEMENT');
  const keys = isDefault ? null : stream.parenthesized(() => parseExpression(stream), true);
  const options = parseOptionalWith(stream, INDEX_OPTIONS);
  return { kind: 'create index', isDefault, ifNotExists, name, cluster, on, keys, options };
}

/** create_type = "CREATE" "TYPE" name "AS" ("LIST" "(" ... ")" | "MAP" "(" ... ")" | "(" column,... ")") */
export function parseCreateType(stream: TokenStream): Statement {
  const name = stream.objectName();
  stream.expectKeyword('AS');
  const word = stream.takeOneOf(['LIST', 'MAP']);
  if (word === 'LIST') {
    const options = stream.parenthesized(() => parseTypeOption(stream, ['ELEMENT']));
    return { kind: 'create type', name, definition: { kind: 'list', options } };
  }
  if (word === 'MAP') {
    const options = stream.parenthesized(() => parseTypeOption(stream, ['KEY', 'VALUE']));
    return { kind: 'create type', name, definition: { kind: 'map', options } };
  }
  if (!stream.is('left parenthesis')) stream.expected('one of LIST or MAP or left parenthesis');
  const at = stream.at;
  const { columns, columnNames } = parseTableElements(stream);
  if (columnNames.length > 0) stream.expected('a data type name', stream.tokens[at + 2]);
  return { kind: 'create type', name, definition: { kind: 'record', columns } };
}

/** ("ELEMENT" | "KEY" | "VALUE") "TYPE" ["="] type */
function parseTypeOption(stream: TokenStream, words: readonly ('ELEMENT' | 'KEY' | 'VALUE')[]): TypeOption {
  const word = stream.expectOneOf(words);
  stream.expectKeyword('TYPE');
  stream.take('equals sign');
  return { name: `${word} TYPE`, type: parseType(stream) };
}
