/** Queries, data changes, expressions and types inside statements: where they end is ours, what they are PostgreSQL's. */
import type { Node, RawStmt, SelectStmt, TypeName } from '@pgsql/types';
import { ALWAYS_RESERVED } from '../keywords.ts';
import { describeToken, errorAt, type Token } from '../lexer.ts';
import type { AsOf, Expression, Query, TypeRef } from '../nodes.ts';
import { rewrite } from '../rewrite.ts';
import { closingBracket, encodeType, typeEnd } from '../type-tokens.ts';
import { originalOffset, parsePostgres, parseSource, type PgSource } from '../postgres.ts';
import { TokenStream } from '../token-stream.ts';
import { parseShow } from './show.ts';

/** Text of tokens `from` to `to` (exclusive). */
export function sourceText(stream: TokenStream, from: number, to: number): string {
  const first = stream.tokens[from];
  const last = stream.tokens[to - 1];
  return first === undefined || last === undefined || to <= from
    ? ''
    : stream.text.slice(first.start, last.end);
}

/**
 * A query from here to the end of the statement.
 *
 * query = PostgreSQL's SelectStmt ["AS" "OF" ["AT" "LEAST"] expr]
 */
export function parseRestAsQuery(stream: TokenStream): Query {
  const query = parseQueryUpTo(stream, stream.end);
  stream.skipRest();
  return query;
}

/** The text that PostgreSQL's parser is given for a query or data change from here to the end of the statement. */
export function postgresText(stream: TokenStream): string {
  const to = findAsOf(stream, stream.at, stream.end) ?? stream.end;
  return rewrite(stream.text, stream.tokens, stream.at, to, stream.base).text;
}

/** A query in parentheses; the cursor stands on the opening one. */
export function parseParenthesizedQuery(stream: TokenStream): Query {
  stream.expect('left parenthesis');
  const close = closingIndex(stream);
  const query = parseQueryUpTo(stream, close);
  stream.at = close;
  stream.expect('right parenthesis');
  return query;
}

function parseQueryUpTo(stream: TokenStream, end: number): Query {
  const from = stream.at;
  const asOfAt = findAsOf(stream, from, end);
  const to = asOfAt ?? end;
  if (to <= from) stream.expected('SELECT, VALUES, or a subquery in the query body');
  checkShows(stream, from, to);
  const source = rewrite(stream.text, stream.tokens, from, to, stream.base);
  const ast = selectOf(parseSource(source, stream.text, stream.base));
  if (ast === null) stream.expected('SELECT, VALUES, or a subquery in the query body');
  stream.at = to;
  const span = stream.spanFrom((stream.tokens[from]?.start ?? 0) - stream.base);
  return {
    ast,
    sql: sourceText(stream, from, to),
    source,
    span,
    asOf: asOfAt === null ? null : parseAsOf(stream, end),
  };
}

/** `(SHOW ...)` travels as text to whoever binds the query: what is wrong with it is told here, at its own place. */
function checkShows(stream: TokenStream, from: number, end: number): void {
  for (let i = from; i + 1 < end; i++) {
    const token = stream.tokens[i + 1];
    if (token?.kind !== 'keyword' || token.value !== 'SHOW' || stream.tokens[i]?.kind !== 'left parenthesis')
      continue;
    const close = closingBracket(stream.tokens, i, end);
    if (close >= end) continue;
    const inner = new TokenStream(stream.text, stream.tokens, i + 2, close, stream.base);
    parseShow(inner);
    if (!inner.done) inner.expected('right parenthesis');
  }
}

function selectOf(statements: readonly RawStmt[]): SelectStmt | null {
  const node = statements[0]?.stmt;
  return statements.length === 1 && node !== undefined && 'SelectStmt' in node ? node.SelectStmt : null;
}

/** `AS OF` at the depth of the query itself; `AS of` as a column's alias has nothing, or a comma or FROM, after it. */
function findAsOf(stream: TokenStream, from: number, end: number): number | null {
  let depth = 0;
  for (let i = from; i + 2 < end; i++) {
    const token = stream.tokens[i];
    if (token === undefined) break;
    if (isOpening(token)) depth++;
    else if (isClosing(token)) depth--;
    else if (depth === 0 && token.kind === 'keyword' && token.value === 'AS') {
      const of = stream.tokens[i + 1];
      const after = stream.tokens[i + 2];
      const isAlias = after?.kind === 'comma' || (after?.kind === 'keyword' && after.value === 'FROM');
      if (of?.kind === 'keyword' && of.value === 'OF' && !isAlias) return i;
    }
  }
  return null;
}

