/** A real PostgreSQL that judges what the server refused: a statement that it refuses too is no fault of ours. */
import pg from 'pg';
import { startPostgres } from '../../support/postgres.ts';
import { SHARED_CATALOG } from './live-server.ts';

export interface Judge {
  /** Whether PostgreSQL refuses the statement as well, over the same tables. Nothing of it is kept. */
  refuses(sql: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Longest a statement may run; the clients' endless ones end so here too. */
const PATIENCE_MS = 2000;

/** Starts the judge, or answers null where PostgreSQL is not installed. */
export async function openJudge(): Promise<Judge | null> {
  const postgres = await startPostgres({ conf: [`statement_timeout = ${PATIENCE_MS}`] });
  if (postgres === null) return null;
  const client = new pg.Client({ connectionString: postgres.connectionString });
  await client.connect();
  for (const statement of SHARED_CATALOG)
    await client.query(statement.replaceAll('ROLE materialize', 'ROLE postgres'));
  return {
    async refuses(sql) {
      // Values of parameters are not known here: planning says whether names, types and grammar are right.
      const statement = /\$\d/.test(sql) ? `PREPARE judged AS ${sql}` : sql;
      await client.query('BEGIN');
      try {
        await client.query(statement);
        return false;
      } catch {
        return true;
      } finally {
        await client.query('ROLLBACK; DEALLOCATE ALL');
      }
    },
    async close() {
      await client.end();
      await postgres.stop();
    },
  };
}
