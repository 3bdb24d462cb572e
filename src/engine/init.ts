/** Runs the SQL files of `--init` once, on an empty store. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SqlError } from '../errors.ts';
import { Interrupt } from '../query/interrupt.ts';
import type { Row } from '../types/datum.ts';
import type { Engine } from './engine.ts';
import type { EngineSession, Outcome } from './outcome.ts';

/** A file of `--init` that cannot be read or run. The text names the file and the error, never the statement. */
export class InitError extends Error {}

/** The files: one, or every `*.sql` of a folder in order of name. */
export function initFiles(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new InitError(`--init: cannot read ${path}: ${(error as Error).message}`);
  }
}

/**
 * Runs each file in a session of its own: `*.system.sql` as mz_system (for ALTER SYSTEM and the like), every other as
 * materialize. Stops at the first error.
 */
export async function runInit(engine: Engine, path: string): Promise<void> {
  for (const file of initFiles(path)) {
    const internal = file.endsWith('.system.sql');
    const user = internal ? 'mz_system' : 'materialize';
    const session = await engine.open(
      { user, clientIp: null, internal },
      new Map([['welcome_message', 'off']]),
    );
    try {
      await runScript(session, readFileSync(file, 'utf8'));
    } catch (error) {
      const text = error instanceof SqlError ? `${error.message} (${error.code})` : 'internal error';
      throw new InitError(`--init: ${file}: ${text}`);
    } finally {
      session.close();
    }
  }
}

/** Runs every statement of a script, each on its own. */
async function runScript(session: EngineSession, sql: string): Promise<void> {
  for (const statement of session.parseScript(sql)) {
    session.beginImplicit(false);
    try {
      const prepared = await session.prepare(statement, []);
      await drain(await session.execute(prepared, [], new Interrupt(), 0));
      await session.endImplicit();
    } catch (error) {
      session.fail();
      throw error;
    }
  }
}

async function drain(outcome: Outcome): Promise<void> {
  if (outcome.kind === 'copyIn') {
    outcome.sink.abort();
    throw new SqlError('0A000', 'COPY FROM STDIN in --init files is not supported');
  }
  if (outcome.kind !== 'rows' && outcome.kind !== 'copyOut') return;
  const rows: Row[] = [];
  for (;;) {
    rows.length = 0;
    const state = outcome.cursor.fetch(1000, rows);
    if (state === 'done') break;
    if (state === 'yield') await new Promise((resolve) => setImmediate(resolve));
  }
  outcome.cursor.close();
}
