/**
 * One session of the PostgreSQL door: variables, transaction, prepared statements, cursors, and the one way in which
 * every statement is planned and run.
 */
import { randomInt, randomUUID } from 'node:crypto';
import type { Id } from '../../catalog/ids.ts';
import type { RoleRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { SqlError, type Notice } from '../../errors.ts';
import type { ResultColumn } from '../../query/result.ts';
import { Interrupt } from '../../query/interrupt.ts';
import { withoutSecretValues } from '../../sql/guard-error.ts';
import { positioned } from '../../sql/position.ts';
import { parseScript, parseScriptInSteps } from '../../sql/parser.ts';
import { printStatement } from '../../sql/printer.ts';
import type { ParsedStatement as SqlStatement, Statement } from '../../sql/nodes.ts';
import { castSession } from '../../functions/cast-session.ts';
import type { CastSession } from '../../types/cast-session.ts';
import type { Datum } from '../../types/datum.ts';
import type {
  EngineSession,
  MaybePromise,
  Outcome,
  ParsedStatement,
  Prepared,
  Principal,
  TransactionStatus,
} from '../outcome.ts';
import type { Services } from '../services.ts';
import {
  done,
  type Handler,
  type RunScope,
  type StatementFamilies,
  type TransactionClass,
} from '../statements/handler.ts';
import type { SessionVariables } from '../variables/session-variables.ts';
import { variableDefinition } from '../variables/definitions.ts';
import { beginActivity, finishActivity, watchOutcome } from './activity-watch.ts';
import { Cursors } from './cursors.ts';
import { resolveNamespace, type Namespace } from './namespace.ts';
import { NoticeBox } from './notice-box.ts';
import { PreparedStatement } from './prepared-statement.ts';
import { StatementScope } from './statement-scope.ts';
import { temporarySchemaOf } from './temporary.ts';
import { TransactionManager } from './transaction-manager.ts';

/** Longest query string of a message, as Materialize has it. */
const MAX_STATEMENT_BYTES = 1_000_000;

function checkLength(sql: string): void {
  if (sql.length > MAX_STATEMENT_BYTES / 4 && Buffer.byteLength(sql) > MAX_STATEMENT_BYTES) {
    throw new SqlError('54000', 'statement batch size cannot exceed 976.6 KiB');
  }
}

export class Session implements EngineSession {
  readonly id = randomUUID();
  readonly connectionId: number;
  readonly secretKey = randomInt(1, 0x7fffffff);
  readonly principal: Principal;
  readonly roleId: Id;
  readonly connectedAt: number;
  readonly services: Services;
  readonly families: StatementFamilies;
  readonly variables: SessionVariables;
  readonly prepared = new Map<string, Prepared>();
  readonly cursors = new Cursors();
  readonly transactions: TransactionManager;
  readonly notices: NoticeBox;
  /** Stops what runs now; set by the door for each statement. */
  running: Interrupt | null = null;
  /** Cursors outlive the statement that declared them; this ends with the session. */
  readonly cursorInterrupt = new Interrupt();
  readonly #onClose: (session: Session) => void;
  #namespace: { key: string; value: Namespace } | undefined;

  constructor(options: {
    services: Services;
    families: StatementFamilies;
    connectionId: number;
    principal: Principal;
    roleId: Id;
    variables: SessionVariables;
    onClose: (session: Session) => void;
  }) {
    this.services = options.services;
    this.families = options.families;
    this.connectionId = options.connectionId;
    this.principal = options.principal;
    this.roleId = options.roleId;
    this.variables = options.variables;
    this.connectedAt = options.services.clock();
    this.#onClose = options.onClose;
    this.transactions = new TransactionManager(this);
    this.notices = new NoticeBox(() => this.variables.text('client_min_messages'));
  }

  get transactionStatus(): TransactionStatus {
    return this.transactions.status;
  }
  get statementTimeoutMs(): number {
    return this.variables.milliseconds('statement_timeout');
  }
  get idleInTransactionTimeoutMs(): number {
    return this.variables.milliseconds('idle_in_transaction_session_timeout');
  }

  parseScript(sql: string): readonly ParsedStatement[] {
    checkLength(sql);
    try {
      return parseScript(sql);
    } catch (error) {
      throw withoutSecretValues(error, sql);
    }
  }

  *parseInSteps(sql: string): Generator<void, readonly ParsedStatement[]> {
    checkLength(sql);
    try {
      return yield* parseScriptInSteps(sql);
    } catch (error) {
      throw withoutSecretValues(error, sql);
    }
  }

  prepare(statement: ParsedStatement, parameterTypes: readonly number[]): Prepared {
    const { node, sql, text, offset } = statement as SqlStatement;
    this.transactions.checkUsable(node);
    try {
      return this.plan(node, sql, parameterTypes);
    } catch (error) {
      throw withoutSecretValues(positioned(error, text, offset), sql);
    }
  }

  /** Plans a statement against the snapshot it would read now. */
  plan(node: Statement, sql: string, parameterTypes: readonly number[]): PreparedStatement {
    const handler = this.families.handlerOf(node);
    const scope = this.scope(sql);
    const described = handler.describe?.(node, scope, parameterTypes);
    return new PreparedStatement(node, sql, parameterTypes, described, this.#planKey(scope.snapshot));
  }

  revalidate(prepared: Prepared): Prepared {
    const old = prepared as PreparedStatement;
    if (old.node === null || old.planKey === this.#planKey(this.transactions.peekSnapshot())) return old;
    const fresh = this.plan(old.node, old.sql, old.parameterTypes);
    if (!old.sameColumns(fresh)) throw new SqlError('0A000', 'cached plan must not change result type');
    old.adopt(fresh);
    return old;
  }

  execute(
    prepared: Prepared,
    parameters: readonly Datum[],
    interrupt: Interrupt,
    maxRows: number,
  ): MaybePromise<Outcome> {
    const statement = prepared as PreparedStatement;
    const { node } = statement;
    if (node === null) return { kind: 'empty' };
    this.transactions.checkUsable(node);
    const current = this.revalidate(statement) as PreparedStatement;
    this.running = interrupt;
    const activity = beginActivity(this, node, statement.sql);
    let outcome: MaybePromise<Outcome>;
    try {
      outcome = this.#dispatch(current, node, parameters, interrupt, maxRows);
    } catch (thrown) {
      const error = withoutSecretValues(thrown, statement.sql);
      finishActivity(this, activity, error);
      throw error;
    }
    if (outcome instanceof Promise) {
      return outcome.then(
        (value) => watchOutcome(this, activity, value),
        (thrown: unknown) => {
          const error = withoutSecretValues(thrown, statement.sql);
          finishActivity(this, activity, error);
          throw error;
        },
      );
    }
    return watchOutcome(this, activity, outcome);
  }

  /** Runs a statement inside another: EXECUTE and DECLARE. The outer one is what the activity log shows. */
  executeNested(
    prepared: PreparedStatement,
    parameters: readonly Datum[],
    interrupt: Interrupt,
    maxRows: number,
  ): MaybePromise<Outcome> {
    if (prepared.node === null) return { kind: 'empty' };
    return this.#dispatch(prepared, prepared.node, parameters, interrupt, maxRows);
  }

  /** Checks how the statement goes with the open transaction, then runs or defers it. */
  #dispatch(
    prepared: PreparedStatement,
    node: Statement,
    parameters: readonly Datum[],
    interrupt: Interrupt,
    maxRows: number,
  ): MaybePromise<Outcome> {
    const handler = this.families.handlerOf(node);
    const run = (): MaybePromise<Outcome> => {
      const scope = this.scope(prepared.sql, { parameters, interrupt, maxRows });
      return handler.run(node, scope, prepared.plan);
    };
    const verdict = this.transactions.admit(this.#classOf(handler, node, prepared), () =>
      printForError(node),
    );
    if (verdict === 'run') return run();
    this.transactions.defer(async () => {
      await run();
    });
    return done(typeof handler.tag === 'string' ? handler.tag : handler.tag(node));
  }

  #classOf(handler: Handler, node: Statement, prepared: PreparedStatement): TransactionClass {
    if (typeof handler.transaction === 'string') return handler.transaction;
    const scope = this.scope(prepared.sql);
    return handler.transaction(node, scope, prepared.plan);
  }

  /** A scope on the snapshot that a statement run now reads. */
  scope(
    text: string,
    run?: { parameters: readonly Datum[]; interrupt: Interrupt; maxRows: number },
  ): StatementScope {
    return new StatementScope(this, this.transactions.peekSnapshot(), text, run);
  }

  cursorColumns(name: string): readonly ResultColumn[] | undefined {
    return this.cursors.has(name) ? this.cursors.get(name).columns : undefined;
  }

  /** Reads the text of parameters that name things of the catalog. */
  castSession(): CastSession {
    return castSession(this.scope('').sql);
  }

  /** The same run on the newest snapshot. */
  rescope(scope: RunScope): StatementScope {
    return this.scope(scope.text, scope);
  }

  beginImplicit(multiStatement: boolean): void {
    this.transactions.beginImplicit(multiStatement);
  }
  endImplicit(): MaybePromise<void> {
    return this.transactions.endImplicit();
  }
  fail(): void {
    this.transactions.fail();
  }

  takeNotices(): readonly Notice[] {
    return this.notices.take();
  }
  takeParameterChanges(): readonly { readonly name: string; readonly value: string }[] {
    return this.variables.takeReports();
  }

  /** The role as it is now. Throws 42501 when it was dropped meanwhile. */
  role(snapshot: Snapshot): RoleRecord {
    const role = snapshot.roles.get(this.roleId);
    if (role !== undefined) return role;
    throw new SqlError('42501', `role ${this.roleId} was concurrently dropped`, {
      detail: 'Please disconnect and re-connect with a valid role.',
    });
  }

  isSuperuser(role: RoleRecord): boolean {
    return role.superuser === true || role.name === 'mz_system';
  }

  /** Whether role-based access checks apply to this session's statements. */
  rbacEnabled(snapshot: Snapshot): boolean {
    return (
      this.services.systemVariable(snapshot, 'enable_rbac_checks') === 'on' ||
      this.variables.flag('enable_session_rbac_checks')
    );
  }

  /** Database and schemas that names resolve in; kept until variables or the schema change. */
  namespace(snapshot: Snapshot): Namespace {
    const key = this.#planKey(snapshot);
    if (this.#namespace?.key !== key) {
      const value = resolveNamespace(
        snapshot,
        this.variables.text('database'),
        this.variables.names('search_path'),
        this.temporarySchemaId(snapshot),
      );
      this.#namespace = { key, value };
    }
    return this.#namespace.value;
  }

  /** Schema of this session's temporary items, once it has one. */
  temporarySchemaId(snapshot: Snapshot): Id | null {
    const id = temporarySchemaOf(this.connectionId);
    return snapshot.itemsOfSchema.has(id) ? id : null;
  }

  /** Value of any variable as SHOW prints it, or undefined when there is none this session may see. */
  showVariable(name: string, snapshot: Snapshot): string | undefined {
    const definition = variableDefinition(name);
    if (definition === undefined) return undefined;
    if (definition.name === 'is_superuser') return this.isSuperuser(this.role(snapshot)) ? 'on' : 'off';
    const value = this.variables.get(definition.name);
    if (value !== undefined) return value;
    if (definition.hidden === true && !this.seesHidden(snapshot)) return undefined;
    return this.services.systemVariable(snapshot, definition.name);
  }

  /** mz_system and mz_support may SHOW feature flags. */
  seesHidden(snapshot: Snapshot): boolean {
    const { name } = this.role(snapshot);
    return name === 'mz_system' || name === 'mz_support';
  }

  setVariable(name: string, values: readonly string[] | null, local: boolean): void {
    this.variables.set(name, values, local, this.transactions.inBlock);
  }

  /** DISCARD ALL. */
  discardAll(): MaybePromise<void> {
    this.prepared.clear();
    this.cursors.closeAll();
    this.variables.resetAll();
    return this.discardTemporary();
  }

  /** DISCARD TEMP: drops temporary items. */
  discardTemporary(): MaybePromise<void> {
    return this.transactions.dropTemporaryItems();
  }

  close(): void {
    this.running?.raise();
    this.cursorInterrupt.raise();
    this.cursors.closeAll();
    this.transactions.abandon();
    this.#onClose(this);
  }

  #planKey(snapshot: Snapshot): string {
    return `${snapshot.schemaVersion}/${this.variables.generation}`;
  }
}

/** The statement as errors print it: in normal form, with secrets masked. */
function printForError(node: Statement): string {
  return printStatement(node, { redacted: true });
}
