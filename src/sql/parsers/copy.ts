/** COPY and SUBSCRIBE. */
import { unsupported } from '../../errors.ts';
import type { AsOf, Copy, Expression, Option, Statement, Subscribe } from '../nodes.ts';
import { TokenStream } from '../token-stream.ts';
import {
  closingIndex,
  parseExpressionUpTo,
  parseOptionalAsOf,
  parseParenthesizedQuery,
  sourceText,
} from './expression.ts';
import { parseItemValue, parseOptionList, type OptionTable, type ValueParser } from './options.ts';
import { parseStatementBody } from './statement.ts';

const COPY_OPTIONS: OptionTable = [
  { words: 'FORMAT' },
  { words: 'DELIMITER' },
  { words: 'NULL' },
  { words: 'ESCAPE' },
  { words: 'QUOTE' },
  { words: 'HEADER' },
  { words: 'AWS CONNECTION', value: parseItemValue },
  { words: 'MAX FILE SIZE' },
  { words: 'FILES' },
  { words: 'PATTERN' },
  { words: 'ENCODING' },
  { words: 'FORCE_QUOTE', value: refused('FORCE_QUOTE') },
  { words: 'FORCE_NOT_NULL', value: refused('FORCE_NOT_NULL') },
  { words: 'FORCE_NULL', value: refused('FORCE_NULL') },
  { words: 'FREEZE', value: refused('FREEZE') },
];

/** An option of PostgreSQL's that is known by name only. */
function refused(name: string): ValueParser {
  return () => {
    throw unsupported(`COPY with ${name} is`);
  };
}

/** copy = "COPY" ("(" statement ")" | ["INTO"] item ["(" col,... ")"]) ("FROM" | "TO") target [["WITH"] ("(" option,... ")" | old-option...)] */
export function parseCopy(stream: TokenStream): Statement {
  const relation = stream.is('left parenthesis') ? parseCopyStatement(stream) : parseCopyTable(stream);
  // A statement can only be read.
  const direction =
    relation.kind === 'statement' ? (stream.expectKeyword('TO'), 'to') : parseDirection(stream);
  const target = parseCopyTarget(stream, direction);
  const hasWith = stream.takeKeyword('WITH');
  const listed = stream.is('left parenthesis');
  const options = listed ? parseOptionList(stream, COPY_OPTIONS) : parseOldOptions(stream, hasWith);
  return { kind: 'copy', relation, direction, target, options };
}

const BINARY = 'binary';

/**
 * old-option = "BINARY" | "CSV" | "HEADER" | ("DELIMITER" | "NULL" | "QUOTE" | "ESCAPE") ["AS"] string
 *
 * PostgreSQL's form from before its lists, which drivers still write. One is needed after WITH.
 */
function parseOldOptions(stream: TokenStream, needed: boolean): Option[] {
  const options: Option[] = [];
  for (;;) {
    const start = stream.offset;
    const option = parseOldOption(stream);
    if (option === null) break;
    options.push({ ...option, span: stream.spanFrom(start) });
  }
  if (needed && options.length === 0) stream.expected('left parenthesis');
  return options;
}

function parseOldOption(stream: TokenStream): Omit<Option, 'span'> | null {
  const start = stream.offset;
  const token = stream.peek();
  if (token.kind === 'identifier' && token.value === BINARY) {
    stream.advance();
    return { name: 'FORMAT', value: { kind: 'ident', value: BINARY, span: stream.spanFrom(start) } };
  }
  if (stream.takeKeyword('CSV')) {
    return { name: 'FORMAT', value: { kind: 'ident', value: 'csv', span: stream.spanFrom(start) } };
  }
  if (stream.takeKeyword('HEADER')) return { name: 'HEADER', value: null };
  const name = stream.takeOneOf(['DELIMITER', 'NULL', 'QUOTE', 'ESCAPE']);
  if (name === null) return null;
  stream.takeKeyword('AS');
  const from = stream.offset;
  return { name, value: { kind: 'string', value: stream.literalString(), span: stream.spanFrom(from) } };
}

function parseDirection(stream: TokenStream): 'from' | 'to' {
  return stream.expectOneOf(['FROM', 'TO']) === 'FROM' ? 'from' : 'to';
}

function parseCopyTable(stream: TokenStream): Copy['relation'] {
  stream.takeKeyword('INTO');
  const name = stream.itemName();
  const columns = stream.is('left parenthesis') ? stream.parenthesized(() => stream.identifier()) : [];
  return { kind: 'table', name, columns };
}

function parseCopyStatement(stream: TokenStream): Copy['relation'] {
  stream.expect('left parenthesis');
  const close = closingIndex(stream);
  const from = stream.at;
  const inner = new TokenStream(stream.text, stream.tokens, from, close, stream.base);
  inner.depth = stream.depth;
  const statement = parseStatementBody(inner);
  if (!inner.done) inner.expected('right parenthesis');
  stream.at = close;
  stream.expect('right parenthesis');
  return { kind: 'statement', statement, sql: sourceText(stream, from, close) };
}

/** "STDIN" or "STDOUT", whichever suits the direction, or an expression for a location */
function parseCopyTarget(stream: TokenStream, direction: 'from' | 'to'): Copy['target'] {
  if (direction === 'from' && stream.takeKeyword('STDIN')) return { kind: 'stdin' };
  if (direction === 'to' && stream.takeKeyword('STDOUT')) return { kind: 'stdout' };
  if (!stream.is('string') && !stream.is('parameter'))
    stream.expected(direction === 'from' ? 'STDIN' : 'STDOUT');
  let end = stream.at + 1;
  while (end < stream.end && !isWord(stream, end, 'WITH') && stream.tokens[end]?.kind !== 'left parenthesis')
    end++;
  return { kind: 'expression', expression: parseExpressionUpTo(stream, end, 'end of statement') };
}

function isWord(stream: TokenStream, at: number, word: string): boolean {
  const token = stream.tokens[at];
  return token?.kind === 'keyword' && token.value === word;
}

const SUBSCRIBE_OPTIONS: OptionTable = [{ words: 'SNAPSHOT' }, { words: 'PROGRESS' }];

/** subscribe = "SUBSCRIBE" ["TO"] (item | "(" query ")") [WITH (...)] [AS OF ...] [UP TO expr] */
export function parseSubscribe(stream: TokenStream): Statement {
  stream.takeKeyword('TO');
  const relation: Subscribe['relation'] = stream.is('left parenthesis')
    ? { kind: 'query', query: parseParenthesizedQuery(stream) }
    : { kind: 'name', name: stream.itemName() };
  const options = stream.takeKeyword('WITH') ? parseOptionList(stream, SUBSCRIBE_OPTIONS) : [];
  const upToAt = findUpTo(stream);
  const asOf: AsOf | null = parseOptionalAsOf(stream, upToAt);
  let upTo: Expression | null = null;
  if (stream.takeKeyword('UP')) {
    stream.expectKeyword('TO');
    upTo = parseExpressionUpTo(stream, stream.end, 'end of statement');
  }
  return { kind: 'subscribe', relation, options, asOf, upTo };
}

function findUpTo(stream: TokenStream): number {
  for (let i = stream.at; i + 1 < stream.end; i++) {
    if (isWord(stream, i, 'UP') && isWord(stream, i + 1, 'TO')) return i;
  }
  return stream.end;
}
