/**
 * A small engine for tests of the PostgreSQL door alone: it understands the few statements below and keeps the rules of
 * EngineSession, so that a transcript depends on the door and nothing else.
 */
import { SqlError, notice, syntaxError, warning, type Notice } from '../../src/errors.ts';
import type {
  CopyFormat,
  EngineSession,
  MaybePromise,
  Outcome,
  ParsedStatement,
  Prepared,
  Principal,
  SessionFactory,
  TransactionStatus,
} from '../../src/engine/outcome.ts';
import type { Interrupt } from '../../src/query/interrupt.ts';
import type { FetchState, ResultColumn, RowCursor } from '../../src/query/result.ts';
import { typeByOid } from '../../src/types/registry.ts';
import type { Datum, Row } from '../../src/types/datum.ts';
import type { ColumnType } from '../../src/types/sql-type.ts';

export const TEXT_COPY: CopyFormat = {
  format: 'text',
  delimiter: '\t',
  nullText: '\\N',
  quote: '"',
  escape: '"',
  header: false,
};

export function columnType(oid: number): ColumnType {
  const type = typeByOid(oid);
  if (type === undefined) throw new Error(`no type ${oid}`);
  return { type, typmod: -1 };
}

export function column(name: string, oid: number): ResultColumn {
  return { name, ...columnType(oid) };
}

