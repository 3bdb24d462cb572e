/** The first word of a statement decides who parses it. */
import type { Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseAlter } from './alter.ts';
import { parseValidateConnection } from './connection.ts';
import { parseCopy, parseSubscribe } from './copy.ts';
import { parseCreate } from './create.ts';
import { parseComment, parseDrop } from './drop.ts';
import { parseExplain } from './explain.ts';
import { parseRestAsPostgres, parseRestAsQuery } from './expression.ts';
import {
  parseClose,
  parseDeallocate,
  parseDeclare,
  parseExecute,
  parseFetch,
  parsePrepare,
} from './prepared.ts';
import { parseGrant, parseReassignOwned, parseRevoke } from './privileges.ts';
import { parseShow } from './show.ts';
import { parseBegin, parseCommit, parseRollback, parseStart } from './transaction.ts';
import { parseDiscard, parseRaise, parseReset, parseSet, parseUnlisten } from './variables.ts';

type StatementParser = (stream: TokenStream) => Statement;

/** Parsers by first keyword. Each is called after it took that word, except those of PostgreSQL's own grammar. */
const STATEMENTS: Readonly<Record<string, StatementParser>> = {
  ABORT: parseRollback,
  ALTER: parseAlter,
  BEGIN: parseBegin,
  CLOSE: parseClose,
  COMMENT: parseComment,
  COMMIT: parseCommit,
  COPY: parseCopy,
  CREATE: parseCreate,
  DEALLOCATE: parseDeallocate,
  DECLARE: parseDeclare,
  DISCARD: parseDiscard,
  DROP: parseDrop,
  END: parseCommit,
  EXECUTE: parseExecute,
  EXPLAIN: parseExplain,
  FETCH: parseFetch,
  GRANT: parseGrant,
  PREPARE: parsePrepare,
  RAISE: parseRaise,
  REASSIGN: parseReassignOwned,
  RESET: parseReset,
  REVOKE: parseRevoke,
  ROLLBACK: parseRollback,
  SET: parseSet,
  SHOW: parseShow,
  START: parseStart,
  SUBSCRIBE: parseSubscribe,
  VALIDATE: parseValidateConnection,
};

const POSTGRES_STATEMENTS: Readonly<Record<string, StatementParser>> = {
  SELECT: parseSelect,
  VALUES: parseSelect,
  TABLE: parseSelect,
  WITH: parseWith,
  INSERT: parseChange,
  UPDATE: parseChange,
  DELETE: parseChange,
};

/**
 * One statement from the cursor on. What follows it is for the caller to judge.
 *
 * @throws SqlError 42601.
 */
export function parseStatementBody(stream: TokenStream): Statement {
  const token = stream.peek();
  if (token.kind === 'left parenthesis') return parseSelect(stream);
  if (token.kind === 'identifier' && token.value === 'unlisten') return parseUnlisten(stream);
  if (token.kind !== 'keyword') stream.expected('a keyword at the beginning of a statement');
  const postgres = POSTGRES_STATEMENTS[token.value];
  if (postgres !== undefined) return postgres(stream);
  const parser = STATEMENTS[token.value];
  if (parser === undefined) stream.fail(`Unexpected keyword ${token.value} at the beginning of a statement`);
  if (++stream.depth > MAX_STATEMENT_DEPTH)
    stream.fail(`statement nests more than ${MAX_STATEMENT_DEPTH} others`);
  stream.advance();
  const statement = parser(stream);
  stream.depth--;
  return statement;
}

/** Whether the next statement is one that {@link parseStatementBody} leaves to PostgreSQL's grammar as a whole. */
export function isPostgresStatement(stream: TokenStream): boolean {
  const token = stream.peek();
  return (
    token.kind === 'left parenthesis' ||
    (token.kind === 'keyword' && POSTGRES_STATEMENTS[token.value] !== undefined)
  );
}

/** Statements inside statements, as in EXPLAIN of EXECUTE. */
const MAX_STATEMENT_DEPTH = 16;

function parseSelect(stream: TokenStream): Statement {
  return { kind: 'select', query: parseRestAsQuery(stream) };
}

/** WITH starts a query, or a data change whose tables it names. */
function parseWith(stream: TokenStream): Statement {
  let depth = 0;
  for (let i = stream.at; i < stream.end; i++) {
    const token = stream.tokens[i];
    if (token?.kind === 'left parenthesis') depth++;
    else if (token?.kind === 'right parenthesis') depth--;
    else if (depth === 0 && token?.kind === 'keyword' && /^(?:INSERT|UPDATE|DELETE)$/.test(token.value)) {
      return parseChange(stream);
    } else if (depth === 0 && token?.kind === 'keyword' && /^(?:SELECT|VALUES|TABLE)$/.test(token.value))
      break;
  }
  return parseSelect(stream);
}

/** INSERT, UPDATE, DELETE in PostgreSQL's grammar. */
function parseChange(stream: TokenStream): Statement {
  const first = stream.peek();
  const { node, sql, source } = parseRestAsPostgres(stream);
  if ('InsertStmt' in node) return { kind: 'insert', ast: node.InsertStmt, sql, source };
  if ('UpdateStmt' in node) return { kind: 'update', ast: node.UpdateStmt, sql, source };
  if ('DeleteStmt' in node) return { kind: 'delete', ast: node.DeleteStmt, sql, source };
  return stream.expected('a statement', first);
}
