/**
 * A whole engine in memory, for tests of statements: no sockets, no disk, upstream systems simulated. Statements go the way
 * they go for the PostgreSQL door: parsed, planned, run, and their rows fetched.
 */
import { openCatalog } from '../../src/catalog/open.ts';
import type { Snapshot } from '../../src/catalog/snapshot.ts';
import { simulatedUpstreams } from '../../src/connections/simulated.ts';
import { ActivityLog } from '../../src/engine/activity.ts';
import { Committer } from '../../src/engine/committer.ts';
import { Engine, Sessions } from '../../src/engine/engine.ts';
import { liveFacts } from '../../src/engine/facts.ts';
import type { EngineSession, Outcome } from '../../src/engine/outcome.ts';
import { openVersion } from '../../src/engine/secret-value.ts';
import type { Services } from '../../src/engine/services.ts';
import { systemVariableReader } from '../../src/engine/variables/system-variables.ts';
import { SqlError, type Notice } from '../../src/errors.ts';
import { createLogger } from '../../src/log.ts';
import { Interrupt } from '../../src/query/interrupt.ts';
import type { ResultColumn } from '../../src/query/result.ts';
import { KeyRing } from '../../src/secrets/key-ring.ts';
import { SecretBytes } from '../../src/secrets/secret-bytes.ts';
import { loadParser } from '../../src/sql/parser.ts';
import { memoryStore } from '../../src/store/memory-store.ts';
import { textEncoder } from '../../src/types/codec.ts';
import type { Row } from '../../src/types/datum.ts';
import type { Upstreams } from '../../src/connections/resolved.ts';

/** What one statement answered. Values are as a client sees them in text format. */
export interface Answer {
  readonly tag: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The fields of an error that clients see. */
export interface ErrorText {
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly severity?: string | undefined;
}

/** A session as tests drive it. */
export class TestSession {
  readonly session: EngineSession;

  constructor(session: EngineSession) {
    this.session = session;
  }

  /** Runs a query string as one simple query message; answers what each statement answered. Throws SqlError. */
  async script(sql: string): Promise<readonly Answer[]> {
    const { session } = this;
    try {
      const statements = session.parseScript(sql);
      session.beginImplicit(statements.length > 1);
      const answers: Answer[] = [];
      for (const statement of statements) {
        const prepared = await session.prepare(statement, []);
        answers.push(await read(await session.execute(prepared, [], new Interrupt(), 0)));
        // A COMMIT inside the string ends the block; what follows starts a new one.
        session.beginImplicit(statements.length > 1);
      }
      await session.endImplicit();
      return answers;
    } catch (error) {
      session.fail();
      throw error;
    }
  }

  /** Runs one statement. */
  async exec(sql: string): Promise<Answer> {
    const answers = await this.script(sql);
    return answers.at(-1) ?? { tag: '', columns: [], rows: [] };
  }

  /** Runs statements one after the other, each for itself; answers their tags. */
  async all(...statements: readonly string[]): Promise<readonly string[]> {
    const tags: string[] = [];
    for (const sql of statements) tags.push((await this.exec(sql)).tag);
    return tags;
  }

  async rows(sql: string): Promise<Answer['rows']> {
    return (await this.exec(sql)).rows;
  }

  /** The error that a statement ends with; fails the test when there is none. */
  async error(sql: string): Promise<ErrorText> {
    try {
      await this.script(sql);
    } catch (error) {
      return errorText(error);
    }
    throw new Error(`expected an error of: ${sql}`);
  }

  /** Notices since the last call. */
  notices(): readonly Pick<Notice, 'severity' | 'code' | 'message' | 'detail' | 'hint'>[] {
    return this.session
      .takeNotices()
      .map(({ severity, code, message, detail, hint }) => ({ severity, code, message, detail, hint }));
  }

