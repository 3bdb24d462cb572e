/** Text of an advanced regular expression to its tree. */
import { charSet, classMember, collatingElement, isWord, range, single, type Member } from './char-set.ts';
import { DEFAULT_OPTIONS, invalidRegex, withOption, type RegexNode, type RegexOptions } from './syntax.ts';

/** Largest number in a bound: RE_DUP_MAX. */
const MAX_BOUND = 255;
/** Nesting past this is refused, so that no recursion over the tree can exhaust the stack. */
const MAX_DEPTH = 200;

export interface ParsedRegex {
  readonly node: RegexNode;
  readonly groups: number;
  readonly hasBackreference: boolean;
}

const EMPTY: RegexNode = { kind: 'empty' };

/** Parses a pattern; options embedded in it come on top of those given. Throws `invalid regular expression: ...`. */
export function parseRegex(pattern: string, options: RegexOptions = DEFAULT_OPTIONS): ParsedRegex {
  return new Parser(pattern, options).parse();
}

class Parser {
  readonly #chars: readonly string[];
  #options: RegexOptions;
  #at = 0;
  #groups = 0;
  /** Lookaround constraints around the place: within them nothing is captured. */
  #looking = 0;
  #open = new Set<number>();
  #hasBackreference = false;

  constructor(pattern: string, options: RegexOptions) {
    let text = pattern;
    let chosen = options;
    if (!options.literal) {
      if (text.startsWith('***=')) {
        chosen = { ...options, literal: true };
        text = text.slice(4);
      } else if (text.startsWith('***:')) {
        text = text.slice(4);
      } else if (text.startsWith('***')) {
        throw invalidRegex('invalid regexp (reg version)');
      }
      const embedded = chosen.literal || chosen.basicEscapes ? null : /^\(\?([a-z]+)\)/.exec(text);
      if (embedded !== null) {
        for (const letter of embedded[1] ?? '') {
          const next = withOption(chosen, letter);
          if (next === undefined) throw invalidRegex('invalid embedded option');
          chosen = next;
        }
        text = text.slice(embedded[0].length);
      }
    }
    this.#options = chosen;
    this.#chars = [...text];
  }

