/**
 * A session's transaction as a union of states; the rules of which statements go together are Materialize's
 * (documentation of BEGIN, and its transaction kinds).
 */
import type { Change } from '../../catalog/changes.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Id } from '../../catalog/ids.ts';
import { SqlError } from '../../errors.ts';
import type { Row } from '../../types/datum.ts';

/** What a transaction has done so far; its first effectful statement decides. */
export type TransactionKind = 'none' | 'reads' | 'writes' | 'ddl' | 'single';

/** Rows to insert at commit, by table. */
export interface PendingInsert {
  readonly tableId: Id;
  readonly rows: Row[];
}

export interface OpenTransaction {
  /** `started`: one statement on its own; `implicit`: a string of several; `explicit`: BEGIN. */
  readonly mode: 'started' | 'implicit' | 'explicit';
  readonly kind: TransactionKind;
  /** Fixed by the first read of an explicit or implicit transaction. */
  readonly snapshot: Snapshot | null;
  readonly inserts: readonly PendingInsert[];
  /** Edits of a DDL transaction, laid over the snapshot it began on. */
  readonly ddl: {
    readonly base: Snapshot;
    readonly tip: Snapshot;
    readonly changes: readonly Change[];
  } | null;
  /** The one deferred statement of an explicit block: runs at COMMIT. */
  readonly deferred: (() => Promise<void>) | null;
  readonly readOnly: boolean;
  /** now(): milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly id: number;
}

export type TransactionState =
  | { readonly state: 'idle' }
  | { readonly state: 'open'; readonly transaction: OpenTransaction }
  | { readonly state: 'failed'; readonly transaction: OpenTransaction };

export const IDLE: TransactionState = { state: 'idle' };

let nextTransactionId = 1;

export function openTransaction(mode: OpenTransaction['mode'], now: number): OpenTransaction {
  return {
    mode,
    kind: 'none',
    snapshot: null,
    inserts: [],
    ddl: null,
    deferred: null,
    readOnly: false,
    startedAt: now,
    id: nextTransactionId++,
  };
}

/** The error of a statement that does not fit the kind of the open transaction, or undefined when it fits. */
export function conflict(transaction: OpenTransaction, wanted: TransactionKind): SqlError | undefined {
  const { kind } = transaction;
  if (transaction.readOnly && wanted !== 'reads' && wanted !== 'none') return readOnlyError();
  if (kind === 'none' || (kind === wanted && kind !== 'single') || wanted === 'none') return undefined;
  return CONFLICTS[kind](wanted);
}

function readOnlyError(): SqlError {
  return new SqlError('25006', 'transaction in read-only mode', {
    detail: 'SELECT queries cannot be combined with other query types, including SUBSCRIBE.',
  });
}

const CONFLICTS = {
  reads: () => readOnlyError(),
  writes: (wanted) =>
    wanted === 'reads'
      ? new SqlError('25000', 'transaction in write-only mode')
      : new SqlError('25000', 'this transaction can only execute a single statement'),
  ddl: () =>
    new SqlError('25000', 'transactions which modify objects are restricted to just modifying objects'),
  single: () => new SqlError('25000', 'this transaction can only execute a single statement'),
} satisfies Record<Exclude<TransactionKind, 'none'>, (wanted: TransactionKind) => SqlError>;
