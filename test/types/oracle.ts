/** PostgreSQL as the measure of our types: what it makes of an input, how it orders values, what a cast gives. */
import pg from 'pg';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

/** What PostgreSQL made of an input; null when it refused. */
export interface Verdict {
  readonly text: string;
  /** The *_send bytes in hex; null for types that have none. */
  readonly binary: string | null;
}

export interface TypeOracle {
  read(type: string, inputs: readonly string[]): Promise<readonly (Verdict | null)[]>;
  /** Text of `input::from::to`; undefined when PostgreSQL refused. */
  cast(from: string, to: string, inputs: readonly string[]): Promise<readonly (string | null | undefined)[]>;
  /** Text of an SQL expression over $1 (text); undefined when PostgreSQL refused. */
  evaluate(expression: string, inputs: readonly string[]): Promise<readonly (string | null | undefined)[]>;
  /** Dense ranks of values by the type's default order. */
  ranks(type: string, inputs: readonly string[]): Promise<readonly number[]>;
  /** atttypmod and format_type of a column declared with the type. */
  modifier(type: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

let tables = 0;

const SETUP = `
  create function try_read(input text, type text, send text) returns text[] language plpgsql as $$
  declare result text[];
  begin
    execute format('select array[format(''%%s'', v), %s] from (select $1::%s as v) s',
      case when send = '-' then 'null' else format('encode(%s(v), ''hex'')', send) end, type)
      into result using input;
    return result;
  exception when others then return null;
  end $$;
  create function try_eval(input text, expression text) returns text[] language plpgsql as $$
  declare result text;
  begin
    execute format('select (%s)::text', expression) into result using input;
    return array[result];
  exception when others then return null;
  end $$;`;

/** Starts PostgreSQL; null when it is not installed. */
export async function startOracle(): Promise<TypeOracle | null> {
  const server = await startPostgres();
  return server === null ? null : connect(server);
}

async function connect(server: TestPostgres): Promise<TypeOracle> {
  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  await client.query(SETUP);
  await client.query('set extra_float_digits = 3');
  const evaluate = async (
    expression: string,
    inputs: readonly string[],
  ): Promise<(string | null | undefined)[]> => {
    const { rows } = await client.query<{ r: string[] | null }>(
      'select try_eval(i, $2) as r from unnest($1::text[]) with ordinality as u(i, n) order by n',
      [inputs, expression],
    );
    return rows.map((row) => (row.r === null ? undefined : (row.r[0] ?? null)));
  };
  return {
    evaluate,
    async read(type, inputs) {
      const { rows } = await client.query<{ r: [string, string | null] | null }>(
        `select try_read(i, $2::text, (select case typsend when 0 then '-' else typsend::regproc::text end
           from pg_type where oid = $2::text::regtype)) as r
         from unnest($1::text[]) with ordinality as u(i, n) order by n`,
        [inputs, type],
      );
      return rows.map((row) => (row.r === null ? null : { text: row.r[0], binary: row.r[1] }));
    },
    cast: (from, to, inputs) => evaluate(`$1::${from}::${to}`, inputs),
    async ranks(type, inputs) {
      const { rows } = await client.query<{ rank: string }>(
        `select rank from (select n, dense_rank() over (order by i::${type}) as rank
           from unnest($1::text[]) with ordinality as u(i, n)) s order by n`,
        [inputs],
      );
      return rows.map((row) => Number(row.rank));
    },
    async modifier(type) {
      const table = `modifier_${String(tables++)}`;
      await client.query(`create temporary table ${table} (c ${type})`);
      const { rows } = await client.query<{ m: string; f: string }>(
        `select atttypmod::text as m, format_type(atttypid, atttypmod) as f from pg_attribute
         where attrelid = '${table}'::regclass and attname = 'c'`,
      );
      return rows.flatMap((row) => [row.m, row.f]);
    },
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}
