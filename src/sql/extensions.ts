/**
 * Materialize's additions to queries, encoded so that PostgreSQL's parser takes them. The rewriting is on tokens; the
 * reserved schema `mz_syntax` marks what was rewritten, and no user's schema can have that name.
 *
 * | written | what the tree holds |
 * | --- | --- |
 * | `LIST[a, b]`, nested `LIST[[a], [b]]` | FuncCall `mz_syntax.list(a, b)`, `mz_syntax.list(mz_syntax.list(a), ...)` |
 * | `LIST(SELECT ...)` | FuncCall `mz_syntax.list_query((SELECT ...))` |
 * | `MAP[k => v, ...]`, nested `MAP['a' => ['b' => 1]]` | FuncCall `mz_syntax.map(k, v, ...)` |
 * | `MAP(SELECT ...)` | FuncCall `mz_syntax.map_query((SELECT ...))` |
 * | `x::text list` | TypeName `mz_syntax.list('text')`: the typmod is the element type's text, for `parseTypeName` |
 * | `x::map[text => int]` | TypeName `mz_syntax.map('text', 'int')` |
 * | `FROM (SHOW ...)` | RangeSubselect `SELECT * FROM mz_syntax.show('SHOW ...')`, for `parseStatement` |
 * | `FROM [u1 AS db.schema.name]` | RangeVar with catalogname `mz_syntax`, schemaname `u1`, relname `name` |
 * | `... AS OF [AT LEAST] expr` at the end | taken off; `Query.asOf` |
 *
 * `Query.source`, `Expression.source` keep the way back from the tree's locations to the statement's text.
 */
import type { FuncCall, Node, RangeVar, TypeName } from '@pgsql/types';
import { unsupported } from '../errors.ts';
import { quoteIdent, quoteLiteral } from './quote.ts';
import type { PgSource, SourceEdit } from './postgres.ts';
import type { Token } from './lexer.ts';

/** The schema that marks rewritten syntax. */
export const SYNTAX_SCHEMA = 'mz_syntax';

/** Functions that stand for syntax. */
export type SyntaxFunction = 'list' | 'list_query' | 'map' | 'map_query' | 'show';

const SYNTAX_FUNCTIONS: ReadonlySet<string> = new Set(['list', 'list_query', 'map', 'map_query', 'show']);

/** The syntax a function call stands for, or null for an ordinary call. */
export function syntaxFunction(call: FuncCall): SyntaxFunction | null {
  const names = call.funcname ?? [];
  if (names.length !== 2 || stringValue(names[0]) !== SYNTAX_SCHEMA) return null;
  const name = stringValue(names[1]);
  return name !== null && SYNTAX_FUNCTIONS.has(name) ? (name as SyntaxFunction) : null;
}

/** `FROM (SHOW ...)`: text of the SHOW statement when the call stands for one. */
export function showText(call: FuncCall): string | null {
  return syntaxFunction(call) === 'show' ? constantText(call.args?.[0]) : null;
}

/** `[u1 AS name]`: the id when the relation was named so. */
export function relationId(relation: RangeVar): string | null {
  return relation.catalogname === SYNTAX_SCHEMA ? (relation.schemaname ?? null) : null;
}

export type ConstructedType =
  | { readonly kind: 'list'; readonly element: string }
  | { readonly kind: 'map'; readonly key: string; readonly value: string };

/** A list or map type with the texts of its parts, or null for a type PostgreSQL knows how to spell. */
export function constructedType(type: TypeName): ConstructedType | null {
  const names = type.names ?? [];
  if (names.length !== 2 || stringValue(names[0]) !== SYNTAX_SCHEMA) return null;
  const [first, second] = (type.typmods ?? []).map(constantText);
  const name = stringValue(names[1]);
  if (name === 'list' && typeof first === 'string') return { kind: 'list', element: first };
  if (name === 'map' && typeof first === 'string' && typeof second === 'string') {
    return { kind: 'map', key: first, value: second };
  }
  return null;
}

function stringValue(node: Node | undefined): string | null {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : null;
}

function constantText(node: Node | undefined): string | null {
  if (node === undefined || !('A_Const' in node)) return null;
  const constant = node.A_Const;
  return constant.sval === undefined ? null : (constant.sval.sval ?? '');
}

