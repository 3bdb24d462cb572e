/**
 * Text to tokens, by PostgreSQL's rules with Materialize's error texts. Offsets are UTF-16; errors carry 1-based
 * character (code point) positions.
 */
import { syntaxError, type SqlError } from '../errors.ts';
import { KEYWORDS } from './keywords.ts';
import { Nesting } from './nesting.ts';

export type TokenKind =
  | 'keyword'
  | 'identifier'
  | 'string'
  | 'hex string'
  | 'number'
  | 'parameter'
  | 'operator'
  | 'star'
  | 'equals sign'
  | 'left parenthesis'
  | 'right parenthesis'
  | 'left square bracket'
  | 'right square bracket'
  | 'dot'
  | 'comma'
  | 'colon'
  | 'double colon'
  | 'semicolon'
  | 'arrow'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /**
   * Keyword in upper case; identifier folded and unquoted; string with its escapes resolved; number, parameter digits,
   * operator as written; empty for punctuation.
   */
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** A quoted identifier, or a string in a form other than plain quotes. */
  readonly quoted: boolean;
}

/** Longest identifier, in bytes of UTF-8. */
export const MAX_IDENTIFIER_BYTES = 255;
/** 1-based position in characters of a UTF-16 offset. */
export function characterPosition(text: string, offset: number): number {
  let position = 1;
  for (let i = 0; i < offset && i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // The second half of a surrogate pair belongs to a character that was already counted.
    const low = unit >= 0xdc00 && unit <= 0xdfff && i > 0 && isHighSurrogate(text.charCodeAt(i - 1));
    if (!low) position++;
  }
  return position;
}

/** A 42601 error at a UTF-16 offset of `text`. */
export function errorAt(text: string, offset: number, message: string): SqlError {
  return syntaxError(message, characterPosition(text, offset));
}

/** How a token reads in `Expected x, found y`. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'keyword':
      return token.value;
    case 'identifier':
      return `identifier "${token.value}"`;
    case 'string':
      return `string literal "${token.value}"`;
    case 'hex string':
      return `hex string literal "${token.value}"`;
    case 'number':
      return `number "${token.value}"`;
    case 'parameter':
      return `parameter "$${token.value}"`;
    case 'operator':
      return `operator "${token.value}"`;
    case 'end':
      return 'EOF';
    default:
      return token.kind;
  }
}

/**
 * All tokens of a text; the last is of kind `end`. Checks nesting, so that no later stage meets a depth it cannot recurse
 * into.
 *
 * @throws SqlError 42601; 54001 for a chain that is too long.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const scan = scanner(text, tokens);
  while (!scan());
  return tokens;
}

/** The same; the caller may do something else at each `yield`, after every so many tokens. */
export function* tokenizeInSteps(text: string): Generator<void, readonly Token[]> {
  const tokens: Token[] = [];
  const scan = scanner(text, tokens);
  while (!scan()) if (tokens.length % TOKENS_A_STEP === 0) yield;
  return tokens;
}

const TOKENS_A_STEP = 4096;

/** What adds the next token of a text to `into`, and answers whether that was the last. */
function scanner(text: string, into: Token[]): () => boolean {
  const lexer = new Lexer(text);
  const nesting = new Nesting(text);
  return () => {
    const token = lexer.next();
    nesting.see(token);
    into.push(token);
    return token.kind === 'end';
  };
}

const PUNCTUATION: Readonly<Record<string, TokenKind>> = {
  '(': 'left parenthesis',
  ')': 'right parenthesis',
  '[': 'left square bracket',
  ']': 'right square bracket',
  ',': 'comma',
  ';': 'semicolon',
};

/** Longest run read as one operator, PostgreSQL's limit; it also keeps long runs of signs from costing their square. */
const MAX_OPERATOR_LENGTH = 64;
const OPERATOR_CHARACTERS = '+-*/<>=~!@#%^&|`?';

class Lexer {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  next(): Token {
    this.#skipBlank();
    const start = this.#at;
    if (start >= this.text.length) return this.#token('end', '', start);
    const char = this.text.charAt(start);
    const punctuation = PUNCTUATION[char];
    if (punctuation !== undefined) {
      this.#at++;
      return this.#token(punctuation, '', start);
    }
    if (char === "'") return this.#strings(start, 'plain');
    if (char === '"') return this.#quotedIdentifier(start);
    const following = this.text.charAt(start + 1);
    if (following === "'") {
      if (char === 'e' || char === 'E') return this.#prefixed(start, 'escape');
      if (char === 'x' || char === 'X') return this.#prefixed(start, 'hex');
      if (char === 'n' || char === 'N') return this.#prefixed(start, 'plain');
    }
    if (isIdentifierStart(char)) return this.#word(start);
    if (isDigit(char) || (char === '.' && isDigit(following))) return this.#number(start);
    if (char === '$') return this.#dollar(start);
    return this.#symbol(start, char, following);
  }

