/** SIMILAR TO: SQL's regular expressions rewritten as PostgreSQL's own, as similar_escape does. */
import { planError } from '../errors.ts';
import { arg, made, type ScalarTable } from './define.ts';

/**
 * The ARE for a SIMILAR TO pattern, anchored at both ends. `#"` (escape and quote) twice marks the part that
 * substring(text similar pattern escape) gives back: what surrounds it takes as little as it can.
 */
export function similarToRegex(pattern: string, escape: string): string {
  const [escapeChar, ...more] = [...escape];
  if (more.length > 0)
    throw planError('invalid escape string', { hint: 'Escape string must be empty or one character.' });
  let result = '^(?:';
  let quotes = 0;
  let inBracket = false;
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (char === escapeChar) {
      const next = chars[++i];
      if (next === undefined) throw planError('invalid escape sequence');
      if (next === '"' && !inBracket) {
        quotes++;
        if (quotes === 1) result += '){1,1}?(';
        else if (quotes === 2) result += '){1,1}(?:';
        else
          throw planError(
            'SQL regular expression may not contain more than two escape-double-quote separators',
          );
      } else {
        result += `\\${next}`;
      }
    } else if (inBracket) {
      if (char === '\\') result += '\\';
      result += char;
      if (char === ']') inBracket = false;
    } else {
      result += translated(char);
      inBracket = char === '[';
    }
  }
  return `${result})$`;
}

function translated(char: string): string {
  switch (char) {
    case '%':
      return '.*';
    case '_':
      return '.';
    case '(':
      return '(?:';
    case '\\':
    case '.':
    case '^':
    case '$':
      return `\\${char}`;
    default:
      return char;
  }
}

export const similarFunctions: ScalarTable = {
  'similar_to_escape(text)': (pattern: string) => similarToRegex(pattern, '\\'),
  'similar_to_escape(text,text)': similarToRegex,
  // Not strict: a NULL escape means the default.
  'similar_escape(text,text)': made(() => (args) => {
    const pattern = arg(args, 0);
    return pattern === null ? null : similarToRegex(pattern as string, (arg(args, 1) ?? '\\') as string);
  }),
};