  parse(): ParsedRegex {
    if (this.#options.literal) {
      const nodes = this.#chars.map((char) => this.#literal(char.codePointAt(0) ?? 0));
      return { node: { kind: 'concat', nodes }, groups: 0, hasBackreference: false };
    }
    const node = this.#alternation(0);
    if (this.#at < this.#chars.length) throw invalidRegex('parentheses () not balanced');
    return { node, groups: this.#groups, hasBackreference: this.#hasBackreference };
  }

  #peek(ahead = 0): string | undefined {
    return this.#chars[this.#at + ahead];
  }

  #take(text: string): boolean {
    for (const [i, char] of [...text].entries()) if (this.#peek(i) !== char) return false;
    this.#at += text.length;
    return true;
  }

  #literal(code: number): RegexNode {
    return { kind: 'set', set: single(code, this.#options.ignoreCase) };
  }

  #alternation(depth: number): RegexNode {
    if (depth > MAX_DEPTH) throw invalidRegex('regular expression is too complex');
    const branches = [this.#branch(depth)];
    while (this.#take('|')) branches.push(this.#branch(depth));
    return branches.length === 1 ? (branches[0] ?? EMPTY) : { kind: 'alternate', nodes: branches };
  }

  #branch(depth: number): RegexNode {
    const nodes: RegexNode[] = [];
    for (;;) {
      this.#skipComments();
      const char = this.#peek();
      if (char === undefined || char === '|' || (char === ')' && depth > 0)) break;
      nodes.push(this.#quantified(depth));
    }
    return nodes.length === 0 ? EMPTY : nodes.length === 1 ? (nodes[0] ?? EMPTY) : { kind: 'concat', nodes };
  }

  /** Blanks and # comments in expanded syntax, and (?#...) in any. */
  #skipComments(): void {
    for (;;) {
      if (
        !this.#options.basicEscapes &&
        this.#peek() === '(' &&
        this.#peek(1) === '?' &&
        this.#peek(2) === '#'
      ) {
        const end = this.#chars.indexOf(')', this.#at);
        if (end < 0) throw invalidRegex('parentheses () not balanced');
        this.#at = end + 1;
      } else if (this.#options.expanded && /^\s$/.test(this.#peek() ?? '')) {
        this.#at++;
      } else if (this.#options.expanded && this.#peek() === '#') {
        while (this.#peek() !== undefined && this.#peek() !== '\n') this.#at++;
      } else {
        return;
      }
    }
  }

  #quantified(depth: number): RegexNode {
    const atom = this.#atom(depth);
    this.#skipComments();
    const bounds = this.#bounds();
    if (bounds === undefined) return atom;
    if (atom.kind === 'assert' || atom.kind === 'look') throw invalidRegex('quantifier operand invalid');
    const lazy = !this.#options.basicEscapes && this.#take('?');
    if (this.#isQuantifier()) throw invalidRegex('quantifier operand invalid');
    const [min, max, fixed = false] = bounds;
    return { kind: 'repeat', node: atom, min, max, lazy, fixed };
  }

  #isQuantifier(): boolean {
    const char = this.#peek();
    return char === '*' || char === '+' || char === '?' || (char === '{' && /^\d$/.test(this.#peek(1) ?? ''));
  }

  #bounds(): readonly [min: number, max: number, fixed?: boolean] | undefined {
    if (this.#take('*')) return [0, Infinity];
    if (this.#take('+')) return [1, Infinity];
    if (this.#take('?')) return [0, 1];
    if (!this.#isQuantifier()) return undefined;
    this.#at++;
    const min = this.#number();
    let max = min;
    const fixed = this.#peek() !== ',';
    if (this.#take(',')) max = /^\d$/.test(this.#peek() ?? '') ? this.#number() : Infinity;
    if (!this.#take('}'))
      throw invalidRegex(
        this.#peek() === undefined ? 'braces {} not balanced' : 'invalid repetition count(s)',
      );
    if (min > MAX_BOUND || (max !== Infinity && max > MAX_BOUND) || min > max)
      throw invalidRegex('invalid repetition count(s)');
    return [min, max, fixed];
  }

  #number(): number {
    let digits = '';
    while (/^\d$/.test(this.#peek() ?? '')) digits += this.#chars[this.#at++] ?? '';
    return Number(digits);
  }

  #atom(depth: number): RegexNode {
    const char = this.#chars[this.#at++] ?? '';
    switch (char) {
      case '(':
        return this.#parenthesis(depth);
      case '[':
        return this.#bracket();
      case '.':
        return {
          kind: 'set',
          set: charSet(this.#options.newlineStops ? [(c) => c !== 10] : [() => true], false, false),
        };
      case '^':
        return { kind: 'assert', test: this.#options.newlineAnchors ? 'line-start' : 'text-start' };
      case '$':
        return { kind: 'assert', test: this.#options.newlineAnchors ? 'line-end' : 'text-end' };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw invalidRegex('quantifier operand invalid');
      case '{':
        if (/^\d$/.test(this.#peek() ?? '')) throw invalidRegex('quantifier operand invalid');
        return this.#literal(123);
      case ')':
        if (depth === 0) throw invalidRegex('parentheses () not balanced');
        return this.#literal(41);
      default:
        return this.#literal(char.codePointAt(0) ?? 0);
    }
  }

  #parenthesis(depth: number): RegexNode {
    if (!this.#options.basicEscapes && this.#peek() === '?') {
      this.#at++;
      if (this.#take(':')) return this.#whole(depth);
      if (this.#take('=')) return this.#look(true, false, depth);
      if (this.#take('!')) return this.#look(true, true, depth);
      if (this.#take('<=')) return this.#look(false, false, depth);
      if (this.#take('<!')) return this.#look(false, true, depth);
      throw invalidRegex('quantifier operand invalid');
    }
    if (this.#looking > 0) return this.#whole(depth);
    const index = ++this.#groups;
    this.#open.add(index);
    const node = this.#closed(depth);
    this.#open.delete(index);
    return { kind: 'group', index, node };
  }

  /** A group that captures nothing: a constraint in one can be repeated, which it cannot by itself. */
  #whole(depth: number): RegexNode {
    const node = this.#closed(depth);
    return node.kind === 'assert' || node.kind === 'look' ? { kind: 'concat', nodes: [node] } : node;
  }

  #closed(depth: number): RegexNode {
    const node = this.#alternation(depth + 1);
    if (!this.#take(')')) throw invalidRegex('parentheses () not balanced');
    return node;
  }

  #escape(): RegexNode {
    const char = this.#chars[this.#at++];
    if (char === undefined) throw invalidRegex('invalid escape \\ sequence');
    if (this.#options.basicEscapes) return this.#literal(char.codePointAt(0) ?? 0);
    const assertion = ASSERTIONS[char];
    if (assertion !== undefined) return { kind: 'assert', test: assertion };
    const shorthand = shorthandMember(char);
    if (shorthand !== undefined) {
      const { member, negated } = shorthand;
      // \D and \W take newlines also in newline-sensitive matching, since PostgreSQL 14.
      return { kind: 'set', set: charSet([(c) => member(c) !== negated], false, false) };
    }
    if (/^[1-9]$/.test(char)) {
      const reference = this.#reference(char);
      if (reference !== undefined) return reference;
    }
    return this.#literal(this.#escapedCode(char));
  }

  #look(ahead: boolean, negative: boolean, depth: number): RegexNode {
    this.#looking++;
    const node = this.#closed(depth);
    this.#looking--;
    return { kind: 'look', ahead, negative, node };
  }

  /** A back reference, or undefined when the digits are an octal code. */
  #reference(first: string): RegexNode | undefined {
    let digits = first;
    while (/^\d$/.test(this.#peek(digits.length - 1) ?? '')) digits += this.#peek(digits.length - 1) ?? '';
    const index = Number(digits);
    if (digits.length > 1 && index > this.#groups) return undefined;
    if (index > this.#groups || this.#open.has(index) || this.#looking > 0)
      throw invalidRegex('invalid backreference number');
    this.#at += digits.length - 1;
    this.#hasBackreference = true;
    return { kind: 'backreference', index };
  }

  /** Code of an escaped character after the backslash and `char`. */
  #escapedCode(char: string): number {
    const control = CONTROL[char];
    if (control !== undefined) return control;
    switch (char) {
      case 'c':
        return (this.#chars[this.#at++] ?? '').charCodeAt(0) & 31;
      case 'u':
        return this.#hex(4, 4);
      case 'U':
        return this.#hex(8, 8);
      case 'x':
        return this.#hex(1, 255);
      default:
    }
    if (/^[0-7]$/.test(char)) {
      let digits = char;
      while (digits.length < 3 && /^[0-7]$/.test(this.#peek() ?? '')) digits += this.#chars[this.#at++] ?? '';
      return Number.parseInt(digits, 8);
    }
    if (/^[A-Za-z0-9]$/.test(char)) throw invalidRegex('invalid escape \\ sequence');
    return char.codePointAt(0) ?? 0;
  }

  #hex(least: number, most: number): number {
    let digits = '';
    while (digits.length < most && /^[0-9A-Fa-f]$/.test(this.#peek() ?? ''))
      digits += this.#chars[this.#at++] ?? '';
    const code = Number.parseInt(digits, 16);
    if (digits.length < least || code > 0x10ffff) throw invalidRegex('invalid escape \\ sequence');
    return code;
  }

  #bracket(): RegexNode {
    if (this.#take('[:<:]]')) return { kind: 'assert', test: 'word-start' };
    if (this.#take('[:>:]]')) return { kind: 'assert', test: 'word-end' };
    const negated = this.#take('^');
    const members: Member[] = [];
    for (let first = true; ; first = false) {
      const char = this.#peek();
      if (char === undefined) throw invalidRegex('brackets [] not balanced');
      if (char === ']' && !first) break;
      members.push(this.#bracketMember(first));
    }
    this.#at++;
    // A negated set takes no newline in newline-sensitive matching.
    const all = negated && this.#options.newlineStops ? [...members, (c: number) => c === 10] : members;
    return { kind: 'set', set: charSet(all, negated, this.#options.ignoreCase) };
  }

  #bracketMember(first: boolean): Member {
    if (this.#take('[:')) return classMember(this.#until(':]'));
    if (this.#take('[=')) {
      const code = collatingElement(this.#until('=]'));
      return (c) => c === code;
    }
    if (this.#peek() === '\\' && !this.#options.basicEscapes) {
      const shorthand = shorthandMember(this.#peek(1) ?? '');
      if (shorthand !== undefined) {
        this.#at += 2;
        return (c) => shorthand.member(c) !== shorthand.negated;
      }
    }
    if (this.#peek() === '-' && !first && this.#peek(1) !== ']')
      throw invalidRegex('invalid character range');
    const low = this.#bracketCode();
    if (this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === undefined) return (c) => c === low;
    this.#at++;
    const high = this.#bracketCode();
    if (low > high) throw invalidRegex('invalid character range');
    return range(low, high);
  }

  #bracketCode(): number {
    if (this.#take('[.')) return collatingElement(this.#until('.]'));
    const char = this.#chars[this.#at++] ?? '';
    if (char === '\\' && !this.#options.basicEscapes) {
      const escaped = this.#chars[this.#at++];
      if (escaped === undefined) throw invalidRegex('invalid escape \\ sequence');
      return this.#escapedCode(escaped);
    }
    return char.codePointAt(0) ?? 0;
  }

  #until(close: string): string {
    let text = '';
    while (!this.#take(close)) {
      const char = this.#chars[this.#at++];
      if (char === undefined) throw invalidRegex('brackets [] not balanced');
      text += char;
    }
    return text;
  }
}

const ASSERTIONS: Readonly<Record<string, Extract<RegexNode, { kind: 'assert' }>['test']>> = {
  A: 'text-start',
  Z: 'text-end',
  m: 'word-start',
  M: 'word-end',
  y: 'word-edge',
  Y: 'word-inside',
};

const CONTROL: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  B: 92,
  e: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

function shorthandMember(char: string): { readonly member: Member; readonly negated: boolean } | undefined {
  switch (char) {
    case 'd':
    case 'D':
      return { member: classMember('digit'), negated: char === 'D' };
    case 's':
    case 'S':
      return { member: classMember('space'), negated: char === 'S' };
    case 'w':
    case 'W':
      return { member: isWord, negated: char === 'W' };
    default:
      return undefined;
  }
}