/** as_of = "AS" "OF" ["AT" "LEAST"] expr */
function parseAsOf(stream: TokenStream, end: number): AsOf {
  stream.expectKeywords('AS OF');
  const atLeast = stream.takeKeywords('AT LEAST');
  return { atLeast, time: parseExpressionUpTo(stream, end, 'end of statement') };
}

/** `AS OF` of statements that have it outside of a query; null when it is not next. Runs to `end`. */
export function parseOptionalAsOf(stream: TokenStream, end: number): AsOf | null {
  return stream.isKeywords('AS OF') ? parseAsOf(stream, end) : null;
}

/** A whole statement in PostgreSQL's grammar (INSERT, UPDATE, DELETE). */
export function parseRestAsPostgres(stream: TokenStream): { node: Node; sql: string; source: PgSource } {
  const from = stream.at;
  const source = rewrite(stream.text, stream.tokens, from, stream.end, stream.base);
  const statements = parseSource(source, stream.text, stream.base);
  const node = statements[0]?.stmt;
  if (node === undefined) stream.expected('a statement');
  stream.skipRest();
  return { node, sql: sourceText(stream, from, stream.end), source };
}

// --- expressions

const PREFIX = 'SELECT ';

/** An expression from here to the end of the statement. */
export function parseRestAsExpression(stream: TokenStream): Expression {
  const expression = parseExpressionUpTo(stream, stream.end, 'end of statement');
  return expression;
}

/**
 * An expression that ends before a comma, a closing bracket or `stops` says so, all at its own depth. The cursor ends up
 * there.
 */
export function parseExpression(
  stream: TokenStream,
  stops: (at: number) => boolean = () => false,
): Expression {
  let depth = 0;
  let i = stream.at;
  for (; i < stream.end; i++) {
    const token = stream.tokens[i];
    if (token === undefined) break;
    if (isOpening(token)) depth++;
    else if (isClosing(token) && --depth < 0) break;
    else if (depth === 0 && (token.kind === 'comma' || (i > stream.at && stops(i)))) break;
  }
  return parseExpressionUpTo(stream, i, 'right parenthesis');
}

/** An expression in parentheses; the cursor stands on the opening one. */
export function parseParenthesizedExpression(stream: TokenStream): Expression {
  stream.expect('left parenthesis');
  const close = closingIndex(stream);
  const expression = parseExpressionUpTo(stream, close, 'right parenthesis');
  stream.expect('right parenthesis');
  return expression;
}

/** The expression of tokens up to `end`; `terminator` is what was expected at a token that does not belong to it. */
export function parseExpressionUpTo(stream: TokenStream, end: number, terminator: string): Expression {
  const from = stream.at;
  const last = stream.tokens[end] ?? stream.peek();
  if (end <= from) stream.expected('an expression', last);
  const stray = strayToken(stream, from, end);
  if (stray !== null) {
    const token = stream.tokens[stray] ?? last;
    // What precedes it decides whether the expression or the token is at fault.
    if (stray > from) parseExpressionUpTo(stream, stray, terminator);
    stream.expected(stray > from ? terminator : 'an expression', token);
  }
  const source = expressionSource(stream, from, end);
  const parsed = parsePostgres(source.text);
  if ('message' in parsed)
    return failAt(stream, from, end, stream.base + originalOffset(source, parsed.offset), terminator);
  const ast = onlyTarget(parsed);
  if (ast === null) stream.expected(terminator, stream.tokens[aliasAt(stream, from, end)] ?? last);
  stream.at = end;
  const span = stream.spanFrom((stream.tokens[from]?.start ?? 0) - stream.base);
  return { ast, sql: sourceText(stream, from, end), source, span };
}

function expressionSource(stream: TokenStream, from: number, end: number): PgSource {
  const inner = rewrite(stream.text, stream.tokens, from, end, stream.base);
  const start = (stream.tokens[from]?.start ?? 0) - stream.base;
  const shifted = inner.edits.map((edit) => ({ ...edit, at: edit.at + PREFIX.length }));
  return { text: PREFIX + inner.text, edits: [{ at: 0, original: start, copied: false }, ...shifted] };
}

/** The one expression of `SELECT expr`, or null when the text was more than an expression. */
function onlyTarget(statements: readonly RawStmt[]): Node | null {
  const select = selectOf(statements);
  const targets = select?.targetList ?? [];
  const target = targets[0];
  if (select === null || targets.length !== 1 || target === undefined || !('ResTarget' in target))
    return null;
  return target.ResTarget.name === undefined ? (target.ResTarget.val ?? null) : null;
}

