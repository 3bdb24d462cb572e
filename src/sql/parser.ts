/** Text to statement nodes. */
import { tokenize, tokenizeInSteps, type Token } from './lexer.ts';
import type { Expression, ParsedStatement, Query, Statement, StatementKind, TypeRef } from './nodes.ts';
import { parseExpressionUpTo, parseRestAsQuery, parseType, postgresText } from './parsers/expression.ts';
import { isPostgresStatement, parseStatementBody } from './parsers/statement.ts';
import { parseAhead } from './postgres.ts';
import { TokenStream } from './token-stream.ts';

export { loadParser } from './postgres.ts';

/**
 * Parses every statement of a string. The whole string is parsed before the caller sees the first statement; empty
 * statements are left out, so an empty string answers an empty list. Short scripts of harmless statements are remembered:
 * the answer may be shared and must not be changed.
 *
 * @throws SqlError 42601 with a position in characters of the whole string; 54001 for what nests too deeply.
 */
export function parseScript(sql: string): readonly ParsedStatement[] {
  const remembered = recent.get(sql);
  if (remembered !== undefined) return remembered;
  const statements = parseAll(sql);
  if (sql.length <= MAX_REMEMBERED_LENGTH && statements.every(({ node }) => REMEMBERED.has(node.kind))) {
    remember(sql, statements);
  }
  return statements;
}

function parseAll(sql: string): readonly ParsedStatement[] {
  const statements: ParsedStatement[] = [];
  for (const stream of statementStreams(sql, tokenize(sql))) statements.push(parseOne(sql, stream));
  return statements;
}

/**
 * {@link parseScript} for a long text: the caller may do something else at each `yield`, some milliseconds apart except
 * while PostgreSQL's parser reads one long statement.
 */
export function* parseScriptInSteps(sql: string): Generator<void, readonly ParsedStatement[]> {
  const tokens = yield* tokenizeInSteps(sql);
  const statements: ParsedStatement[] = [];
  for (const stream of statementStreams(sql, tokens)) {
    yield;
    statements.push(yield* parseOneInSteps(sql, stream));
  }
  return statements;
}

/** A statement of more tokens is parsed in steps. */
const MANY_TOKENS = 10_000;

function* parseOneInSteps(sql: string, stream: TokenStream): Generator<void, ParsedStatement> {
  if (stream.end - stream.at < MANY_TOKENS || !isPostgresStatement(stream)) return parseOne(sql, stream);
  const use = yield* parseAhead(postgresText(stream));
  yield;
  return use(() => parseOne(sql, stream));
}

/** A stream for each statement of a text that is not empty. */
function* statementStreams(sql: string, tokens: readonly Token[]): Generator<TokenStream, void> {
  let start = 0;
  for (let i = 0; i < tokens.length; i++) {
    const kind = tokens[i]?.kind;
    if (kind !== 'semicolon' && kind !== 'end') continue;
    if (i > start) yield new TokenStream(sql, tokens, start, i);
    start = i + 1;
  }
}

function parseOne(sql: string, stream: TokenStream): ParsedStatement {
  const node = parseStatementBody(stream);
  if (!stream.done) stream.expected('end of statement');
  const end = stream.tokens[stream.end - 1]?.end ?? stream.base;
  return { node, sql: sql.slice(stream.base, end), offset: stream.base, text: sql };
}

/**
 * The one statement of a text.
 *
 * @throws SqlError 42601, also when there is none or more than one.
 */
export function parseStatement(sql: string): Statement {
  const tokens = tokenize(sql);
  let end = tokens.length - 1;
  while (end > 0 && tokens[end - 1]?.kind === 'semicolon') end--;
  const stream = new TokenStream(sql, tokens, 0, end);
  const semicolon = tokens.findIndex((token, i) => i < end && token.kind === 'semicolon');
  if (semicolon >= 0) stream.expected('end of statement', tokens[semicolon]);
  return parseOne(sql, stream).node;
}

/** One query, without a semicolon. @throws SqlError 42601. */
export function parseQuery(sql: string): Query {
  return parseRestAsQuery(wholeStream(sql));
}

/** One expression. @throws SqlError 42601. */
export function parseExpression(sql: string): Expression {
  const stream = wholeStream(sql);
  return parseExpressionUpTo(stream, stream.end, 'end of statement');
}

/** One type name. @throws SqlError 42601. */
export function parseTypeName(sql: string): TypeRef {
  const stream = wholeStream(sql);
  const type = parseType(stream);
  if (!stream.done) stream.expected('end of statement');
  return type;
}

function wholeStream(sql: string): TokenStream {
  const tokens = tokenize(sql);
  return new TokenStream(sql, tokens, 0, tokens.length - 1, 0);
}

// --- scripts seen before

/** Kinds that carry no secret and come again and again. Data changes and anything with a password or value stay out. */
const REMEMBERED: ReadonlySet<StatementKind> = new Set<StatementKind>([
  'select',
  'show objects',
  'show columns',
  'show create',
  'show variable',
  'set transaction',
  'begin',
  'commit',
  'rollback',
  'discard',
  'fetch',
  'close',
]);

/** Scripts remembered; each is at most {@link MAX_REMEMBERED_LENGTH} long, so the whole stays within some megabytes. */
const MAX_REMEMBERED = 512;
const MAX_REMEMBERED_LENGTH = 4096;

/** In order of entry: the oldest leaves first. */
const recent = new Map<string, readonly ParsedStatement[]>();

function remember(sql: string, statements: readonly ParsedStatement[]): void {
  if (recent.size >= MAX_REMEMBERED) {
    const oldest = recent.keys().next();
    if (oldest.done !== true) recent.delete(oldest.value);
  }
  recent.set(sql, statements);
}
