/** Places of errors, from offsets into one statement to positions in the string that it came in. */
import { SqlError } from '../errors.ts';
import { characterPosition } from './lexer.ts';

/** What was thrown for the statement that starts at `start` of `text`, with its position in characters of the whole. */
export function positioned(cause: unknown, text: string, start: number): unknown {
  if (!(cause instanceof SqlError) || cause.offset === undefined || cause.position !== undefined)
    return cause;
  return cause.with({ position: characterPosition(text, start + cause.offset) });
}