/**
 * Rewrites tokens `from` to `to` (exclusive) of `text`. Offsets in the answer lead to `text` less `base`.
 *
 * @throws SqlError 0A000 for WITH MUTUALLY RECURSIVE.
 */
export function rewrite(
  text: string,
  tokens: readonly Token[],
  from: number,
  to: number,
  base: number,
): PgSource {
  const first = tokens[from];
  const last = tokens[to - 1];
  if (first === undefined || last === undefined || to <= from) return { text: '', edits: [] };
  if (!needsRewriting(tokens, from, to)) {
    return {
      text: text.slice(first.start, last.end),
      edits: [{ at: 0, original: first.start - base, copied: true }],
    };
  }
  const rewriter = new Rewriter(text, tokens, to, base, first.start);
  rewriter.run(from, to, null);
  return rewriter.finish(last.end);
}

function needsRewriting(tokens: readonly Token[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    if (token.kind === 'left square bracket') return true;
    if (token.kind !== 'keyword') continue;
    if (
      token.value === 'LIST' ||
      token.value === 'MAP' ||
      token.value === 'SHOW' ||
      token.value === 'MUTUALLY'
    )
      return true;
  }
  return false;
}

/** How brackets directly inside a constructor read. */
type Constructor = 'list' | 'map' | null;

class Rewriter {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #limit: number;
  readonly #base: number;
  readonly #edits: SourceEdit[] = [];
  #out = '';
  /** Offset in the text up to which everything has been copied. */
  #copied: number;

  constructor(text: string, tokens: readonly Token[], limit: number, base: number, start: number) {
    this.#text = text;
    this.#tokens = tokens;
    this.#limit = limit;
    this.#base = base;
    this.#copied = start;
  }

  finish(end: number): PgSource {
    this.#copyTo(end);
    return { text: this.#out, edits: this.#edits };
  }

  #copyTo(offset: number): void {
    if (offset <= this.#copied) return;
    this.#edits.push({ at: this.#out.length, original: this.#copied - this.#base, copied: true });
    this.#out += this.#text.slice(this.#copied, offset);
    this.#copied = offset;
  }

  /** Puts `replacement` where the text from `start` to `end` was. */
  #replace(start: number, end: number, replacement: string): void {
    this.#copyTo(start);
    this.#edits.push({ at: this.#out.length, original: start - this.#base, copied: false });
    this.#out += replacement;
    this.#copied = end;
  }

