import type { Outcome } from '../engine/outcome.ts';
import { BACKEND } from '../pgproto/backend-messages.ts';
import { writeCommandComplete } from '../pgproto/backend-encode.ts';
import type { RowCursor } from '../query/result.ts';
import type { Row } from '../types/datum.ts';
import type { Conversation } from './conversation.ts';
import { copyRowWriter } from './copy-format.ts';
import type { StatementWatch } from './statement-watch.ts';
import { turn, type Task } from './task.ts';

/** Rows asked of a cursor at a time. */
const BATCH_ROWS = 256;
/** A cursor that never yields by itself gives way after this many milliseconds. */
const SLICE_MS = 5;

/** What a run of {@link sendRows} came to. */
export interface RowsSent {
  readonly rows: number;
  /** False when `maxRows` were sent; there may or may not be more. */
  readonly finished: boolean;
}

/**
 * Sends rows until there are no more or `maxRows` (0: all) are out. It stops fetching while the peer does not read, and
 * lets the event loop turn between slices of work. Does not close the cursor.
 */
export function* sendRows(
  talk: Conversation,
  cursor: RowCursor,
  writeRow: (row: Row) => void,
  maxRows: number,
  watch: StatementWatch,
): Task<RowsSent> {
  const { outbox } = talk;
  const batch: Row[] = [];
  let rows = 0;
  let sliceStart = 0;
  for (;;) {
    const state = cursor.fetch(maxRows === 0 ? BATCH_ROWS : Math.min(BATCH_ROWS, maxRows - rows), batch);
    for (const row of batch) {
      writeRow(row);
      outbox.flushIfLarge();
      if (outbox.congested) yield* untilDrained(talk, watch);
    }
    rows += batch.length;
    if (maxRows > 0 && rows >= maxRows) return { rows, finished: false };
    if (state === 'done') return { rows, finished: true };
    batch.length = 0;
    watch.interrupt.check();
    if (sliceStart === 0) sliceStart = performance.now();
    if (state === 'yield' || performance.now() - sliceStart > SLICE_MS) {
      watch.arm();
      // Rows of a long or endless query reach the client as they come.
      talk.outbox.flush();
      yield turn();
      watch.interrupt.check();
      sliceStart = performance.now();
    }
  }
}

/** Waits until the peer has read; a cancel or a timeout ends the wait. */
function* untilDrained(talk: Conversation, watch: StatementWatch): Task {
  watch.arm();
  let undo = (): void => {};
  const stopped = new Promise<void>((resolve) => (undo = watch.interrupt.onRaise(() => resolve())));
  yield Promise.race([talk.outbox.drained(), stopped]);
  undo();
  watch.interrupt.check();
}

/** COPY TO STDOUT, from CopyOutResponse to CopyDone. Answers the command tag. */
export function* copyOut(
  talk: Conversation,
  outcome: Extract<Outcome, { kind: 'copyOut' }>,
  watch: StatementWatch,
): Task<string> {
  const { writer } = talk.outbox;
  try {
    const lines = copyRowWriter(outcome.columns, outcome.format, talk.names());
    writeCopyResponse(
      talk,
      BACKEND.copyOutResponse,
      outcome.columns.length,
      outcome.format.format === 'binary' ? 1 : 0,
    );
    lines.start(writer);
    const sent = yield* sendRows(talk, outcome.cursor, (row) => lines.row(writer, row), 0, watch);
    lines.finish(writer);
    writer.bare(BACKEND.copyDone);
    return `COPY ${sent.rows}`;
  } finally {
    outcome.cursor.close();
  }
}

/** CopyInResponse or CopyOutResponse with one format for all columns. */
export function writeCopyResponse(talk: Conversation, type: number, columns: number, format: 0 | 1): void {
  const { writer } = talk.outbox;
  writer.begin(type);
  writer.byte(format);
  writer.int16(columns);
  for (let i = 0; i < columns; i++) writer.int16(format);
  writer.end();
}

/** Notices and parameters of the statement, then CommandComplete. */
export function complete(talk: Conversation, tag: string): void {
  talk.writePending();
  writeCommandComplete(talk.outbox.writer, tag);
}
