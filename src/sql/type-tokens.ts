/** Where a type ends among tokens, and the encoding of list and map types (see `extensions.ts`). */
import { SYNTAX_SCHEMA } from './extensions.ts';
import type { Token } from './lexer.ts';
import { quoteLiteral } from './quote.ts';

/** Index of the token that closes the bracket or parenthesis at `open`, or `limit`. */
export function closingBracket(tokens: readonly Token[], open: number, limit: number): number {
  let depth = 0;
  for (let i = open; i < limit; i++) {
    const kind = tokens[i]?.kind;
    if (kind === 'left parenthesis' || kind === 'left square bracket') depth++;
    else if (kind === 'right parenthesis' || kind === 'right square bracket') {
      depth--;
      if (depth === 0) return i;
    }
  }
  return limit;
}

/** Words that may follow the first word of a type: `double precision`, `timestamp with time zone`. */
const TYPE_CONTINUATIONS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map(
  Object.entries({
    double: [['precision']],
    character: [['varying']],
    char: [['varying']],
    national: [['character', 'varying'], ['character'], ['char', 'varying'], ['char']],
    bit: [['varying']],
    time: [
      ['with', 'time', 'zone'],
      ['without', 'time', 'zone'],
    ],
    timestamp: [
      ['with', 'time', 'zone'],
      ['without', 'time', 'zone'],
    ],
    interval: [
      ['year', 'to', 'month'],
      ['day', 'to', 'hour'],
      ['day', 'to', 'minute'],
      ['day', 'to', 'second'],
      ['hour', 'to', 'minute'],
      ['hour', 'to', 'second'],
      ['minute', 'to', 'second'],
      ['year'],
      ['month'],
      ['day'],
      ['hour'],
      ['minute'],
      ['second'],
    ],
  }),
);

function word(token: Token | undefined): string | null {
  if (token?.kind === 'keyword') return token.value.toLowerCase();
  return token?.kind === 'identifier' && !token.quoted ? token.value : null;
}

/**
 * Where the type that starts at token `from` ends (exclusive); `from` when none starts there.
 *
 * type = base {"list" | "[" [n] "]" | "array"}
 * base = name {"." name} [words] ["(" ... ")"] [words] | "map" "[" type "=>" type "]"
 */
export function typeEnd(tokens: readonly Token[], from: number, limit: number): number {
  let i = baseTypeEnd(tokens, from, limit);
  if (i === from) return from;
  while (i < limit) {
    const next = tokens[i];
    if (word(next) === 'list' && tokens[i + 1]?.kind !== 'left square bracket') i++;
    else if (word(next) === 'list' && isBracketSuffix(tokens, i + 1, limit)) i++;
    else if (next?.kind === 'left square bracket' && isBracketSuffix(tokens, i, limit)) {
      i = closingBracket(tokens, i, limit) + 1;
    } else break;
  }
  return Math.min(i, limit);
}

/** `[]` or `[3]`: dimensions of an array type. */
function isBracketSuffix(tokens: readonly Token[], i: number, limit: number): boolean {
  const second = i + 1 < limit ? tokens[i + 1]?.kind : undefined;
  if (second === 'right square bracket') return true;
  return second === 'number' && tokens[i + 2]?.kind === 'right square bracket';
}

function baseTypeEnd(tokens: readonly Token[], from: number, limit: number): number {
  const first = from < limit ? tokens[from] : undefined;
  if (first === undefined || (first.kind !== 'identifier' && first.kind !== 'keyword')) return from;
  if (word(first) === 'map' && tokens[from + 1]?.kind === 'left square bracket') {
    return Math.min(closingBracket(tokens, from + 1, limit) + 1, limit);
  }
  let i = from + 1;
  while (i + 1 < limit && tokens[i]?.kind === 'dot') i += 2;
  const continuations = i === from + 1 ? (TYPE_CONTINUATIONS.get(word(first) ?? '') ?? []) : [];
  i = afterWords(tokens, i, limit, continuations);
  if (i < limit && tokens[i]?.kind === 'left parenthesis') {
    i = closingBracket(tokens, i, limit) + 1;
    i = afterWords(tokens, i, limit, continuations);
  }
  return Math.min(i, limit);
}

function afterWords(
  tokens: readonly Token[],
  from: number,
  limit: number,
  continuations: readonly (readonly string[])[],
): number {
  for (const words of continuations) {
    if (words.every((w, k) => from + k < limit && word(tokens[from + k]) === w)) return from + words.length;
  }
  return from;
}

/** The encoding of the type in tokens `from` to `to`, or null when PostgreSQL takes it as it is. */
export function encodeType(text: string, tokens: readonly Token[], from: number, to: number): string | null {
  let end = to;
  // Array dimensions after the last `list` stay outside of it.
  while (tokens[end - 1]?.kind === 'right square bracket' && isDimension(tokens, from, end)) {
    end = openingBracket(tokens, end - 1);
  }
  const slice = (a: number, b: number): string => text.slice(tokens[a]?.start ?? 0, tokens[b - 1]?.end ?? 0);
  const suffix = end < to ? slice(end, to) : '';
  if (end - 1 > from && word(tokens[end - 1]) === 'list') {
    return `${SYNTAX_SCHEMA}.list(${quoteLiteral(slice(from, end - 1))})${suffix}`;
  }
  if (word(tokens[from]) === 'map' && tokens[from + 1]?.kind === 'left square bracket') {
    const close = closingBracket(tokens, from + 1, end);
    const key = typeEnd(tokens, from + 2, close);
    if (close < end && tokens[key]?.kind === 'arrow' && typeEnd(tokens, key + 1, close) === close) {
      const parts = `${quoteLiteral(slice(from + 2, key))}, ${quoteLiteral(slice(key + 1, close))}`;
      return `${SYNTAX_SCHEMA}.map(${parts})${suffix}`;
    }
  }
  return null;
}

function isDimension(tokens: readonly Token[], from: number, end: number): boolean {
  const open = openingBracket(tokens, end - 1);
  return open > from && end - open <= 3 && !(open === from + 1 && word(tokens[from]) === 'map');
}

function openingBracket(tokens: readonly Token[], close: number): number {
  let i = close;
  while (i > 0 && tokens[i]?.kind !== 'left square bracket') i--;
  return i;
}
