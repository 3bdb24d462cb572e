/** Notes every statement in the activity log, and fills in how it ended. */
import { SqlError } from '../../errors.ts';
import type { FetchState, RowCursor } from '../../query/result.ts';
import { redact } from '../../sql/redact.ts';
import type { Statement } from '../../sql/nodes.ts';
import type { Row } from '../../types/datum.ts';
import type { ActivityEntry, ActivitySettings } from '../activity.ts';
import type { Outcome } from '../outcome.ts';
import type { Session } from './session.ts';

/** Statements whose text can hold a secret or a password: redacted before it is kept anywhere. */
const MAY_HOLD_SECRET: ReadonlySet<Statement['kind']> = new Set<Statement['kind']>([
  'create secret',
  'alter secret',
  'create role',
  'alter role',
  'create connection',
  'alter connection',
  'insert',
  'update',
  'delete',
  'execute',
  'prepare',
  'explain',
  'declare',
  'copy',
]);

/** Opens the entry of a statement that starts now. */
export function beginActivity(session: Session, node: Statement, sql: string): ActivityEntry {
  const { activity, clock } = session.services;
  const entry: ActivityEntry = {
    id: activity.nextId(),
    sessionId: session.id,
    statementType: node.kind,
    sql: MAY_HOLD_SECRET.has(node.kind) ? redact(node) : sql,
    settings: settingsOf(session),
    user: session.principal.user,
    transactionId: session.transactions.id,
    beganAt: clock(),
    finishedAt: null,
    status: null,
    errorMessage: null,
    rows: null,
  };
  activity.add(entry);
  return entry;
}

const settings = new WeakMap<Session, { readonly generation: number; readonly value: ActivitySettings }>();

/** Variables that the log shows; read again only when a variable changed. */
function settingsOf(session: Session): ActivitySettings {
  const { variables } = session;
  const known = settings.get(session);
  if (known?.generation === variables.generation) return known.value;
  const value: ActivitySettings = {
    applicationName: variables.text('application_name'),
    clusterName: variables.text('cluster'),
    databaseName: variables.text('database'),
    searchPath: variables.names('search_path'),
  };
  settings.set(session, { generation: variables.generation, value });
  return value;
}

/** Marks the end; `error` undefined is success. */
export function finishActivity(session: Session, entry: ActivityEntry, error?: unknown): void {
  if (entry.finishedAt !== null) return;
  entry.finishedAt = session.services.clock();
  if (error === undefined) {
    entry.status = 'success';
    return;
  }
  const known = error instanceof SqlError;
  entry.status = known && error.code === '57014' ? 'canceled' : 'error';
  entry.errorMessage = known ? error.message : 'internal error';
}

/** Watches rows go by, so that the entry knows how many there were and when the query ended. */
export function watchOutcome(session: Session, entry: ActivityEntry, outcome: Outcome): Outcome {
  if (outcome.kind === 'copyIn') return outcome;
  if (outcome.kind !== 'rows' && outcome.kind !== 'copyOut') {
    finishActivity(session, entry);
    return outcome;
  }
  return { ...outcome, cursor: new WatchedCursor(session, entry, outcome.cursor) };
}

class WatchedCursor implements RowCursor {
  readonly #session: Session;
  readonly #entry: ActivityEntry;
  readonly #inner: RowCursor;

  constructor(session: Session, entry: ActivityEntry, inner: RowCursor) {
    this.#session = session;
    this.#entry = entry;
    this.#inner = inner;
    entry.rows = 0;
  }

  fetch(max: number, into: Row[]): FetchState {
    const before = into.length;
    let state: FetchState;
    try {
      state = this.#inner.fetch(max, into);
    } catch (error) {
      finishActivity(this.#session, this.#entry, error);
      throw error;
    }
    this.#entry.rows = (this.#entry.rows ?? 0) + into.length - before;
    if (state === 'done') finishActivity(this.#session, this.#entry);
    return state;
  }

  close(): void {
    finishActivity(this.#session, this.#entry);
    this.#inner.close();
  }
}
