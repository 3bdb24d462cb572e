/** Errors that do not repeat the values of secrets. */
import { SqlError } from '../errors.ts';
import { tokenize, type Token } from './lexer.ts';

const REDACTED = '[redacted]';
/** A shorter value is struck out only between quotes: it may be part of any word. */
const SHORTEST_ANYWHERE = 4;

/**
 * What was thrown for a text, without the values that a CREATE SECRET, an ALTER SECRET or a PASSWORD in it gives: syntax
 * errors name the token they found, casts the text they could not read. Anything but a SqlError is answered as it is.
 */
export function withoutSecretValues(cause: unknown, sql: string): unknown {
  if (!(cause instanceof SqlError) || !/secret|password/i.test(sql)) return cause;
  const values = guardedValues(sql);
  if (values.length === 0) return cause;
  const clean = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : values.reduce(strikeOut, text);
  return cause.with({ message: clean(cause.message)!, detail: clean(cause.detail), hint: clean(cause.hint) });
}

/**
 * An error of planning or evaluating the value of a secret: what its text quotes may be a piece of the value, however
 * it was computed.
 */
export function withoutQuotations(cause: unknown): unknown {
  if (!(cause instanceof SqlError)) return cause;
  const clean = (text: string | undefined): string | undefined =>
    text?.replace(/"[^]*"/, `"${REDACTED}"`).replace(/'[^]*'/, `'${REDACTED}'`);
  return cause.with({ message: clean(cause.message)!, detail: clean(cause.detail), hint: clean(cause.hint) });
}

function strikeOut(text: string, value: string): string {
  if (value.length >= SHORTEST_ANYWHERE) return text.split(value).join(REDACTED);
  return text.split(`"${value}"`).join(`"${REDACTED}"`).split(`'${value}'`).join(`'${REDACTED}'`);
}

function guardedValues(sql: string): readonly string[] {
  let tokens: readonly Token[];
  try {
    tokens = tokenize(sql);
  } catch {
    // Errors of the lexer tell a position and no text.
    return [];
  }
  const values = new Set<string>();
  let start = 0;
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'semicolon' && token.kind !== 'end') continue;
    for (const value of valuesOf(tokens.slice(start, i))) if (value !== '') values.add(value);
    start = i + 1;
  }
  // Longer ones first: one may be part of another.
  return [...values].sort((a, b) => b.length - a.length);
}

const LITERALS: ReadonlySet<Token['kind']> = new Set(['string', 'hex string', 'number']);
const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'keyword' && words.includes(token.value);

/** Values of one statement. */
function valuesOf(tokens: readonly Token[]): readonly string[] {
  const passwords = tokens.flatMap((token, i) => {
    const before = tokens[i - 1]?.kind === 'equals sign' ? tokens[i - 2] : tokens[i - 1];
    return LITERALS.has(token.kind) && isWord(before, 'PASSWORD') ? [token.value] : [];
  });
  if (!isWord(tokens[0], 'CREATE', 'ALTER') || !isWord(tokens[1], 'SECRET')) return passwords;
  return [...passwords, ...valuesOfSecret(tokens.slice(2))];
}

/** Everything behind the name: literals, and names that are no function, since a value may stand there unquoted. */
function valuesOfSecret(tokens: readonly Token[]): readonly string[] {
  let at = 0;
  while (isWord(tokens[at], 'IF', 'NOT', 'EXISTS')) at++;
  while (tokens[at]?.kind === 'identifier' || tokens[at]?.kind === 'dot') {
    if (tokens[at]?.kind === 'identifier' && tokens[at + 1]?.kind !== 'dot') {
      at++;
      break;
    }
    at++;
  }
  if (isWord(tokens[at], 'RENAME', 'OWNER', 'SET', 'RESET')) return [];
  return tokens.slice(at).flatMap((token, i, rest) => {
    if (LITERALS.has(token.kind)) return [token.value];
    const called = rest[i + 1]?.kind === 'left parenthesis';
    return token.kind === 'identifier' && !called ? [token.value] : [];
  });
}
