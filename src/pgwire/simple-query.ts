import { SqlError } from '../errors.ts';
import type { Outcome, ParsedStatement } from '../engine/outcome.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import type { Conversation } from './conversation.ts';
import { copyIn } from './copy-in.ts';
import { complete, copyOut, sendRows } from './deliver.ts';
import { isLong, parseInTurns } from './long-text.ts';
import { textRowFormat, writeDataRow } from './row-format.ts';
import { StatementWatch } from './statement-watch.ts';
import { isPromise, settled, SLICE_MS, turn, type Task } from './task.ts';

const NO_TYPES: readonly number[] = [];
const NO_VALUES: readonly never[] = [];

/**
 * A Query message: parses the whole string, then runs its statements in one implicit transaction. The first error ends
 * it. ReadyForQuery comes in any case.
 */
export function* simpleQuery(talk: Conversation, sql: string): Task {
  talk.unnamed = undefined;
  talk.portals.drop('');
  try {
    talk.checkStatementSize(sql);
    const script = isLong(sql) ? yield* parseInTurns(talk, sql) : talk.engine.parseScript(sql);
    if (script.length === 0) talk.outbox.writer.bare(BACKEND.emptyQueryResponse);
    let sliceEnd = performance.now() + SLICE_MS;
    for (let i = 0; i < script.length; i++) {
      if (i > 0 && performance.now() > sliceEnd) {
        yield* settled(turn());
        sliceEnd = performance.now() + SLICE_MS;
      }
      talk.engine.beginImplicit(script.length > 1);
      yield* runStatement(talk, script[i] as ParsedStatement, i === script.length - 1);
    }
    if (script.length === 0) yield* talk.commitImplicit();
  } catch (cause) {
    talk.reportError(cause);
  }
  if (talk.engine.transactionStatus === 'I') talk.portals.clear();
  talk.readyForQuery();
}

/**
 * One statement of the string. The last one's implicit transaction is committed before its CommandComplete, so that the
 * client is told of success only when the commit has succeeded.
 */
function* runStatement(talk: Conversation, statement: ParsedStatement, last: boolean): Task {
  const { engine, outbox } = talk;
  const pendingPlan = engine.prepare(statement, NO_TYPES);
  const prepared = isPromise(pendingPlan) ? yield* settled(pendingPlan) : pendingPlan;
  if (isLong(prepared.sql)) yield* settled(turn());
  if (prepared.parameters.length > 0) throw new SqlError('42P02', 'there is no parameter $1');
  // Described before it runs: a failure of the first row comes after RowDescription.
  const described = prepared.columns !== null && !prepared.isCopy;
  if (prepared.columns !== null && described)
    outbox.writer.bytes(textRowFormat(prepared.columns).description);
  const before = engine.transactionStatus;
  const watch = new StatementWatch(engine.statementTimeoutMs);
  talk.watch = watch;
  try {
    const pending = engine.execute(prepared, NO_VALUES, watch.interrupt, 0);
    if (isPromise(pending)) watch.arm();
    const outcome = isPromise(pending) ? yield* settled(pending) : pending;
    talk.writePending();
    const tag = yield* deliver(talk, outcome, described, watch);
    talk.dropEndedPortals(before);
    if (last) yield* talk.commitImplicit();
    if (tag === null) outbox.writer.bare(BACKEND.emptyQueryResponse);
    else complete(talk, tag);
  } finally {
    watch.stop();
    talk.watch = undefined;
  }
}

/** Sends what a statement gave; answers its command tag, null for an empty statement. */
function* deliver(
  talk: Conversation,
  outcome: Outcome,
  described: boolean,
  watch: StatementWatch,
): Task<string | null> {
  switch (outcome.kind) {
    case 'command':
      return outcome.tag;
    case 'empty':
      return null;
    case 'copyOut':
      return yield* copyOut(talk, outcome, watch);
    case 'copyIn':
      return yield* copyIn(talk, outcome, watch);
    case 'rows':
      try {
        const { writer } = talk.outbox;
        const format = textRowFormat(outcome.columns, talk.names);
        if (!described) writer.bytes(format.description);
        const writeRow = (row: Parameters<typeof writeDataRow>[2]): void =>
          writeDataRow(writer, format.fields, row);
        const sent = yield* sendRows(talk, outcome.cursor, writeRow, 0, watch);
        return outcome.tag(sent.rows);
      } finally {
        outcome.cursor.close();
      }
  }
}
