/** A cursor over one statement's tokens, with the expectations every parser is made of. */
import { syntaxError, type SqlError } from '../errors.ts';
import { ALWAYS_RESERVED } from './keywords.ts';
import { characterPosition, describeToken, errorAt, type Token, type TokenKind } from './lexer.ts';
import type { ObjectName, Span } from './nodes.ts';

/**
 * Tokens of one statement out of a longer text. `tokens[end]` is what ends the statement (a semicolon or the end of the
 * text) and is what "found" names there. Spans come out relative to the statement's first token.
 */
export class TokenStream {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Index of the token that ends the statement. */
  readonly end: number;
  /** UTF-16 offset in `text` that spans count from. */
  readonly base: number;
  at: number;
  /** Statements around the one being parsed: PREPARE, DECLARE, EXPLAIN and COPY hold others. */
  depth = 0;

  constructor(text: string, tokens: readonly Token[], start: number, end: number, base?: number) {
    this.text = text;
    this.tokens = tokens;
    this.at = start;
    this.end = end;
    this.base = base ?? tokens[start]?.start ?? 0;
  }

  /** The token `ahead` places on; the ending token when the statement is over. */
  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.at + ahead, this.end)];
    if (token === undefined) throw new Error('token stream without an ending token');
    return token;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  advance(): Token {
    const token = this.peek();
    if (this.at < this.end) this.at++;
    return token;
  }

  /** Offset, relative to the statement, where the next token starts. */
  get offset(): number {
    return this.peek().start - this.base;
  }

  spanFrom(start: number): Span {
    const last = this.tokens[this.at - 1];
    return { start, end: last === undefined ? start : Math.max(start, last.end - this.base) };
  }

  // --- errors

  /** 42601 at a token. */
  fail(message: string, token: Token = this.peek()): never {
    throw errorAt(this.text, token.start, message);
  }

  expected(what: string, token: Token = this.peek()): never {
    throw this.expectedError(what, token);
  }

  expectedError(what: string, token: Token): SqlError {
    const position = characterPosition(this.text, token.start);
    return syntaxError(`Expected ${what}, found ${describeToken(token)}`, position);
  }

  // --- keywords

  isKeyword(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'keyword' && token.value === word;
  }

  /** Whether the next tokens are these keywords (`'IF NOT EXISTS'`). */
  isKeywords(words: string): boolean {
    return words.split(' ').every((word, i) => this.isKeyword(word, i));
  }

  /** Takes the keyword if it is next. */
  takeKeyword(word: string): boolean {
    if (!this.isKeyword(word)) return false;
    this.advance();
    return true;
  }

  /** Takes all of the keywords, or none. */
  takeKeywords(words: string): boolean {
    if (!this.isKeywords(words)) return false;
    this.at += words.split(' ').length;
    return true;
  }

  expectKeyword(word: string): void {
    if (!this.takeKeyword(word)) this.expected(word);
  }

  expectKeywords(words: string): void {
    for (const word of words.split(' ')) this.expectKeyword(word);
  }

  /** Takes one of the keywords if it is next. */
  takeOneOf<W extends string>(words: readonly W[]): W | null {
    const token = this.peek();
    if (token.kind !== 'keyword') return null;
    const found = words.find((word) => word === token.value);
    if (found === undefined) return null;
    this.advance();
    return found;
  }

  expectOneOf<W extends string>(words: readonly W[]): W {
    return this.takeOneOf(words) ?? this.expected(oneOf(words));
  }

  // --- other tokens

  is(kind: TokenKind, ahead = 0): boolean {
    return this.peek(ahead).kind === kind;
  }

  take(kind: TokenKind): boolean {
    if (!this.is(kind)) return false;
    this.advance();
    return true;
  }

  expect(kind: TokenKind): Token {
    if (!this.is(kind)) this.expected(kind);
    return this.advance();
  }

  /** A string literal's value. */
  literalString(): string {
    if (!this.is('string')) this.expected('literal string');
    return this.advance().value;
  }

  /** An unsigned whole number. */
  literalInteger(): number {
    const token = this.peek();
    if (token.kind !== 'number') this.expected('literal unsigned integer');
    const value = Number(token.value);
    if (!/^\d+$/.test(token.value) || !Number.isSafeInteger(value)) {
      this.fail(`Could not parse '${token.value}' as a number`);
    }
    this.advance();
    return value;
  }

  // --- names

  /** Whether the next token can be a bare name. */
  isIdentifier(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'identifier' || (token.kind === 'keyword' && !ALWAYS_RESERVED.has(token.value));
  }

  identifier(): string {
    if (!this.isIdentifier()) this.expected('identifier');
    return identifierText(this.advance());
  }

  /** `name [. name]...` */
  objectName(): ObjectName {
    const start = this.offset;
    const parts = [this.identifier()];
    while (this.take('dot')) parts.push(this.identifierAfterDot());
    return { parts, span: this.spanFrom(start) };
  }

  /** After a dot even a reserved word is a name. */
  identifierAfterDot(): string {
    const token = this.peek();
    if (token.kind !== 'identifier' && token.kind !== 'keyword') this.expected('identifier');
    return identifierText(this.advance());
  }

  /** An item: a name, or `[u1 AS name]`. */
  itemName(): ObjectName {
    if (!this.is('left square bracket')) return this.objectName();
    const start = this.offset;
    this.advance();
    const id = this.identifier();
    this.expectKeyword('AS');
    const name = this.objectName();
    this.expect('right square bracket');
    return { parts: name.parts, id, span: this.spanFrom(start) };
  }

  /** A name of exactly one part. */
  singleName(): ObjectName {
    const start = this.offset;
    const parts = [this.identifier()];
    return { parts, span: this.spanFrom(start) };
  }

  // --- lists

  /** `item [, item]...` */
  commaSeparated<T>(item: () => T): T[] {
    const items = [item()];
    while (this.take('comma')) items.push(item());
    return items;
  }

  /** `( item [, item]... )`; with `mayBeEmpty`, also `()`. */
  parenthesized<T>(item: () => T, mayBeEmpty = false): T[] {
    this.expect('left parenthesis');
    if (mayBeEmpty && this.take('right parenthesis')) return [];
    const items = this.commaSeparated(item);
    this.expect('right parenthesis');
    return items;
  }

  /** Skips to the ending token; used when the rest was parsed by other means. */
  skipRest(): void {
    this.at = this.end;
  }
}

/** A keyword used as a name is its folded spelling. */
export function identifierText(token: Token): string {
  return token.kind === 'keyword' ? token.value.toLowerCase() : token.value;
}

/** `A`, or `one of A or B or C`. */
export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `one of ${words.join(' or ')}`;
}
