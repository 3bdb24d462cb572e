/**
 * Queries and expressions in normal form. It works on tokens: keywords that are never names in upper case, everything else
 * folded, comments gone, one space where the grammar wants one. Reading the result back gives the same tokens.
 */
import { isReservedForPrinting } from '../keywords.ts';
import { tokenize, type Token } from '../lexer.ts';
import { quoteIdent, quoteIdentAlways, quoteLiteral } from '../quote.ts';
import { REDACTED, type PrintStyle } from './context.ts';

/** Keywords that print in upper case although they may be names elsewhere. */
const UPPER: ReadonlySet<string> = new Set([
  'BY',
  'INSERT',
  'UPDATE',
  'DELETE',
  'RECURSIVE',
  'FETCH',
  'OVER',
  'NULLS',
]);

/** Normal form of a text that already parsed. */
export function normalizeText(style: PrintStyle, sql: string): string {
  return tokenTexts(style, sql)
    .map(({ text, spaced }) => (spaced ? ` ${text}` : text))
    .join('');
}

/** One printed token, and whether a space stands before it. `depth` counts brackets around it. */
export interface PrintedToken {
  readonly token: Token;
  readonly text: string;
  readonly spaced: boolean;
  readonly depth: number;
}

export function tokenTexts(style: PrintStyle, sql: string): readonly PrintedToken[] {
  const tokens = tokenize(sql);
  const printed: PrintedToken[] = [];
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined || token.kind === 'end') break;
    if (isClosing(token)) depth--;
    const spaced = i > 0 && isSpaced(tokens, i);
    printed.push({ token, text: tokenText(style, tokens, i, token), spaced, depth });
    if (isOpening(token)) depth++;
  }
  return printed;
}

const SYMBOLS: Readonly<Partial<Record<Token['kind'], string>>> = {
  star: '*',
  'equals sign': '=',
  'left parenthesis': '(',
  'right parenthesis': ')',
  'left square bracket': '[',
  'right square bracket': ']',
  dot: '.',
  comma: ',',
  colon: ':',
  'double colon': '::',
  semicolon: ';',
  arrow: '=>',
};

function tokenText(style: PrintStyle, tokens: readonly Token[], i: number, token: Token): string {
  switch (token.kind) {
    case 'keyword':
      return keywordText(style, tokens, i, token.value);
    case 'identifier':
      if (style.quoteAll && token.quoted) return quoteIdentAlways(token.value);
      return quoteIdent(token.value);
    case 'string':
      return style.redacted ? REDACTED : quoteLiteral(token.value);
    case 'hex string':
      return style.redacted ? REDACTED : `X${quoteLiteral(token.value)}`;
    case 'number':
      return style.redacted ? REDACTED : token.value;
    case 'parameter':
      return `$${token.value}`;
    case 'operator':
      return token.value;
    default:
      return SYMBOLS[token.kind] ?? '';
  }
}

function keywordText(style: PrintStyle, tokens: readonly Token[], i: number, value: string): string {
  const folded = value.toLowerCase();
  const isPart = tokens[i - 1]?.kind === 'dot';
  if (isPart) return style.quoteAll || isReservedForPrinting(folded) ? quoteIdentAlways(folded) : folded;
  if (value === 'SHOW' && tokens[i - 1]?.kind === 'left parenthesis') return value;
  // `text list` is a type, LIST[1] a constructor.
  if (value === 'LIST' && !isBracket(tokens[i + 1])) return folded;
  return isReservedForPrinting(folded) || UPPER.has(value) ? value : folded;
}

function isBracket(token: Token | undefined): boolean {
  return token !== undefined && isOpening(token);
}

function isSpaced(tokens: readonly Token[], i: number): boolean {
  const before = tokens[i - 1];
  const token = tokens[i];
  if (before === undefined || token === undefined) return false;
  if (isOpening(before) || isTight(before)) return false;
  if (isClosing(token) || isTight(token) || token.kind === 'comma' || token.kind === 'semicolon')
    return false;
  // A call, a subscript, a type's length: where the bracket touched its word it still does.
  if (isOpening(token))
    return before.kind === 'operator' || before.kind === 'comma' || token.start > before.end;
  if (isSign(tokens, i - 1)) return false;
  return true;
}

function isTight(token: Token): boolean {
  return token.kind === 'dot' || token.kind === 'double colon' || token.kind === 'colon';
}

/** Whether the token is a sign in front of its operand. */
function isSign(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  if (token?.kind !== 'operator' || (token.value !== '-' && token.value !== '+')) return false;
  const before = tokens[i - 1];
  if (before === undefined || isOpening(before)) return true;
  return (
    before.kind === 'operator' ||
    before.kind === 'comma' ||
    before.kind === 'equals sign' ||
    before.kind === 'arrow' ||
    (before.kind === 'keyword' && isReservedForPrinting(before.value.toLowerCase()))
  );
}

function isOpening(token: Token): boolean {
  return token.kind === 'left parenthesis' || token.kind === 'left square bracket';
}

function isClosing(token: Token): boolean {
  return token.kind === 'right parenthesis' || token.kind === 'right square bracket';
}
