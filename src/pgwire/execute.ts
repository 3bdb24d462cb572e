import { SqlError } from '../errors.ts';
import type { Outcome } from '../engine/outcome.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import type { Row } from '../types/datum.ts';
import type { Conversation } from './conversation.ts';
import { copyIn } from './copy-in.ts';
import { complete, copyOut, sendRows } from './deliver.ts';
import type { Portal, PortalState } from './portal.ts';
import { boundRowFormat, writeDataRow } from './row-format.ts';
import { StatementWatch } from './statement-watch.ts';
import { isPromise, settled, type Task } from './task.ts';

/** Execute: runs a portal, or goes on with a suspended one. `maxRows` of 0 or less means all rows. */
export function* execute(talk: Conversation, name: string, requestedRows: number): Task {
  const maxRows = Math.max(0, requestedRows);
  const portal = talk.portals.get(name);
  const { state } = portal;
  switch (state.kind) {
    case 'bound':
      return yield* start(talk, portal, maxRows);
    case 'suspended':
      talk.checkNotFailed();
      state.watch.restart();
      return yield* resume(talk, portal, state, maxRows);
    case 'finished':
      talk.checkNotFailed();
      if (state.tag === null) throw new SqlError('55000', `portal "${name}" cannot be run`);
      complete(talk, state.tag(0));
  }
}

function* start(talk: Conversation, portal: Portal, maxRows: number): Task {
  const { engine } = talk;
  if (portal.prepared.empty) {
    talk.outbox.writer.bare(BACKEND.emptyQueryResponse);
    return;
  }
  yield* talk.boundary();
  const before = engine.transactionStatus;
  const pendingPlan = engine.revalidate(portal.prepared);
  const prepared = isPromise(pendingPlan) ? yield* settled(pendingPlan) : pendingPlan;
  const watch = new StatementWatch(engine.statementTimeoutMs);
  portal.state = { kind: 'finished', tag: null };
  talk.watch = watch;
  try {
    const pending = engine.execute(prepared, portal.parameters, watch.interrupt, maxRows);
    if (isPromise(pending)) watch.arm();
    const outcome = isPromise(pending) ? yield* settled(pending) : pending;
    talk.executed = true;
    talk.writePending();
    yield* deliver(talk, portal, outcome, watch, maxRows);
  } finally {
    watch.stop();
    talk.watch = undefined;
  }
  talk.dropEndedPortals(before);
}

function* deliver(
  talk: Conversation,
  portal: Portal,
  outcome: Outcome,
  watch: StatementWatch,
  maxRows: number,
): Task {
  switch (outcome.kind) {
    case 'command':
      return complete(talk, outcome.tag);
    case 'empty':
      return talk.outbox.writer.bare(BACKEND.emptyQueryResponse);
    case 'copyOut':
      return complete(talk, yield* copyOut(talk, outcome, watch));
    case 'copyIn':
      return complete(talk, yield* copyIn(talk, outcome, watch));
    case 'rows': {
      let format;
      try {
        format = boundRowFormat(outcome.columns, portal.resultFormats, talk.names);
      } catch (cause) {
        outcome.cursor.close();
        throw cause;
      }
      const { cursor, tag } = outcome;
      return yield* resume(talk, portal, { kind: 'suspended', cursor, format, tag, watch }, maxRows);
    }
  }
}

/** Sends rows of an open portal; leaves it suspended or finished. */
function* resume(
  talk: Conversation,
  portal: Portal,
  open: Extract<PortalState, { kind: 'suspended' }>,
  maxRows: number,
): Task {
  const { writer } = talk.outbox;
  const { cursor, format, tag, watch } = open;
  portal.state = { kind: 'finished', tag };
  talk.watch = watch;
  let suspended = false;
  try {
    watch.interrupt.check();
    const writeRow = (row: Row): void => writeDataRow(writer, format.fields, row);
    const sent = yield* sendRows(talk, cursor, writeRow, maxRows, watch);
    if (sent.finished) {
      complete(talk, tag(sent.rows));
    } else {
      portal.state = open;
      suspended = true;
      talk.writePending();
      writer.bare(BACKEND.portalSuspended);
    }
  } finally {
    watch.stop();
    talk.watch = undefined;
    if (!suspended) cursor.close();
  }
}