/** A cursor over a list made on the way; it yields every `slice` rows. */
export class FakeCursor implements RowCursor {
  closed = 0;
  fetched = 0;
  #next = 0;
  readonly #rows: number;
  readonly #make: (index: number) => Row;
  readonly #interrupt: Interrupt;
  constructor(rows: number, make: (index: number) => Row, interrupt: Interrupt) {
    this.#rows = rows;
    this.#make = make;
    this.#interrupt = interrupt;
  }
  fetch(max: number, into: Row[]): FetchState {
    this.#interrupt.check();
    for (let i = 0; i < max && this.#next < this.#rows; i++) into.push(this.#make(this.#next++));
    this.fetched = this.#next;
    return this.#next < this.#rows ? 'more' : 'done';
  }
  close(): void {
    this.closed++;
  }
}

interface Plan {
  readonly parameters: readonly number[];
  readonly columns: readonly ResultColumn[] | null;
  readonly isCopy?: boolean;
  run(session: FakeSession, parameters: readonly Datum[], interrupt: Interrupt): MaybePromise<Outcome>;
}

function rows(columns: readonly ResultColumn[], count: number, make: (index: number) => Row): Plan {
  return {
    parameters: [],
    columns,
    run: (session, _parameters, interrupt) => {
      const cursor = new FakeCursor(count, make, interrupt);
      if (session.cursors.length < 10_000) session.cursors.push(cursor);
      return { kind: 'rows', columns, cursor, tag: (n) => `SELECT ${n}` };
    },
  };
}

function command(tag: string, act: (session: FakeSession) => void = () => {}): Plan {
  return {
    parameters: [],
    columns: null,
    run: (session) => {
      act(session);
      return { kind: 'command', tag };
    },
  };
}

const ONE = [column('?column?', 23)];
const COUNT = [column('n', 23)];
const BLOB = [column('blob', 25)];
const ECHO = [column('i', 23), column('t', 25)];
const MIXED = [column('b', 16), column('i8', 20), column('t', 25), column('n', 23)];

type Maker = (match: RegExpExecArray) => Plan;

const STATEMENTS: readonly (readonly [RegExp, Maker])[] = [
  [/^SELECT 1$/i, () => rows(ONE, 1, () => [1])],
  [/^SELECT generate_series\(1, ?(\d+)\)$/i, (m) => rows(COUNT, Number(m[1]), (i) => [i + 1])],
  [/^SELECT blobs\((\d+), ?(\d+)\)$/i, (m) => rows(BLOB, Number(m[1]), () => ['x'.repeat(Number(m[2]))])],
  [
    /^SELECT mixed$/i,
    () => rows(MIXED, 2, (i) => (i === 0 ? [true, 2n ** 62n, 'ä\n', -7] : [null, null, null, null])),
  ],
  [
    /^SELECT \$1::int4, \$2::text$/i,
    () => ({
      parameters: [23, 25],
      columns: ECHO,
      run: (_session, parameters, interrupt) => ({
        kind: 'rows',
        columns: ECHO,
        cursor: new FakeCursor(1, () => parameters, interrupt),
        tag: (n) => `SELECT ${n}`,
      }),
    }),
  ],
  [
    /^SELECT 1\/(0|\(random\(\)\*0\)::int4)$/i,
    () => ({
      ...rows(ONE, 1, () => [1]),
      run: (_session, _parameters, interrupt) => ({
        kind: 'rows',
        columns: ONE,
        cursor: new FakeCursor(
          1,
          () => {
            throw new SqlError('22012', 'division by zero');
          },
          interrupt,
        ),
        tag: (n) => `SELECT ${n}`,
      }),
    }),
  ],
  [
    /^SLEEP (\d+)$/i,
    (m) => ({
      parameters: [],
      columns: null,
      run: (_session, _parameters, interrupt) =>
        new Promise<Outcome>((resolve, reject) => {
          const timer = setTimeout(() => {
            undo();
            resolve({ kind: 'command', tag: 'SLEEP' });
          }, Number(m[1]));
          const undo = interrupt.onRaise((reason) => {
            clearTimeout(timer);
            reject(reason);
          });
        }),
    }),
  ],
  [
    /^SPIN$/i,
    () => ({
      parameters: [],
      columns: ONE,
      run: (session, _parameters, interrupt) => {
        const cursor: RowCursor = {
          fetch: () => {
            interrupt.check();
            return 'yield';
          },
          close: () => void session.closedSpins++,
        };
        return { kind: 'rows', columns: ONE, cursor, tag: (n) => `SELECT ${n}` };
      },
    }),
  ],
  [
    /^BEGIN$/i,
    () =>
      command('BEGIN', (session) => {
        session.status = 'T';
      }),
  ],
  [
    /^(COMMIT|ROLLBACK)$/i,
    (m) =>
      command((m[1] as string).toUpperCase(), (session) => {
        if (session.status === 'I')
          session.notices.push(warning('there is no transaction in progress', { code: '25P01' }));
        session.status = 'I';
      }),
  ],
  [
    /^SET (\w+) (TO|=) '?([^']*)'?$/i,
    (m) => command('SET', (session) => session.set(m[1] as string, m[3] as string)),
  ],
  [
    /^RAISE (.*)$/i,
    (m) => command('RAISE', (session) => void session.notices.push(notice(m[1] as string, { hint: 'h' }))),
  ],
  [
    /^FATAL$/i,
    () =>
      command('', () => {
        throw new SqlError('57P01', 'fatal by request', { severity: 'FATAL' });
      }),
  ],
  [
    /^CRASH$/i,
    () =>
      command('', () => {
        throw new TypeError('secret detail of a defect');
      }),
  ],
  [
    /^COPY \(SELECT generate_series\(1, ?(\d+)\)\) TO STDOUT( BINARY)?$/i,
    (m) => ({
      parameters: [],
      columns: COUNT,
      isCopy: true,
      run: (_session, _parameters, interrupt) => ({
        kind: 'copyOut',
        columns: COUNT,
        cursor: new FakeCursor(Number(m[1]), (i) => [i + 1], interrupt),
        format: m[2] === undefined ? TEXT_COPY : { ...TEXT_COPY, format: 'binary' },
      }),
    }),
  ],
  [
    /^COPY t FROM STDIN$/i,
    () => ({
      parameters: [],
      columns: null,
      isCopy: true,
      run: (session) => {
        let text = '';
        return {
          kind: 'copyIn',
          columns: 1,
          format: TEXT_COPY,
          sink: {
            write: (chunk) => {
              text += Buffer.from(chunk).toString();
              if (text.includes('bad'))
                throw new SqlError('22P02', 'invalid input syntax for type integer: "bad"');
              return text.includes('slow') ? new Promise((resolve) => setTimeout(resolve, 5)) : undefined;
            },
            finish: () => {
              session.copied = text;
              return `COPY ${text.split('\n').filter((line) => line !== '').length}`;
            },
            abort: () => void session.abortedCopies++,
          },
        };
      },
    }),
  ],
];

function planOf(sql: string): Plan {
  for (const [pattern, make] of STATEMENTS) {
    const match = pattern.exec(sql);
    if (match !== null) return make(match);
  }
  throw new SqlError('42P01', `unknown statement`);
}

interface FakePrepared extends Prepared {
  readonly plan: Plan;
}

