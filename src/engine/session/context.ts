import type { Id } from '../../catalog/ids.ts';
import type { RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { CursorFact, LiveFacts } from '../../relations/relation.ts';
import type { SessionContext } from '../../query/session-context.ts';
import type { Statement } from '../../sql/nodes.ts';
import type { Row } from '../../types/datum.ts';
import { MZ_VERSION, SERVER_VERSION } from '../variables/definitions.ts';
import type { Session } from './session.ts';
import { sourceRows } from './source-rows.ts';

/** Milliseconds from 1970 to 2000, PostgreSQL's epoch. */
const POSTGRES_EPOCH_MS = 946_684_800_000;

/** What binding and running one statement may know of its session. Cheap to make: one for every statement. */
export class StatementContext implements SessionContext {
  readonly snapshot: Snapshot;
  readonly #session: Session;
  readonly #role: RoleRecord;
  readonly #startedAt: number;

  constructor(session: Session, snapshot: Snapshot, role: RoleRecord, startedAt: number) {
    this.#session = session;
    this.snapshot = snapshot;
    this.#role = role;
    this.#startedAt = startedAt;
  }

  get facts(): LiveFacts {
    return this.#session.services.facts;
  }
  get session(): SessionContext['session'] {
    return {
      connectionId: this.#session.connectionId,
      roleId: this.#role.id,
      databaseId: this.#session.namespace(this.snapshot).databaseId,
      databaseName: this.#session.variables.text('database'),
    };
  }
  get userName(): string {
    return this.#role.name;
  }
  get sessionUserName(): string {
    return this.#role.name;
  }
  get superuser(): boolean {
    return this.#session.isSuperuser(this.#role);
  }
  get searchPath(): readonly string[] {
    return this.#session.variables.names('search_path');
  }
  get effectiveSchemas(): readonly Id[] {
    return this.#session.namespace(this.snapshot).effectiveSchemas;
  }
  get temporarySchemaId(): Id | null {
    return this.#session.temporarySchemaId(this.snapshot);
  }
  get transactionTime(): bigint {
    return BigInt(this.#startedAt - POSTGRES_EPOCH_MS) * 1000n;
  }
  get mzNow(): bigint {
    return BigInt(this.#startedAt);
  }
  get serverVersion(): string {
    return SERVER_VERSION;
  }
  get mzVersion(): string {
    return MZ_VERSION;
  }
  get environmentId(): string {
    return this.snapshot.small.environment.get('')?.environmentId ?? '';
  }
  get sessionId(): string {
    return this.#session.id;
  }
  *cursors(): Iterable<CursorFact> {
    for (const [name, { sql, openedAt }] of this.#session.cursors.list()) yield { name, sql, openedAt };
  }
  setting(name: string): string | null {
    return this.#session.showVariable(name, this.snapshot) ?? null;
  }
  setSetting(name: string, value: string, local: boolean): void {
    this.#session.setVariable(name, [value], local);
  }
  cancelBackend(connectionId: number): boolean {
    return this.#session.services.cancelBackend(connectionId);
  }
  sourceRows(sourceId: Id): Iterable<Row> {
    return sourceRows(this.snapshot, sourceId, this.#session.services.clock());
  }
  /** Rows inserted in this transaction are not readable before COMMIT: Materialize's write-only transactions. */
  pendingRows(): ReadonlyMap<number, Row | null> | undefined {
    return undefined;
  }
  /** `SELECT ... FROM (SHOW ...)`. */
  showQuery(statement: Statement): string | undefined {
    if (statement.kind !== 'show objects' && statement.kind !== 'show columns') return undefined;
    return this.#session.families.showListingSql(statement, this.#session.scope(''));
  }
}
