import { SqlError, planError } from '../errors.ts';
import type { Prepared } from '../engine/outcome.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import type { BindMessage, FrontendMessage } from '../pgproto/frontend-messages.ts';
import { decodeParameters } from './bound-parameters.ts';
import type { Conversation } from './conversation.ts';
import { isLong, parseInTurns } from './long-text.ts';
import { boundRowFormat, textRowFormat } from './row-format.ts';
import { isPromise, settled, type Task } from './task.ts';

type Of<K extends FrontendMessage['kind']> = Extract<FrontendMessage, { kind: K }>;

/**
 * What an empty query string is prepared as: legal, and executed as EmptyQueryResponse. The engine meets it through SQL
 * EXECUTE, and knows it by its missing node.
 */
const EMPTY: Prepared & { readonly node: null } = {
  sql: '',
  node: null,
  empty: true,
  parameters: [],
  columns: null,
  isCopy: false,
};

/** Parse: plans one statement and keeps it under a name. Errors: 54000, 42601, XX000, 42P05, 53400, 53200. */
export function* parse(talk: Conversation, message: Of<'parse'>): Task {
  const { engine } = talk;
  if (message.name === '') talk.unnamed = undefined;
  talk.checkStatementSize(message.sql);
  yield* talk.boundary();
  const { sql } = message;
  const script = isLong(sql) ? yield* parseInTurns(talk, sql) : engine.parseScript(sql);
  if (script.length > 1) throw planError('cannot insert multiple commands into a prepared statement');
  const statement = script[0];
  let prepared: Prepared = EMPTY;
  if (statement !== undefined) {
    const pending = engine.prepare(statement, message.parameterTypes);
    prepared = isPromise(pending) ? yield* settled(pending) : pending;
  }
  if (message.name === '') {
    talk.unnamed = prepared;
  } else {
    checkRoom(talk, message);
    engine.prepared.set(message.name, prepared);
  }
  talk.outbox.writer.bare(BACKEND.parseComplete);
}

function checkRoom(talk: Conversation, { name, sql }: Of<'parse'>): void {
  const { prepared } = talk.engine;
  const { statements, heldBytes } = talk.limits;
  if (prepared.has(name)) throw new SqlError('42P05', `prepared statement "${name}" already exists`);
  if (prepared.size >= statements) {
    throw new SqlError('53400', `too many prepared statements (limit: ${statements})`);
  }
  // Short texts cannot add up to the limit, and need no counting.
  if (sql.length < heldBytes / statements) return;
  let held = sql.length;
  for (const each of prepared.values()) held += each.sql.length;
  if (held > heldBytes) throw new SqlError('53200', `prepared statements exceed ${heldBytes} bytes`);
}

/** The statement of a name, planned again if the catalog moved. Errors: 26000, 0A000. */
function* lookUp(talk: Conversation, name: string): Task<Prepared> {
  const known = name === '' ? talk.unnamed : talk.engine.prepared.get(name);
  if (known === undefined) throw new SqlError('26000', `prepared statement "${name}" does not exist`);
  if (known.empty) return known;
  const pending = talk.engine.revalidate(known);
  const valid = isPromise(pending) ? yield* settled(pending) : pending;
  if (valid !== known) {
    if (name === '') talk.unnamed = valid;
    else talk.engine.prepared.set(name, valid);
  }
  return valid;
}

/** Bind: makes a portal of a statement and its parameters. Errors: 26000, 08P01, 22023, 42P03, 53400, 53200. */
export function* bind(talk: Conversation, message: BindMessage): Task {
  yield* talk.boundary();
  const prepared = yield* lookUp(talk, message.statement);
  const bytes = message.parameters.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  talk.portals.checkRoom(message.portal, bytes);
  const parameters = decodeParameters(message, message.statement, prepared, talk.names);
  // Made now, so that a wrong number of formats or a type without a binary form is refused by Bind.
  if (prepared.columns !== null && !prepared.isCopy) boundRowFormat(prepared.columns, message.resultFormats);
  talk.portals.add({
    name: message.portal,
    prepared,
    parameters,
    resultFormats: message.resultFormats,
    bytes,
    state: { kind: 'bound' },
  });
  talk.outbox.writer.bare(BACKEND.bindComplete);
}

/** Describe: parameter types and columns of a statement, or columns of a portal in its own formats. */
export function* describe(talk: Conversation, message: Of<'describe'>): Task {
  const { writer } = talk.outbox;
  if (message.target === 'portal') {
    // A cursor of DECLARE is a portal too; psycopg asks for the columns of its own.
    const cursor = talk.engine.cursorColumns?.(message.name);
    if (cursor !== undefined) {
      writer.bytes(textRowFormat(cursor).description);
      return;
    }
    const { prepared, resultFormats } = talk.portals.get(message.name);
    if (prepared.columns !== null) talk.checkNotFailed();
    if (prepared.columns === null || prepared.isCopy) writer.bare(BACKEND.noData);
    else writer.bytes(boundRowFormat(prepared.columns, resultFormats).description);
    return;
  }
  yield* talk.boundary();
  const prepared = yield* lookUp(talk, message.name);
  if (prepared.columns !== null) talk.checkNotFailed();
  writer.begin(BACKEND.parameterDescription);
  writer.int16(prepared.parameters.length);
  for (const parameter of prepared.parameters) writer.int32(parameter.type.oid);
  writer.end();
  if (prepared.columns === null || prepared.isCopy) writer.bare(BACKEND.noData);
  else writer.bytes(textRowFormat(prepared.columns).description);
}

/** Close: forgets a statement or a portal; a name that does not exist is no error. */
export function close(talk: Conversation, message: Of<'close'>): void {
  if (message.target === 'portal') talk.portals.drop(message.name);
  else if (message.name === '') talk.unnamed = undefined;
  else talk.engine.prepared.delete(message.name);
  talk.outbox.writer.bare(BACKEND.closeComplete);
}

/** Sync: commits the implicit transaction and is ready for the next query, whatever came before. */
export function* sync(talk: Conversation): Task {
  try {
    yield* talk.commitImplicit();
  } catch (cause) {
    talk.reportError(cause);
  }
  if (talk.engine.transactionStatus === 'I') talk.portals.clear();
  talk.readyForQuery();
}
