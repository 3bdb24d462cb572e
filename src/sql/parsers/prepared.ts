/** PREPARE, EXECUTE, DEALLOCATE, DECLARE, FETCH, CLOSE: prepared statements and cursors. */
import { unsupported } from '../../errors.ts';
import type { Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseExpression, parseType, sourceText } from './expression.ts';
import { parseOptionList, type OptionTable } from './options.ts';
import { parseStatementBody } from './statement.ts';

/** prepare = "PREPARE" name ["(" type,... ")"] "AS" statement */
export function parsePrepare(stream: TokenStream): Statement {
  const name = stream.identifier();
  const types = stream.is('left parenthesis') ? stream.parenthesized(() => parseType(stream)) : [];
  stream.expectKeyword('AS');
  const from = stream.at;
  const statement = parseStatementBody(stream);
  return { kind: 'prepare', name, types, statement, sql: sourceText(stream, from, stream.at) };
}

/** execute = "EXECUTE" name ["(" expr,... ")"] */
export function parseExecute(stream: TokenStream): Statement {
  const name = stream.identifier();
  const parameters = stream.is('left parenthesis') ? stream.parenthesized(() => parseExpression(stream)) : [];
  return { kind: 'execute', name, parameters };
}

/** deallocate = "DEALLOCATE" ["PREPARE"] ("ALL" | name) */
export function parseDeallocate(stream: TokenStream): Statement {
  // A statement may itself be called `prepare`.
  if (stream.isKeyword('PREPARE') && stream.isIdentifier(1)) stream.advance();
  if (stream.takeKeyword('ALL')) return { kind: 'deallocate', name: null };
  return { kind: 'deallocate', name: stream.identifier() };
}

/** Takes a word that is no keyword of Materialize's, or one that is. */
function takeWord(stream: TokenStream, word: string): boolean {
  const { kind, value, quoted } = stream.peek();
  const isWord = kind === 'keyword' ? value === word : kind === 'identifier' && value === word.toLowerCase();
  if (!isWord || quoted) return false;
  stream.advance();
  return true;
}

/**
 * declare = "DECLARE" name {"INSENSITIVE" | "ASENSITIVE" | "NO" "SCROLL"} "CURSOR" ["WITHOUT" "HOLD"] "FOR" statement
 *
 * The words before CURSOR are PostgreSQL's and say what every cursor is here; drivers write them.
 */
export function parseDeclare(stream: TokenStream): Statement {
  const name = stream.identifier();
  while (!stream.isKeyword('CURSOR')) {
    if (takeWord(stream, 'INSENSITIVE') || takeWord(stream, 'ASENSITIVE')) continue;
    if (takeWord(stream, 'SCROLL')) throw unsupported('SCROLL cursors are');
    if (takeWord(stream, 'BINARY')) throw unsupported('BINARY cursors are');
    if (!stream.takeKeyword('NO') || !takeWord(stream, 'SCROLL')) break;
  }
  stream.expectKeyword('CURSOR');
  if (stream.takeKeyword('WITHOUT')) stream.expectKeyword('HOLD');
  else if (stream.isKeywords('WITH HOLD')) throw unsupported('cursors WITH HOLD are');
  stream.expectKeyword('FOR');
  const from = stream.at;
  const statement = parseStatementBody(stream);
  return { kind: 'declare', name, statement, sql: sourceText(stream, from, stream.at) };
}

const FETCH_OPTIONS: OptionTable = [{ words: 'TIMEOUT' }];

/** Directions of FETCH that need a cursor which goes back. */
const BACKWARD = ['PRIOR', 'FIRST', 'LAST', 'ABSOLUTE', 'RELATIVE', 'BACKWARD'];

/**
 * fetch = "FETCH" ["FORWARD" | "NEXT"] [n | "ALL"] ["FROM" | "IN"] name ["WITH" "(" "TIMEOUT" ["="] interval ")"]
 */
export function parseFetch(stream: TokenStream): Statement {
  // A cursor may be called `forward`.
  if (!isLastWord(stream)) takeDirection(stream);
  let count: number | 'all' | null = null;
  if (stream.takeKeyword('ALL')) count = 'all';
  else if (stream.is('number')) count = stream.literalInteger();
  else if (stream.is('operator') && stream.is('number', 1)) throw unsupported('FETCH backward is');
  if (!stream.takeKeyword('FROM')) stream.takeKeyword('IN');
  const name = stream.identifier();
  const options = stream.takeKeyword('WITH') ? parseOptionList(stream, FETCH_OPTIONS) : [];
  return { kind: 'fetch', name, count, options };
}

function takeDirection(stream: TokenStream): void {
  if (takeWord(stream, 'FORWARD') || takeWord(stream, 'NEXT')) return;
  const backward = BACKWARD.find((word) => takeWord(stream, word));
  if (backward !== undefined) throw unsupported(`FETCH ${backward} is`);
}

function isLastWord(stream: TokenStream): boolean {
  return stream.at + 1 >= stream.end || stream.isKeyword('WITH', 1);
}

/** close = "CLOSE" ("ALL" | name) */
export function parseClose(stream: TokenStream): Statement {
  return { kind: 'close', name: stream.takeKeyword('ALL') ? null : stream.identifier() };
}
