import type { ParsedStatement } from '../engine/outcome.ts';
import type { Conversation } from './conversation.ts';
import { inTurns, settled, turn, type Task } from './task.ts';

/** A text of so many characters takes several milliseconds to parse, and as long again to plan. */
const LONG = 50_000;

/** Whether the work on a text is long enough for other connections to have turns meanwhile. */
export function isLong(sql: string): boolean {
  return sql.length >= LONG;
}

/** The statements of a client's long text, with turns for others until they can be planned. Errors: 54000, 42601. */
export function* parseInTurns(talk: Conversation, sql: string): Task<readonly ParsedStatement[]> {
  const script = yield* inTurns(talk.engine.parseInSteps(sql));
  yield* settled(turn());
  return script;
}
