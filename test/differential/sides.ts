/** The two sides of the differential test: real PostgreSQL, and binding and running in this process. */
import pg from 'pg';
import { SqlError } from '../../src/errors.ts';
import { castSession } from '../../src/functions/cast-session.ts';
import { testSession } from '../../src/functions/test-support.ts';
import { bindQuery } from '../../src/query/bind-query.ts';
import { Interrupt } from '../../src/query/interrupt.ts';
import { openQuery } from '../../src/query/run/open-query.ts';
import type { SessionContext } from '../../src/query/session-context.ts';
import { parseQuery } from '../../src/sql/parser.ts';
import { binaryEncoder, textEncoder } from '../../src/types/codec.ts';
import type { Datum, Row } from '../../src/types/datum.ts';
import type { SqlType } from '../../src/types/sql-type.ts';
import { startPostgres } from '../support/postgres.ts';
import { fixtureSnapshot, fixtureSql } from './fixture.ts';

/** What a query came to, in terms that both sides share. */
export type Outcome =
  | {
      readonly kind: 'rows';
      /** `name:oid` of each column. */
      readonly columns: readonly string[];
      readonly text: readonly (readonly (string | null)[])[];
      /** The same values in binary format, as hex. */
      readonly binary: readonly (readonly (string | null)[])[];
    }
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

export interface Side {
  run(sql: string): Promise<Outcome>;
  stop(): Promise<void>;
}

const TRANSACTION_TIME = 820_000_000_000_000n;

/** A session in the fixture's catalog, as PostgreSQL's is set up: UTC, ISO dates. */
export function fixtureSession(): SessionContext {
  const settings = { timezone: 'UTC', extra_float_digits: '1', search_path: 'public' };
  return {
    ...testSession(settings, fixtureSnapshot()),
    session: { connectionId: 7, roleId: 's1', databaseId: 'u1', databaseName: 'materialize' },
    effectiveSchemas: ['s1', 's2', 'u3'],
    superuser: true,
    transactionTime: TRANSACTION_TIME,
  };
}

/** Binding and running here. */
export function ourSide(): Side {
  const session = fixtureSession();
  const casts = castSession(session);
  const table = (
    rows: readonly Row[],
    types: readonly SqlType[],
    encoderOf: (type: SqlType) => (value: Datum) => string,
  ): (string | null)[][] => {
    const encoders = types.map(encoderOf);
    return rows.map((row) =>
      encoders.map((encode, i) => {
        const value = row[i] ?? null;
        return value === null ? null : encode(value);
      }),
    );
  };
  const binary = (type: SqlType): ((value: Datum) => string) => {
    const encode = binaryEncoder(type);
    if (encode === undefined) return () => 'no binary form';
    return (value) => Buffer.from(encode(value)).toString('hex');
  };
  return {
    run(sql) {
      try {
        const bound = bindQuery(parseQuery(sql), session, { parameterTypes: [] });
        const context = { session, parameters: [], interrupt: new Interrupt(), memoryLimit: 1 << 28 };
        const cursor = openQuery(bound, context);
        const rows: Row[] = [];
        while (cursor.fetch(1000, rows) !== 'done');
        const types = bound.columns.map(({ type }) => type);
        return Promise.resolve({
          kind: 'rows',
          columns: bound.columns.map(({ name, type }) => `${name}:${type.oid}`),
          text: table(rows, types, (type) => textEncoder(type, casts)),
          binary: table(rows, types, binary),
        });
      } catch (cause) {
        if (!(cause instanceof SqlError)) throw cause;
        return Promise.resolve({ kind: 'error', code: cause.code, message: cause.message });
      }
    },
    stop: () => Promise.resolve(),
  };
}

/** Leaves values as the text that came. */
const RAW = { getTypeParser: () => (value: string) => value };

/** PostgreSQL with the fixture; null when it is not installed. */
export async function postgresSide(): Promise<Side | null> {
  const server = await startPostgres();
  if (server === null) return null;
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  await client.query(fixtureSql());
  await client.query(`set timezone = 'UTC'`);
  return {
    async run(sql) {
      try {
        const text = await client.query<(string | null)[]>({
          text: sql,
          rowMode: 'array',
          types: RAW,
        } as unknown as pg.QueryArrayConfig);
        return {
          kind: 'rows',
          columns: text.fields.map((field) => `${field.name}:${field.dataTypeID}`),
          text: text.rows,
          binary: await binaryRows(client, sql),
        };
      } catch (cause) {
        if (!(cause instanceof pg.DatabaseError)) throw cause;
        return { kind: 'error', code: cause.code ?? '', message: cause.message };
      }
    },
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}

/** The connection below a client, which hears the data of COPY. */
interface CopyEvents {
  on(event: 'copyData', listener: (message: { readonly chunk: Buffer }) => void): void;
  off(event: 'copyData', listener: (message: { readonly chunk: Buffer }) => void): void;
}

/** Rows in binary by COPY: the client itself reads every value as text. */
async function binaryRows(client: pg.Client, sql: string): Promise<(string | null)[][]> {
  const { connection } = client as unknown as { readonly connection: CopyEvents };
  const chunks: Buffer[] = [];
  const listen = ({ chunk }: { readonly chunk: Buffer }): void => {
    chunks.push(chunk);
  };
  connection.on('copyData', listen);
  try {
    await client.query(`copy (${sql}) to stdout (format binary)`);
  } finally {
    connection.off('copyData', listen);
  }
  return readCopy(Buffer.concat(chunks));
}

/** Length of the signature, flags and an empty extension in front of the rows. */
const COPY_HEADER = 19;

function readCopy(bytes: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let at = COPY_HEADER;
  for (;;) {
    const columns = bytes.readInt16BE(at);
    at += 2;
    if (columns < 0) return rows;
    rows.push(
      Array.from({ length: columns }, () => {
        const length = bytes.readInt32BE(at);
        at += 4;
        if (length < 0) return null;
        at += length;
        return bytes.toString('hex', at - length, at);
      }),
    );
  }
}
