/** Tokens of SQL/JSON paths. */
import { invalidInput } from '../input-error.ts';

/** A word without quotes can be a key or a keyword; a quoted one is a string or a key. */
export interface PathToken {
  readonly kind: 'word' | 'string' | 'variable' | 'integer' | 'number' | 'symbol' | 'end';
  readonly text: string;
}

const SYMBOLS = /\*\*|&&|\|\||==|!=|<>|<=|>=|[?%$.[\](){}|&!=<>@#,*+\-/]/y;
const NUMBER = /(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y;
/** What can stand in a word: anything but blanks, quotes and the characters of symbols. */
const WORD = /(?:[^\s"\\?%$.[\]{}()|&!=<>@#,*:\-+/]|\\[\s\S])+/y;
const BLANKS = /(?:\s|\/\*[\s\S]*?\*\/)+/y;

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

export function pathTokens(text: string): readonly PathToken[] {
  const fail = (cause: string): Error => invalidInput('jsonpath', text, cause);
  const tokens: PathToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const quoted = (): string => {
    const body = take(/"(?:[^"\\]|\\[\s\S])*"/y);
    if (body === undefined) throw fail('unterminated quoted string');
    return unescape(body.slice(1, -1), fail);
  };
  while (at < text.length) {
    if (take(BLANKS) !== undefined) continue;
    if (text.startsWith('/*', at)) throw fail('unexpected end of comment');
    if (text[at] === '"') {
      tokens.push({ kind: 'string', text: quoted() });
      continue;
    }
    if (text[at] === '$' && /["\w\u0080-\uffff\\]/.test(text[at + 1] ?? '')) {
      at++;
      const name = text[at] === '"' ? quoted() : unescape(take(WORD) ?? '', fail);
      tokens.push({ kind: 'variable', text: name });
      continue;
    }
    const number = take(NUMBER);
    if (number !== undefined) {
      if (/[\w\u0080-\uffff]/.test(text[at] ?? '')) throw fail('trailing junk after numeric literal');
      tokens.push({ kind: /^\d+$/.test(number) ? 'integer' : 'number', text: number });
      continue;
    }
    const symbol = take(SYMBOLS);
    if (symbol !== undefined) {
      tokens.push({ kind: 'symbol', text: symbol === '<>' ? '!=' : symbol });
      continue;
    }
    const word = take(WORD);
    if (word === undefined) throw fail('syntax error');
    // An escape makes a word a name, never a keyword.
    if (word.includes('\\')) tokens.push({ kind: 'string', text: unescape(word, fail) });
    else tokens.push({ kind: 'word', text: word });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** Escapes of ECMAScript strings: `\n`, `\xHH`, `\uHHHH`, `\u{H...}`; any other character stands for itself. */
function unescape(text: string, fail: (cause: string) => Error): string {
  if (!text.includes('\\')) return text;
  const value = text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([\s\S]))/g,
    (_, byte?: string, unit?: string, point?: string, other?: string) => {
      const hex = byte ?? unit ?? point;
      if (hex === undefined) {
        if (other === 'x') throw fail('invalid hexadecimal character sequence');
        if (other === 'u') throw fail('invalid Unicode escape sequence');
        return ESCAPES[other ?? ''] ?? other ?? '';
      }
      const code = Number.parseInt(hex, 16);
      if (code > 0x10ffff) throw fail('invalid Unicode escape sequence');
      return point === undefined ? String.fromCharCode(code) : String.fromCodePoint(code);
    },
  );
  if (/\p{Surrogate}/u.test(value)) throw fail('Unicode surrogates must come in pairs');
  if (value.includes('\0')) throw fail('\\u0000 cannot be converted to text');
  return value;
}
