/**
 * `*` and `?` of IAM's patterns. A wildcard behind {@link LITERAL} stands for itself: so what policy variables stand for
 * is put into a pattern.
 */

/** Stands before a wildcard that is none. No policy holds the character: it is JSON text of printable characters. */
const LITERAL = '\u0000';

/** A text as part of a pattern that matches nothing but it. */
export function literally(text: string): string {
  return text.replace(/[*?]/g, `${LITERAL}$&`);
}

/** What a pattern without wildcards stands for. */
export function plainText(pattern: string): string {
  return pattern.includes(LITERAL) ? pattern.replaceAll(LITERAL, '') : pattern;
}

interface Token {
  readonly kind: 'star' | 'one' | 'character';
  readonly character: string;
}

function tokensOf(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern[i]!;
    if (character === LITERAL) tokens.push({ kind: 'character', character: pattern[(i += 1)] ?? '' });
    else
      tokens.push({ kind: character === '*' ? 'star' : character === '?' ? 'one' : 'character', character });
  }
  return tokens;
}

export function hasWildcard(pattern: string): boolean {
  return tokensOf(pattern).some(({ kind }) => kind !== 'character');
}

/** Whether a pattern matches a whole text. Takes no longer than their lengths multiplied, whatever the pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const tokens = tokensOf(pattern);
  let at = 0;
  let next = 0;
  // Where the last star is, and how far the text has gone into it.
  let star = -1;
  let taken = 0;
  while (at < text.length) {
    const token = tokens[next];
    if (token?.kind === 'star') {
      star = next;
      taken = at;
      next += 1;
    } else if (token !== undefined && (token.kind === 'one' || token.character === text[at])) {
      at += 1;
      next += 1;
    } else if (star >= 0) {
      taken += 1;
      at = taken;
      next = star + 1;
    } else return false;
  }
  return tokens.slice(next).every(({ kind }) => kind === 'star');
}