/** Where `expr alias` or `expr AS alias` stops being an expression. */
function aliasAt(stream: TokenStream, from: number, end: number): number {
  const before = stream.tokens[end - 2];
  const hasAs = end - 2 >= from && before?.kind === 'keyword' && before.value === 'AS';
  return hasAs ? end - 2 : end - 1;
}

const CLAUSE_WORDS: ReadonlySet<string> = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'WINDOW',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'FETCH',
  'FOR',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'INTO',
]);

/** First token at depth 0 that would make `SELECT <tokens>` more than one expression. */
function strayToken(stream: TokenStream, from: number, end: number): number | null {
  let depth = 0;
  for (let i = from; i < end; i++) {
    const token = stream.tokens[i];
    if (token === undefined) break;
    if (isOpening(token)) depth++;
    else if (isClosing(token)) depth--;
    if (depth < 0) return i;
    if (depth > 0 || isClosing(token)) continue;
    if (token.kind === 'comma' || token.kind === 'arrow' || (token.kind === 'star' && i === from)) return i;
    if (token.kind !== 'keyword') continue;
    if (i === from && (token.value === 'DISTINCT' || token.value === 'ALL')) return i;
    if (!CLAUSE_WORDS.has(token.value)) continue;
    const before = stream.tokens[i - 1];
    const isDistinctFrom =
      token.value === 'FROM' && before?.kind === 'keyword' && before.value === 'DISTINCT' && i > from;
    const isName = before?.kind === 'dot' && i > from;
    if (!isDistinctFrom && !isName) return i;
  }
  return null;
}

/** Turns PostgreSQL's complaint at `offset` into Materialize's text. */
function failAt(stream: TokenStream, from: number, end: number, offset: number, terminator: string): never {
  let at = from;
  while (at < end && (stream.tokens[at]?.start ?? 0) < offset) at++;
  const token = stream.tokens[at] ?? stream.peek();
  if (at > from && at < end && isExpression(stream, from, at)) stream.expected(terminator, token);
  if (at < end && token.kind === 'keyword' && ALWAYS_RESERVED.has(token.value)) {
    throw errorAt(
      stream.text,
      token.start,
      `expected expression, but found reserved keyword: ${token.value}`,
    );
  }
  throw errorAt(stream.text, token.start, `Expected an expression, found ${describeToken(token)}`);
}

function isExpression(stream: TokenStream, from: number, end: number): boolean {
  const parsed = parsePostgres(expressionSource(stream, from, end).text);
  return !('message' in parsed) && onlyTarget(parsed) !== null;
}

// --- types

/** A type name here. */
export function parseType(stream: TokenStream): TypeRef {
  const from = stream.at;
  const to = typeEnd(stream.tokens, from, stream.end);
  const first = stream.peek();
  const reserved = first.kind === 'keyword' && ALWAYS_RESERVED.has(first.value);
  if (to <= from || reserved) stream.expected('a data type name');
  const encoded = encodeType(stream.text, stream.tokens, from, to) ?? sourceText(stream, from, to);
  const prefix = `${PREFIX}NULL::`;
  const start = first.start - stream.base;
  const source: PgSource = {
    text: prefix + encoded,
    edits: [
      { at: 0, original: start, copied: false },
      { at: prefix.length, original: start, copied: encoded === sourceText(stream, from, to) },
    ],
  };
  const target = onlyTarget(parseSource(source, stream.text, stream.base));
  const ast: TypeName | undefined =
    target !== null && 'TypeCast' in target ? target.TypeCast.typeName : undefined;
  if (ast === undefined) stream.expected('a data type name');
  stream.at = to;
  return { ast, sql: sourceText(stream, from, to), span: stream.spanFrom(start) };
}

// --- brackets

/** Index of the token that closes the bracket the cursor has just entered, or the statement's end. */
export function closingIndex(stream: TokenStream): number {
  let depth = 0;
  for (let i = stream.at; i < stream.end; i++) {
    const token = stream.tokens[i];
    if (token === undefined) break;
    if (isOpening(token)) depth++;
    else if (isClosing(token) && --depth < 0) return i;
  }
  return stream.end;
}

function isOpening(token: Token): boolean {
  return token.kind === 'left parenthesis' || token.kind === 'left square bracket';
}

function isClosing(token: Token): boolean {
  return token.kind === 'right parenthesis' || token.kind === 'right square bracket';
}
