/** PREPARE, EXECUTE, DEALLOCATE, DECLARE, FETCH, CLOSE: prepared statements and cursors. */
import type { Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseExpression, sourceText } from './expression.ts';
import { parseOptionList, type OptionTable } from './options.ts';
import { parseStatementBody } from './statement.ts';

/** prepare = "PREPARE" name "AS" statement */
export function parsePrepare(stream: TokenStream): Statement {
  const name = stream.identifier();
  stream.expectKeyword('AS');
  const from = stream.at;
  const statement = parseStatementBody(stream);
  return { kind: 'prepare', name, statement, sql: sourceText(stream, from, stream.at) };
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

/** declare = "DECLARE" name "CURSOR" ["WITHOUT" "HOLD"] "FOR" statement */
export function parseDeclare(stream: TokenStream): Statement {
  const name = stream.identifier();
  stream.expectKeyword('CURSOR');
  if (stream.takeKeyword('WITHOUT')) stream.expectKeyword('HOLD');
  stream.expectKeyword('FOR');
  const from = stream.at;
  const statement = parseStatementBody(stream);
  return { kind: 'declare', name, statement, sql: sourceText(stream, from, stream.at) };
}

const FETCH_OPTIONS: OptionTable = [{ words: 'TIMEOUT' }];

/** fetch = "FETCH" ["FORWARD"] [n | "ALL"] ["FROM"] name ["WITH" "(" "TIMEOUT" ["="] interval ")"] */
export function parseFetch(stream: TokenStream): Statement {
  // A cursor may be called `forward`.
  if (stream.isKeyword('FORWARD') && !isLastWord(stream)) stream.advance();
  let count: number | 'all' | null = null;
  if (stream.takeKeyword('ALL')) count = 'all';
  else if (stream.is('number')) count = stream.literalInteger();
  stream.takeKeyword('FROM');
  const name = stream.identifier();
  const options = stream.takeKeyword('WITH') ? parseOptionList(stream, FETCH_OPTIONS) : [];
  return { kind: 'fetch', name, count, options };
}

function isLastWord(stream: TokenStream): boolean {
  return stream.at + 1 >= stream.end || stream.isKeyword('WITH', 1);
}

/** close = "CLOSE" ("ALL" | name) */
export function parseClose(stream: TokenStream): Statement {
  return { kind: 'close', name: stream.takeKeyword('ALL') ? null : stream.identifier() };
}
