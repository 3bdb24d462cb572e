/** Rewrites Materialize's additions into what PostgreSQL's parser takes; the encoding is in `extensions.ts`. */
import { unsupported } from '../errors.ts';
import { SYNTAX_SCHEMA } from './extensions.ts';
import { isReservedForPrinting } from './keywords.ts';
import type { Token } from './lexer.ts';
import type { PgSource, SourceEdit } from './postgres.ts';
import { quoteIdent, quoteLiteral } from './quote.ts';
import { closingBracket, encodeType, typeEnd } from './type-tokens.ts';

/**
 * Rewrites tokens `from` to `to` (exclusive) of `written`. Offsets in the answer lead to `written` less `base`.
 *
 * @throws SqlError 0A000 for WITH MUTUALLY RECURSIVE.
 */
export function rewrite(
  written: string,
  tokens: readonly Token[],
  from: number,
  to: number,
  base: number,
): PgSource {
  const first = tokens[from];
  const last = tokens[to - 1];
  if (first === undefined || last === undefined || to <= from) return { text: '', edits: [] };
  const text = blankComments(written, tokens, from, to);
  if (!needsRewriting(text, tokens, from, to)) {
    return {
      text: text.slice(first.start, last.end),
      edits: [{ at: 0, original: first.start - base, copied: true }],
    };
  }
  const rewriter = new Rewriter(text, tokens, to, base, first.start);
  rewriter.run(from, to, null);
  return rewriter.finish(last.end);
}

/**
 * The text with as many spaces for its bracketed comments, and for what stands beside them between two tokens.
 * PostgreSQL's lexer takes time in the square of the length of nested ones: ten seconds for a hundred kilobytes.
 */
function blankComments(text: string, tokens: readonly Token[], from: number, to: number): string {
  // Only what is between these tokens: a text of many statements comes by once for each of them.
  if (!text.slice(tokens[from]?.start, tokens[to - 1]?.end).includes('/*')) return text;
  let out = '';
  let copied = 0;
  for (let i = from; i < to - 1; i++) {
    const start = tokens[i]?.end ?? 0;
    const end = tokens[i + 1]?.start ?? 0;
    if (end - start < 4 || !text.slice(start, end).includes('/*')) continue;
    out += text.slice(copied, start) + ' '.repeat(end - start);
    copied = end;
  }
  return out + text.slice(copied);
}

/** Functions that PostgreSQL's grammar knows as words alone; Materialize takes them with empty parentheses as well. */
const VALUE_FUNCTIONS =
  /^(current_(user|role|catalog|date|timestamp|time)|session_user|user|localtime(stamp)?)$/i;

/** Whether a call of one of {@link VALUE_FUNCTIONS} with empty parentheses starts at `i`. */
function isEmptyCall(text: string, tokens: readonly Token[], i: number): boolean {
  const name = tokens[i];
  return (
    name !== undefined &&
    tokens[i + 1]?.kind === 'left parenthesis' &&
    tokens[i + 2]?.kind === 'right parenthesis' &&
    VALUE_FUNCTIONS.test(text.slice(name.start, name.end))
  );
}

function needsRewriting(text: string, tokens: readonly Token[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    if (token.kind === 'left square bracket') return true;
    if (token.kind === 'right parenthesis' && tokens[i + 1]?.kind === 'dot') return true;
    if (token.kind === 'left parenthesis' && i > from && isEmptyCall(text, tokens, i - 1)) return true;
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
    if (token.kind === 'left parenthesis') {
      return isEmptyCall(this.#text, this.#tokens, i - 1) ? this.#emptyCall(i, token) : this.#parenthesis(i);
    }
    if (token.kind === 'arrow' && inside === 'map') {
      this.#replace(token.start, token.end, ',');
      return i + 1;
    }
    if (token.kind === 'double colon') return this.#type(i + 1);
    if (token.kind === 'identifier') return this.#fieldOfCall(i, token);
    if (token.kind !== 'keyword') return i + 1;
    if (token.value === 'LIST' || token.value === 'MAP') return this.#construct(i, token);
    if (token.value === 'ARRAY' && this.#is(i + 1, 'left square bracket')) return this.#array(i, token);
    if (token.value === 'CAST' && this.#is(i + 1, 'left parenthesis')) return this.#cast(i + 1);
    if (token.value === 'MUTUALLY' && this.#isKeyword(i + 1, 'RECURSIVE')) {
      throw unsupported('WITH MUTUALLY RECURSIVE is');
    }
    return i + 1;
  }

  /** `f(x).field`, `f(x).*` and `f(x)[1]`: PostgreSQL takes a part of a call only from `(f(x))`. */
  #fieldOfCall(i: number, name: Token): number {
    let open = i + 1;
    while (this.#is(open, 'dot') && (this.#is(open + 1, 'identifier') || this.#is(open + 1, 'keyword')))
      open += 2;
    if (!this.#is(open, 'left parenthesis') || this.#is(i - 1, 'dot')) return i + 1;
    if (!name.quoted && isReservedForPrinting(name.value)) return i + 1;
    const close = this.#closing(open);
    const end = this.#token(close);
    if (end === undefined || (!this.#is(close + 1, 'dot') && !this.#isSubscript(close + 1))) return i + 1;
    this.#replace(name.start, name.start, '(');
    this.run(open + 1, close, null);
    this.#replace(end.end, end.end, ')');
    return close + 1;
  }

  #construct(i: number, token: Token): number {
    const kind = token.value === 'LIST' ? 'list' : 'map';
    const open = this.#token(i + 1);
    if (open?.kind === 'left square bracket') {
      const subscripted = this.#isSubscript(this.#closing(i + 1) + 1);
      this.#replace(token.start, token.end, `${subscripted ? '(' : ''}${SYNTAX_SCHEMA}.${kind}`);
      return this.#brackets(i + 1, open, kind, '', subscripted ? '))' : ')');
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

  /** `current_user()` without its parentheses. */
  #emptyCall(i: number, open: Token): number {
    this.#replace(open.start, this.#token(i + 1)?.end ?? open.end, '');
    return i + 2;
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

  /** Whether a subscript starts at `i`; `[]` belongs to a type. */
  #isSubscript(i: number): boolean {
    return this.#is(i, 'left square bracket') && !this.#is(i + 1, 'right square bracket');
  }

  /** `ARRAY[...][1]`: PostgreSQL takes a subscript only of `(ARRAY[...])`. */
  #array(i: number, token: Token): number {
    const close = this.#closing(i + 1);
    const end = this.#token(close);
    const subscripted = end !== undefined && this.#isSubscript(close + 1);
    if (subscripted) this.#replace(token.start, token.start, '(');
    this.run(i + 2, close, null);
    if (subscripted) this.#replace(end.end, end.end, ')');
    return close + 1;
  }

  /** Turns the bracket pair that opens at `i` into a call's parentheses. */
  #brackets(i: number, open: Token, kind: 'list' | 'map', prefix: string, suffix = ')'): number {
    const close = this.#closing(i);
    this.#replace(open.start, open.end, `${prefix}(`);
    this.run(i + 1, close, kind);
    const end = this.#token(close);
    if (end !== undefined) this.#replace(end.start, end.end, suffix);
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
