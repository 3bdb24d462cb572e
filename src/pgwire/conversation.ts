import { toSqlError, SqlError } from '../errors.ts';
import type { EngineSession, Prepared, TransactionStatus } from '../engine/outcome.ts';
import type { Logger } from '../log.ts';
import { writeReadyForQuery } from '../pgproto/backend-encode.ts';
import { NO_SESSION, type CastSession } from '../types/cast-session.ts';
import type { Limits } from './limits.ts';
import type { PgMetrics } from './metrics.ts';
import type { Outbox } from './outbox.ts';
import { PortalTable } from './portal.ts';
import { writeError, writeNotice, writeParameterStatus } from './responses.ts';
import type { StatementWatch } from './statement-watch.ts';
import { isPromise, settled, type Task } from './task.ts';

/** What the message handlers of one session share: the engine's session, the way out, and what the protocol keeps. */
export class Conversation {
  readonly engine: EngineSession;
  readonly outbox: Outbox;
  readonly limits: Limits;
  readonly metrics: PgMetrics;
  readonly logger: Logger | undefined;
  readonly portals: PortalTable;
  /** The statement without a name, which Parse replaces and a simple query drops. */
  unnamed: Prepared | undefined;
  /** The statement that runs now or is being waited for. */
  watch: StatementWatch | undefined;
  /** An Execute ran since the last transaction boundary: see {@link Conversation.boundary}. */
  executed = false;
  /** COPY FROM STDIN failed while the client was still sending: the rest of its data has to be ignored. */
  copyDataFollows = false;

  constructor(parts: {
    engine: EngineSession;
    outbox: Outbox;
    limits: Limits;
    metrics: PgMetrics;
    logger: Logger | undefined;
  }) {
    this.engine = parts.engine;
    this.outbox = parts.outbox;
    this.limits = parts.limits;
    this.metrics = parts.metrics;
    this.logger = parts.logger;
    this.portals = new PortalTable(parts.limits);
  }

  /** The names behind OIDs, and OIDs of names, as the session sees them now. */
  readonly names = (): CastSession => this.engine.castSession?.() ?? NO_SESSION;

  /** Sends the notices and changed parameters that have gathered. */
  writePending(): void {
    const { writer } = this.outbox;
    const notices = this.engine.takeNotices();
    for (const notice of notices) writeNotice(writer, notice);
    // A notice is for somebody who watches: it goes out before the next wait, as PostgreSQL's do.
    if (notices.length > 0) this.outbox.wantFlush();
    for (const { name, value } of this.engine.takeParameterChanges())
      writeParameterStatus(writer, name, value);
  }

  readyForQuery(): void {
    this.writePending();
    writeReadyForQuery(this.outbox.writer, this.engine.transactionStatus);
    this.outbox.wantFlush();
  }

  /**
   * Reports what a handler threw, and rolls back or fails the transaction. A FATAL error is thrown on: it ends the
   * connection.
   */
  reportError(cause: unknown): void {
    const error = this.inspect(cause);
    this.outbox.writer.abandon();
    if (error.severity !== 'ERROR') throw error;
    this.writePending();
    this.metrics.errors++;
    writeError(this.outbox.writer, error);
    this.outbox.wantFlush();
    this.engine.fail();
    this.executed = false;
    if (this.engine.transactionStatus === 'I') this.portals.clear();
  }

  /** Makes an error of anything thrown; a defect is logged, because the client is not told its text. */
  inspect(cause: unknown): SqlError {
    if (!(cause instanceof SqlError)) this.logger?.error({ err: cause }, 'a statement failed unexpectedly');
    return toSqlError(cause);
  }

  /**
   * Starts the next piece of an extended query. Outside an explicit transaction, what an earlier Execute did is
   * committed here and its portals go: the next Parse, Bind, Describe or Execute does not wait for Sync.
   */
  *boundary(): Task {
    if (this.executed && this.engine.transactionStatus === 'I') {
      yield* this.commitImplicit();
      this.portals.dropStarted();
    }
    this.engine.beginImplicit(false);
  }

  /** Throws 25P02 in a failed transaction block: nothing of it can be looked at or gone on with. */
  checkNotFailed(): void {
    if (this.engine.transactionStatus !== 'E') return;
    const text = 'current transaction is aborted, commands ignored until end of transaction block';
    throw new SqlError('25P02', text);
  }

  /** To be called after a statement: no portal outlives the transaction that a COMMIT or ROLLBACK ended. */
  dropEndedPortals(statusBefore: TransactionStatus): void {
    if (statusBefore !== 'I' && this.engine.transactionStatus === 'I') this.portals.clear();
  }

  /** Commits the implicit transaction, if there is one. */
  *commitImplicit(): Task {
    this.executed = false;
    const pending = this.engine.endImplicit();
    if (isPromise(pending)) yield* settled(pending);
  }

  /** Throws 54000 for a text that is too long to look at. */
  checkStatementSize(sql: string): void {
    const limit = this.limits.statementBytes;
    if (sql.length * 3 <= limit) return;
    if (sql.length > limit || Buffer.byteLength(sql) > limit) {
      throw new SqlError('54000', `statement batch size cannot exceed ${(limit / 1024).toFixed(1)} KiB`);
    }
  }
}