  close(): void {
    this.session.close();
  }
}

/** Fields of a SqlError; anything else is a defect and is thrown on. */
export function errorText(error: unknown): ErrorText {
  if (!(error instanceof SqlError)) throw error;
  const { code, message, detail, hint, severity } = error;
  return {
    code,
    message,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(severity === 'ERROR' ? {} : { severity }),
  };
}

async function read(outcome: Outcome): Promise<Answer> {
  switch (outcome.kind) {
    case 'rows':
    case 'copyOut': {
      const rows = await drain(outcome);
      const tag = outcome.kind === 'rows' ? outcome.tag(rows.length) : `COPY ${rows.length}`;
      return { tag, columns: outcome.columns.map((column) => column.name), rows };
    }
    case 'command':
      return { tag: outcome.tag, columns: [], rows: [] };
    case 'empty':
      return { tag: '', columns: [], rows: [] };
    case 'copyIn':
      outcome.sink.abort();
      throw new Error('COPY FROM STDIN needs a door');
  }
}

async function drain({
  columns,
  cursor,
}: {
  readonly columns: readonly ResultColumn[];
  readonly cursor: Extract<Outcome, { kind: 'rows' }>['cursor'];
}): Promise<Answer['rows']> {
  const rows: Row[] = [];
  for (;;) {
    const state = cursor.fetch(1000, rows);
    if (state === 'done') break;
    if (state === 'yield') await new Promise((resolve) => setImmediate(resolve));
  }
  cursor.close();
  const encoders = columns.map(({ type }) => textEncoder(type));
  return rows.map((row) => encoders.map((encode, i) => (row[i] == null ? null : encode(row[i]))));
}

/** A running engine. */
export interface TestEngine {
  readonly engine: Engine;
  readonly services: Services;
  snapshot(): Snapshot;
  /** A session of a user; built-in users come in by the internal door. */
  session(user?: string, options?: { readonly clientIp?: string }): Promise<TestSession>;
  close(): Promise<void>;
}

const BUILT_IN = new Set(['mz_system', 'mz_support']);

export async function startEngine(
  options: {
    readonly upstreams?: Upstreams;
    readonly clock?: () => number;
    /** Defaults of system variables, as given at start. */
    readonly system?: Readonly<Record<string, string>>;
  } = {},
): Promise<TestEngine> {
  await loadParser();
  const clock = options.clock ?? Date.now;
  const store = memoryStore();
  const keyRing = new KeyRing([new SecretBytes(new Uint8Array(32).fill(7))]);
  const { snapshot } = await openCatalog(store, clock());
  const committer = new Committer(store, snapshot, clock);
  const sessions = new Sessions();
  const activity = new ActivityLog();
  const systemDefaults = new Map(Object.entries(options.system ?? {}));
  const upstreams = options.upstreams ?? simulatedUpstreams();
  const services: Services = {
    committer,
    store,
    keyRing,
    upstreams,
    activity,
    facts: liveFacts({ sessions, activity, clock, aws: { events: () => [] } }),
    logger: createLogger('silent'),
    clock,
    aws: { accountId: '000000000000', region: 'us-east-1' },
    httpAuthority: () => '127.0.0.1:6876',
    systemDefaults,
    openSecret: (secretId, versionId) => openVersion(store, keyRing, secretId, versionId),
    systemVariable: systemVariableReader(systemDefaults),
    cancelBackend: (connectionId) => sessions.interrupt(connectionId),
  };
  const engine = new Engine(services, sessions, { provisionRoles: true });
  return {
    engine,
    services,
    snapshot: () => committer.current(),
    async session(user = 'materialize', { clientIp = '127.0.0.1' } = {}) {
      const settings = new Map([['welcome_message', 'off']]);
      const opened = await engine.open({ user, clientIp, internal: BUILT_IN.has(user) }, settings);
      const session = new TestSession(opened);
      session.notices();
      return session;
    },
    async close() {
      await upstreams.close();
      await store.close();
    },
  };
}
