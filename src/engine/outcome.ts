/**
 * What the engine tells a door. A door never looks at SQL text to find out what came back.
 */
import type { Interrupt } from '../query/interrupt.ts';
import type { ResultColumn, RowCursor } from '../query/result.ts';
import type { CastSession } from '../types/cast-session.ts';
import type { ColumnType } from '../types/sql-type.ts';
import type { Datum } from '../types/datum.ts';
import type { Notice } from '../errors.ts';

/** A value now or later. The common, small statement answers now. */
export type MaybePromise<T> = T | Promise<T>;

/** How COPY lays out rows. */
export interface CopyFormat {
  readonly format: 'text' | 'csv' | 'binary';
  readonly delimiter: string;
  readonly nullText: string;
  readonly quote: string;
  readonly escape: string;
  /** Whether the first line has the columns' names; `match`: and they must be the right ones. */
  readonly header: boolean | 'match';
}

export type Outcome =
  /** Rows to send; `tag` makes the command tag from the number of rows sent. */
  | {
      readonly kind: 'rows';
      readonly columns: readonly ResultColumn[];
      readonly cursor: RowCursor;
      readonly tag: (rows: number) => string;
    }
  | { readonly kind: 'command'; readonly tag: string }
  /** An empty query string. */
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'copyOut';
      readonly columns: readonly ResultColumn[];
      readonly cursor: RowCursor;
      readonly format: CopyFormat;
    }
  /** The door reads CopyData and hands it on; `finish` answers the command tag. */
  | {
      readonly kind: 'copyIn';
      readonly columns: number;
      readonly format: CopyFormat;
      readonly sink: CopySink;
    };

/** Receives the bytes of COPY FROM STDIN. */
export interface CopySink {
  /** Takes one CopyData payload; may throw SqlError at a malformed row. */
  write(chunk: Uint8Array): MaybePromise<void>;
  /** CopyDone: commits the rows; answers the tag `COPY n`. */
  finish(): MaybePromise<string>;
  /** CopyFail or a broken connection. */
  abort(): void;
}

/** A parsed and planned statement, kept under a name by the session. */
export interface Prepared {
  /** SQL text of this one statement. */
  readonly sql: string;
  /** True for an empty query string. */
  readonly empty: boolean;
  readonly parameters: readonly ColumnType[];
  /** Columns of the result, or null when there is none (NoData). */
  readonly columns: readonly ResultColumn[] | null;
  /** COPY: a Describe of the portal answers NoData, and rows do not flow as DataRow. */
  readonly isCopy: boolean;
}

/** ReadyForQuery's status byte. */
export type TransactionStatus = 'I' | 'T' | 'E';

/** Who is asking, as authentication found out. */
export interface Principal {
  readonly user: string;
  /** Address of the peer, null when unknown. */
  readonly clientIp: string | null;
  /** True on the internal listener, which admits mz_system and mz_support. */
  readonly internal: boolean;
}

/**
 * One session of the PostgreSQL door: its variables, transaction, prepared statements and what they run on. A door
 * drives it strictly one call at a time; only `cancel` and `close` may come in between.
 *
 * Transactions: `beginImplicit` opens an implicit transaction if none is open (start of a simple query string, or the
 * first Parse/Bind/Execute after Sync); `endImplicit` commits it (end of the string, Sync) and does nothing in an
 * explicit block; `fail` is called after an error was sent: it rolls an implicit transaction back and marks an explicit
 * one failed.
 */
export interface EngineSession {
  readonly connectionId: number;
  readonly secretKey: number;
  readonly transactionStatus: TransactionStatus;

  /** Splits a simple query string into statements; throws 42601 for the whole string. */
  parseScript(sql: string): readonly ParsedStatement[];
  /** The same for a long string: at each `yield`, some milliseconds apart, the door may let others have a turn. */
  parseInSteps(sql: string): Generator<void, readonly ParsedStatement[]>;
  /** Plans one statement of a script or of a Parse message. `parameterTypes`: OIDs, 0 to infer. */
  prepare(statement: ParsedStatement, parameterTypes: readonly number[]): MaybePromise<Prepared>;
  /** Plans again when the catalog moved; throws 0A000 when the result type changed. */
  revalidate(prepared: Prepared): MaybePromise<Prepared>;
  /** What the text of a parameter is read with: names of the catalog (regclass), resolved as the session sees it. */
  castSession?(): CastSession;
  /** Columns of an open cursor of DECLARE, undefined when there is none of that name. */
  cursorColumns?(name: string): readonly ResultColumn[] | undefined;
  /** Runs it. `maxRows` of an Execute message is passed for FETCH's rule (0 = all). */
  execute(
    prepared: Prepared,
    parameters: readonly Datum[],
    interrupt: Interrupt,
    maxRows: number,
  ): MaybePromise<Outcome>;

  /** `implicit multi`: more than one statement in the string, where DDL that cannot be in a transaction is refused. */
  beginImplicit(multiStatement: boolean): void;
  endImplicit(): MaybePromise<void>;
  fail(): void;

  /** SQL-level PREPARE and protocol-level Parse share one namespace. The session keeps it; the empty name is the door's. */
  readonly prepared: Map<string, Prepared>;

  /** Notices gathered since the last call, filtered by client_min_messages, in order. */
  takeNotices(): readonly Notice[];
  /** ParameterStatus to send since the last call; at login, all of them in the reference's order. */
  takeParameterChanges(): readonly { readonly name: string; readonly value: string }[];
  /** statement_timeout in milliseconds, 0 for none. */
  readonly statementTimeoutMs: number;
  /** idle_in_transaction_session_timeout in milliseconds, 0 for none. */
  readonly idleInTransactionTimeoutMs: number;

  /** Ends the session: temporary items, cursors, open transaction. */
  close(): void;
}

/** One statement of a string: its node, its own text, and where that text starts (UTF-16 offset) in the whole. */
export interface ParsedStatement {
  readonly node: unknown;
  readonly sql: string;
  readonly offset: number;
}

/** Everything a PostgreSQL door needs of the engine. */
export interface SessionFactory {
  /**
   * How this user may log in on a listener with password authentication: the stored hash, or null when the role is
   * unknown, may not log in or has no password (the door then plays the exchange to its end and refuses).
   */
  passwordHash(user: string): string | null;
  /** Opens a session. Throws FATAL errors (28000, 42501, 53000). `settings` are the start-up packet's parameters. */
  open(principal: Principal, settings: ReadonlyMap<string, string>): MaybePromise<EngineSession>;
  /** CancelRequest: wrong pairs are ignored. */
  cancel(connectionId: number, secretKey: number): void;
}