export class FakeSession implements EngineSession {
  readonly connectionId: number;
  readonly secretKey: number;
  readonly principal: Principal;
  readonly settings: ReadonlyMap<string, string>;
  readonly prepared = new Map<string, Prepared>();
  readonly cursors: FakeCursor[] = [];
  readonly calls: string[] = [];
  notices: Notice[] = [];
  status: TransactionStatus = 'I';
  statementTimeoutMs = 0;
  idleInTransactionTimeoutMs = 0;
  implicit = false;
  closed = 0;
  closedSpins = 0;
  abortedCopies = 0;
  copied = '';
  interrupt: Interrupt | undefined;
  #changes: { name: string; value: string }[] = [];

  constructor(connectionId: number, principal: Principal, settings: ReadonlyMap<string, string>) {
    this.connectionId = connectionId;
    this.secretKey = (connectionId * 2_654_435_761) >>> 0;
    this.principal = principal;
    this.settings = settings;
    this.#changes = [
      { name: 'application_name', value: settings.get('application_name') ?? '' },
      { name: 'client_encoding', value: 'UTF8' },
      { name: 'server_version', value: '9.5.0' },
    ];
  }

  get transactionStatus(): TransactionStatus {
    return this.status;
  }

  set(name: string, value: string): void {
    if (name === 'statement_timeout') this.statementTimeoutMs = Number(value);
    else if (name === 'idle_timeout') this.idleInTransactionTimeoutMs = Number(value);
    else this.#changes.push({ name, value });
  }

  parseScript(sql: string): readonly ParsedStatement[] {
    const bad = sql.indexOf('SYNTAX');
    if (bad >= 0) throw syntaxError('syntax error at or near "SYNTAX"', bad + 1);
    return sql
      .split(';')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => ({ node: null, sql: text, offset: sql.indexOf(text) }));
  }

  *parseInSteps(sql: string): Generator<void, readonly ParsedStatement[]> {
    yield;
    return this.parseScript(sql);
  }

  prepare(statement: ParsedStatement): FakePrepared {
    this.#checkFailed(statement.sql);
    const plan = planOf(statement.sql);
    return {
      sql: statement.sql,
      empty: false,
      parameters: plan.parameters.map(columnType),
      columns: plan.columns,
      isCopy: plan.isCopy ?? false,
      plan,
    };
  }

  revalidate(prepared: Prepared): Prepared {
    this.#checkFailed(prepared.sql);
    return prepared;
  }

  execute(prepared: Prepared, parameters: readonly Datum[], interrupt: Interrupt): MaybePromise<Outcome> {
    if (this.calls.length < 10_000) this.calls.push(prepared.sql);
    this.interrupt = interrupt;
    return (prepared as FakePrepared).plan.run(this, parameters, interrupt);
  }

  beginImplicit(): void {
    this.implicit = true;
  }

  endImplicit(): void {
    if (this.implicit && this.status === 'I' && this.calls.length < 10_000) this.calls.push('(commit)');
    this.implicit = false;
  }

  fail(): void {
    if (this.status === 'T') this.status = 'E';
    if (this.implicit && this.status === 'I') this.calls.push('(rollback)');
    this.implicit = false;
  }

  takeNotices(): readonly Notice[] {
    const taken = this.notices;
    this.notices = [];
    return taken;
  }

  takeParameterChanges(): readonly { name: string; value: string }[] {
    const taken = this.#changes;
    this.#changes = [];
    return taken;
  }

  close(): void {
    this.closed++;
  }

  #checkFailed(sql: string): void {
    if (this.status !== 'E' || /^(COMMIT|ROLLBACK)$/i.test(sql)) return;
    throw new SqlError(
      '25P02',
      'current transaction is aborted, commands ignored until end of transaction block',
    );
  }
}

export interface FakeFactory extends SessionFactory {
  readonly sessions: FakeSession[];
  readonly hashes: Map<string, string>;
  /** A notice for everybody who logs in. */
  greeting: string | undefined;
}

/** A factory that remembers its sessions; users in `hashes` have passwords. */
export function fakeFactory(): FakeFactory {
  const sessions: FakeSession[] = [];
  const hashes = new Map<string, string>();
  return {
    sessions,
    hashes,
    greeting: undefined,
    passwordHash: (user) => hashes.get(user) ?? null,
    open(principal, settings) {
      if (principal.user === 'ghost')
        throw new SqlError('28000', 'role "ghost" does not exist', { severity: 'FATAL' });
      const session = new FakeSession(sessions.length + 1, principal, settings);
      if (this.greeting !== undefined) session.notices.push(notice(this.greeting));
      sessions.push(session);
      return session;
    },
    cancel: (connectionId, secretKey) => {
      const session = sessions[connectionId - 1];
      if (session?.secretKey === secretKey) session.interrupt?.raise();
    },
  };
}