  #token(kind: TokenKind, value: string, start: number, quoted = false): Token {
    return { kind, value, start, end: this.#at, quoted };
  }

  #fail(offset: number, message: string): never {
    throw errorAt(this.text, offset, message);
  }

  /** Skips white space and comments; answers whether a line break was among them. */
  #skipBlank(): boolean {
    const text = this.text;
    let sawNewline = false;
    for (;;) {
      const unit = text.charCodeAt(this.#at);
      if (unit === 10 || unit === 13) {
        sawNewline = true;
        this.#at++;
      } else if (unit === 32 || unit === 9 || unit === 12 || unit === 11) {
        this.#at++;
      } else if (unit === 45 && text.charCodeAt(this.#at + 1) === 45) {
        while (this.#at < text.length && text.charCodeAt(this.#at) !== 10 && text.charCodeAt(this.#at) !== 13)
          this.#at++;
      } else if (unit === 47 && text.charCodeAt(this.#at + 1) === 42) {
        this.#blockComment();
      } else {
        return sawNewline;
      }
    }
  }

  #blockComment(): void {
    const start = this.#at;
    let depth = 0;
    do {
      if (this.#at >= this.text.length) this.#fail(start, 'unterminated multiline comment');
      if (this.text.startsWith('/*', this.#at)) {
        depth++;
        this.#at += 2;
      } else if (this.text.startsWith('*/', this.#at)) {
        depth--;
        this.#at += 2;
      } else {
        this.#at++;
      }
    } while (depth > 0);
  }

  #word(start: number): Token {
    const text = this.text;
    let at = start + 1;
    let ascii = text.charCodeAt(start) < 128;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 128) ascii = false;
      else if (!isIdentifierPart(unit)) break;
    }
    this.#at = at;
    const word = text.slice(start, at);
    // ASCII letters only fold, whatever the language of the machine.
    const folded = ascii ? word.toLowerCase() : word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    const keyword = KEYWORDS.get(folded);
    if (keyword !== undefined) return this.#token('keyword', keyword, start);
    this.#checkLength(folded, start);
    return this.#token('identifier', folded, start);
  }

  #quotedIdentifier(start: number): Token {
    const text = this.text;
    let value = '';
    let from = start + 1;
    for (;;) {
      const quote = text.indexOf('"', from);
      if (quote < 0) this.#fail(start, 'unterminated quoted identifier');
      value += text.slice(from, quote);
      if (text.charAt(quote + 1) !== '"') {
        this.#at = quote + 1;
        break;
      }
      value += '"';
      from = quote + 2;
    }
    if (value === '') this.#fail(start, 'zero-length delimited identifier');
    if (value.includes('\0')) this.#fail(start, 'null character in quoted identifier');
    if (value === '.' || value === '..') this.#fail(start, `invalid identifier: "${value}"`);
    this.#checkLength(value, start);
    return this.#token('identifier', value, start, true);
  }

  #checkLength(value: string, start: number): void {
    // A UTF-16 unit takes at most three bytes: short names need no counting.
    if (value.length * 3 > MAX_IDENTIFIER_BYTES && Buffer.byteLength(value) > MAX_IDENTIFIER_BYTES) {
      this.#fail(start, `identifier length exceeds ${MAX_IDENTIFIER_BYTES} bytes`);
    }
  }

  #prefixed(start: number, form: 'plain' | 'escape' | 'hex'): Token {
    this.#at = start + 1;
    return this.#strings(start, form);
  }

  /** One literal, and those that follow it after a line break. */
  #strings(start: number, form: 'plain' | 'escape' | 'hex'): Token {
    let value = this.#stringBody(start, form === 'escape');
    for (;;) {
      const end = this.#at;
      if (!this.#skipBlank() || this.text.charAt(this.#at) !== "'") {
        this.#at = end;
        break;
      }
      value += this.#stringBody(this.#at, form === 'escape');
    }
    return this.#token(form === 'hex' ? 'hex string' : 'string', value, start, form !== 'plain');
  }

  /** Reads from the opening quote at the current place to past the closing one. */
  #stringBody(start: number, escapes: boolean): string {
    const text = this.text;
    this.#at++;
    let value = '';
    let from = this.#at;
    for (;;) {
      if (this.#at >= text.length) this.#fail(start, 'unterminated quoted string');
      const unit = text.charCodeAt(this.#at);
      if (unit === 39) {
        value += text.slice(from, this.#at);
        if (text.charCodeAt(this.#at + 1) !== 39) {
          this.#at++;
          return value;
        }
        value += "'";
        this.#at += 2;
        from = this.#at;
      } else if (escapes && unit === 92) {
        value += text.slice(from, this.#at);
        value += this.#escape(start);
        from = this.#at;
      } else {
        this.#at++;
      }
    }
  }

  /** Reads one backslash escape of E''. */
  #escape(literal: number): string {
    const text = this.text;
    const start = this.#at;
    const char = text.charAt(start + 1);
    if (char === '') this.#fail(literal, 'unterminated quoted string');
    this.#at = start + 2;
    const simple = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[char];
    if (simple !== undefined) return simple;
    if (char === 'u') return this.#unicodeEscape(start, 4);
    if (char === 'U') return this.#unicodeEscape(start, 8);
    if (char === 'x') {
      const digits = /^[0-9a-fA-F]{1,2}/.exec(text.slice(start + 2, start + 4))?.[0];
      if (digits === undefined) return 'x';
      this.#at += digits.length;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (char >= '0' && char <= '7') this.#fail(start, 'octal escapes are not supported');
    // A surrogate pair after the backslash stays whole.
    const whole = String.fromCodePoint(text.codePointAt(start + 1) ?? 0);
    this.#at = start + 1 + whole.length;
    return whole;
  }

  #unicodeEscape(start: number, length: number): string {
    const digits = this.text.slice(start + 2, start + 2 + length);
    const code = /^[0-9a-fA-F]+$/.test(digits) && digits.length === length ? parseInt(digits, 16) : -1;
    if (code <= 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      this.#fail(start, 'invalid unicode escape');
    }
    this.#at = start + 2 + length;
    return String.fromCodePoint(code);
  }

  #number(start: number): Token {
    NUMBER.lastIndex = start;
    const length = NUMBER.exec(this.text)?.[0].length ?? 1;
    this.#at = start + length;
    return this.#token('number', this.text.slice(start, this.#at), start);
  }

  /** `$1` or `$tag$...$tag$`. */
  #dollar(start: number): Token {
    PARAMETER.lastIndex = start;
    const parameter = PARAMETER.exec(this.text);
    if (parameter !== null) {
      this.#at = start + parameter[0].length;
      const number = Number(parameter[1]);
      if (number < 1 || number > 65535) this.#fail(start, 'invalid parameter number');
      return this.#token('parameter', String(number), start);
    }
    DOLLAR_TAG.lastIndex = start;
    const tag = DOLLAR_TAG.exec(this.text)?.[0];
    if (tag === undefined) this.#fail(start, 'unexpected character in input: $');
    const close = this.text.indexOf(tag, start + tag.length);
    if (close < 0) this.#fail(start, 'unterminated dollar-quoted string');
    this.#at = close + tag.length;
    return this.#token('string', this.text.slice(start + tag.length, close), start, true);
  }

  #symbol(start: number, char: string, following: string): Token {
    if (char === '.') {
      this.#at++;
      return this.#token('dot', '', start);
    }
    if (char === ':') {
      this.#at += following === ':' ? 2 : 1;
      return this.#token(following === ':' ? 'double colon' : 'colon', '', start);
    }
    if (!OPERATOR_CHARACTERS.includes(char)) {
      const whole = String.fromCodePoint(this.text.codePointAt(start) ?? 0);
      this.#fail(start, `unexpected character in input: ${whole}`);
    }
    return this.#operator(start);
  }

  /**
   * The longest run of operator characters that does not run into a comment. A trailing + or - belongs to the next
   * operand unless the operator has a character that SQL's own operators lack (PostgreSQL's rule).
   */
  #operator(start: number): Token {
    const text = this.text;
    let end = start;
    const limit = Math.min(text.length, start + MAX_OPERATOR_LENGTH);
    while (end < limit && OPERATOR_CHARACTERS.includes(text.charAt(end))) {
      if (end > start && (text.startsWith('--', end) || text.startsWith('/*', end))) break;
      end++;
    }
    if (!/[~!@#%^&|`?]/.test(text.slice(start, end))) {
      while (end - start > 1 && (text.charAt(end - 1) === '+' || text.charAt(end - 1) === '-')) end--;
    }
    this.#at = end;
    const operator = text.slice(start, end);
    if (operator === '*') return this.#token('star', '', start);
    if (operator === '=') return this.#token('equals sign', '', start);
    if (operator === '=>') return this.#token('arrow', '', start);
    return this.#token('operator', operator, start);
  }
}

const NUMBER = /(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/y;
const PARAMETER = /\$(\d+)/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isIdentifierStart(char: string): boolean {
  return (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_' || char >= '\u0080';
}

function isIdentifierPart(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 48 && unit <= 57) ||
    unit === 95 ||
    unit === 36 ||
    unit >= 128
  );
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
