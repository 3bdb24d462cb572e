import type { RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import type { Notice } from '../../errors.ts';
import { Interrupt } from '../../query/interrupt.ts';
import type { Datum } from '../../types/datum.ts';
import type { IdSource } from '../committer.ts';
import type { Services } from '../services.ts';
import type { Built, RunScope } from '../statements/handler.ts';
import { StatementContext } from './context.ts';
import type { Session } from './session.ts';

const NO_PARAMETERS: readonly Datum[] = [];

/** What one statement may use while it is planned and run; see {@link RunScope}. */
export class StatementScope implements RunScope {
  readonly session: Session;
  readonly snapshot: Snapshot;
  readonly text: string;
  readonly parameters: readonly Datum[];
  readonly interrupt: Interrupt;
  readonly maxRows: number;
  readonly role: RoleRecord;
  readonly sql: StatementContext;

  constructor(
    session: Session,
    snapshot: Snapshot,
    text: string,
    run?: { parameters: readonly Datum[]; interrupt: Interrupt; maxRows: number },
  ) {
    this.session = session;
    this.snapshot = snapshot;
    this.text = text;
    this.parameters = run?.parameters ?? NO_PARAMETERS;
    this.interrupt = run?.interrupt ?? NEVER;
    this.maxRows = run?.maxRows ?? 0;
    this.role = session.role(snapshot);
    this.sql = new StatementContext(session, snapshot, this.role, session.transactions.startedAt);
  }

  get services(): Services {
    return this.session.services;
  }

  notice(notice: Notice): void {
    this.session.notices.add(notice);
  }

  commit<T>(build: (tip: Snapshot, ids: IdSource) => Built<T>): Promise<T> {
    return this.session.transactions.commit(build, this.interrupt);
  }
}

/** Planning alone cannot be interrupted: it does not wait. */
const NEVER = new Interrupt();