  #token(i: number): Token | undefined {
    return i < this.#limit ? this.#tokens[i] : undefined;
  }

  #isKeyword(i: number, word: string): boolean {
    const token = this.#token(i);
    return token?.kind === 'keyword' && token.value === word;
  }

  #is(i: number, kind: Token['kind']): boolean {
    return this.#token(i)?.kind === kind;
  }

  /** Rewrites from `from` up to `to`; `inside` is the constructor whose brackets these tokens sit directly in. */
  run(from: number, to: number, inside: Constructor): void {
    let i = from;
    while (i < to) i = this.#step(i, inside);
  }

  #step(i: number, inside: Constructor): number {
    const token = this.#token(i);
    if (token === undefined) return i + 1;
    if (token.kind === 'left square bracket') return this.#bracket(i, token, inside);
    if (token.kind === 'left parenthesis') return this.#parenthesis(i);
    if (token.kind === 'arrow' && inside === 'map') {
      this.#replace(token.start, token.end, ',');
      return i + 1;
    }
    if (token.kind === 'double colon') return this.#type(i + 1);
    if (token.kind !== 'keyword') return i + 1;
    if (token.value === 'LIST' || token.value === 'MAP') return this.#construct(i, token);
    if (token.value === 'CAST' && this.#is(i + 1, 'left parenthesis')) return this.#cast(i + 1);
    if (token.value === 'MUTUALLY' && this.#isKeyword(i + 1, 'RECURSIVE')) {
      throw unsupported('WITH MUTUALLY RECURSIVE is');
    }
    return i + 1;
  }

  #construct(i: number, token: Token): number {
    const kind = token.value === 'LIST' ? 'list' : 'map';
    const open = this.#token(i + 1);
    if (open?.kind === 'left square bracket') {
      this.#replace(token.start, token.end, `${SYNTAX_SCHEMA}.${kind}`);
      return this.#brackets(i + 1, open, kind, '');
    }
    if (open?.kind === 'left parenthesis' && this.#startsQuery(i + 2)) {
      this.#replace(token.start, token.end, `${SYNTAX_SCHEMA}.${kind}_query`);
      const close = this.#closing(i + 1);
      this.#replace(open.start, open.end, '((');
      this.run(i + 2, close, null);
      const end = this.#token(close);
      if (end !== undefined) this.#replace(end.start, end.end, '))');
      return close + 1;
    }
    return i + 1;
  }

  #startsQuery(i: number): boolean {
    return ['SELECT', 'WITH', 'VALUES', 'TABLE'].some((word) => this.#isKeyword(i, word));
  }

  /** `[u1 AS name]`, a bracket inside LIST[...] or MAP[...], or an ordinary array or subscript. */
  #bracket(i: number, token: Token, inside: Constructor): number {
    if (this.#is(i + 1, 'identifier') && this.#isKeyword(i + 2, 'AS')) return this.#itemReference(i, token);
    const before = this.#token(i - 1)?.kind;
    const opensElement = before === 'left square bracket' || before === 'comma' || before === 'arrow';
    if (inside !== null && opensElement)
      return this.#brackets(i, token, inside, `${SYNTAX_SCHEMA}.${inside}`);
    const close = this.#closing(i);
    this.run(i + 1, close, null);
    return close + 1;
  }

  /** Turns the bracket pair that opens at `i` into a call's parentheses. */
  #brackets(i: number, open: Token, kind: 'list' | 'map', prefix: string): number {
    const close = this.#closing(i);
    this.#replace(open.start, open.end, `${prefix}(`);
    this.run(i + 1, close, kind);
    const end = this.#token(close);
    if (end !== undefined) this.#replace(end.start, end.end, ')');
    return close + 1;
  }

  #itemReference(i: number, open: Token): number {
    const close = this.#closing(i);
    const id = this.#token(i + 1)?.value ?? '';
    const end = this.#token(close);
    const name = this.#token(close - 1);
    if (end === undefined || name === undefined || close - 1 <= i + 2) return i + 1;
    const relation = name.kind === 'keyword' ? name.value.toLowerCase() : name.value;
    this.#replace(open.start, end.end, `${SYNTAX_SCHEMA}.${quoteIdent(id)}.${quoteIdent(relation)}`);
    return close + 1;
  }

  /** `(SHOW ...)` becomes a query over a function that stands for it. */
  #parenthesis(i: number): number {
    const close = this.#closing(i);
    const first = this.#token(i + 1);
    const last = this.#token(close - 1);
    if (
      this.#isKeyword(i + 1, 'SHOW') &&
      first !== undefined &&
      last !== undefined &&
      this.#is(close, 'right parenthesis')
    ) {
      const show = this.#text.slice(first.start, last.end);
      this.#replace(
        first.start,
        last.end,
        `SELECT * FROM ${SYNTAX_SCHEMA}.show(${quoteLiteral(show)}) AS show`,
      );
      return close + 1;
    }
    this.run(i + 1, close, null);
    return close + 1;
  }

  /** `CAST(x AS type)`: the type starts after the AS at this depth. */
  #cast(i: number): number {
    const close = this.#closing(i);
    let as = -1;
    let depth = 0;
    for (let j = i + 1; j < close; j++) {
      const kind = this.#token(j)?.kind;
      if (kind === 'left parenthesis' || kind === 'left square bracket') depth++;
      else if (kind === 'right parenthesis' || kind === 'right square bracket') depth--;
      else if (depth === 0 && this.#isKeyword(j, 'AS')) as = j;
    }
    if (as < 0) {
      this.run(i + 1, close, null);
      return close + 1;
    }
    this.run(i + 1, as, null);
    this.run(this.#type(as + 1), close, null);
    return close + 1;
  }

  /** Rewrites a list or map type that starts at `i`; answers where the type ends. */
  #type(i: number): number {
    const end = typeEnd(this.#tokens, i, this.#limit);
    const first = this.#token(i);
    const last = this.#token(end - 1);
    if (first === undefined || last === undefined || end <= i) return i;
    const replacement = encodeType(this.#text, this.#tokens, i, end);
    if (replacement !== null) this.#replace(first.start, last.end, replacement);
    return end;
  }

  /** Index of the bracket that closes the one at `i`; the limit when there is none. */
  #closing(i: number): number {
    return closingBracket(this.#tokens, i, this.#limit);
  }
}

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
