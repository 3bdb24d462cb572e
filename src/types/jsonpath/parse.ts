/** Text of SQL/JSON paths to trees, by the grammar of PostgreSQL 15 (manual 9.16.2). */
import { planError, unsupported } from '../../errors.ts';
import { invalidInput } from '../input-error.ts';
import { Numeric } from '../numeric.ts';
import { pathTokens, type PathToken } from './lexer.ts';
import {
  isPredicate,
  type ArithmeticOperator,
  type ComparisonOperator,
  type JsonPath,
  type PathLevel,
  type PathMethod,
  type PathNode,
  type PathStep,
} from './syntax.ts';

/** Deeper nesting is refused, so that no recursion over a path can exhaust the stack. */
const MAX_DEPTH = 200;
/** Operators and accessors of a whole path: chains of them become trees as deep. */
const MAX_PARTS = 1500;

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);
const METHODS = new Set<string>(['type', 'size', 'abs', 'floor', 'ceiling', 'double', 'keyvalue']);

/** Paths of recent calls: the same few are read for every row. */
const MAX_CACHED = 500;
const cache = new Map<string, JsonPath>();

/** Reads a path. Throws SqlError XX000 for what is none. */
export function parseJsonPath(text: string): JsonPath {
  let path = cache.get(text);
  if (path === undefined) {
    path = new PathParser(text).path();
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, path);
  }
  return path;
}

class PathParser {
  readonly #text: string;
  readonly #tokens: readonly PathToken[];
  #at = 0;
  #depth = 0;
  #parts = 0;
  /** Filters around the place, where `@` means something; subscripts, where `last` does. */
  #filters = 0;
  #subscripts = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = pathTokens(text);
  }

  path(): JsonPath {
    const strict = this.#takeWord('strict');
    if (!strict) this.#takeWord('lax');
    if (this.#next().kind === 'end') throw invalidInput('jsonpath', this.#text);
    const root = this.#predicateOrValue();
    if (this.#next().kind !== 'end') throw this.#unexpected();
    return { strict, root };
  }

  #next(offset = 0): PathToken {
    return this.#tokens[this.#at + offset] ?? { kind: 'end', text: '' };
  }

  #isSymbol(text: string, offset = 0): boolean {
    const token = this.#next(offset);
    return token.kind === 'symbol' && token.text === text;
  }

  #isWord(text: string, offset = 0): boolean {
    const token = this.#next(offset);
    return token.kind === 'word' && token.text.toLowerCase() === text;
  }

  #takeSymbol(text: string): boolean {
    if (!this.#isSymbol(text)) return false;
    this.#at++;
    return true;
  }

  #takeWord(text: string): boolean {
    if (!this.#isWord(text)) return false;
    this.#at++;
    return true;
  }

  #expectSymbol(text: string): void {
    if (!this.#takeSymbol(text)) throw this.#unexpected();
  }

  #unexpected(): Error {
    const { kind, text } = this.#next();
    const where =
      kind === 'end' ? 'syntax error at end of jsonpath input' : `syntax error at or near "${text}"`;
    return invalidInput('jsonpath', this.#text, where);
  }

  #countPart(): void {
    if (++this.#parts > MAX_PARTS)
      throw invalidInput('jsonpath', this.#text, 'too many operators and accessors');
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw invalidInput('jsonpath', this.#text, 'nested too deeply');
    const result = read();
    this.#depth--;
    return result;
  }

  /** Predicates and values are one chain of precedences: || && comparisons, + -, * / %, signs, accessors. */
  #predicateOrValue(): PathNode {
    return this.#nested(() => {
      let left = this.#conjunction();
      while (this.#isSymbol('||')) {
        this.#countPart();
        this.#requirePredicate(left);
        this.#at++;
        left = { kind: 'or', left, right: this.#requirePredicate(this.#conjunction()) };
      }
      return left;
    });
  }

  #conjunction(): PathNode {
    let left = this.#comparison();
    while (this.#isSymbol('&&')) {
      this.#countPart();
      this.#requirePredicate(left);
      this.#at++;
      left = { kind: 'and', left, right: this.#requirePredicate(this.#comparison()) };
    }
    return left;
  }

  #requirePredicate(node: PathNode): PathNode {
    if (!isPredicate(node)) throw this.#unexpected();
    return node;
  }

  #requireValue(node: PathNode): PathNode {
    if (isPredicate(node)) throw this.#unexpected();
    return node;
  }

  #comparison(): PathNode {
    const left = this.#sum();
    const { kind, text } = this.#next();
    if (kind === 'symbol' && COMPARISONS.has(text)) {
      this.#requireValue(left);
      this.#at++;
      const right = this.#requireValue(this.#sum());
      return { kind: 'comparison', operator: text as ComparisonOperator, left, right };
    }
    if (this.#isWord('starts') && this.#isWord('with', 1)) {
      this.#requireValue(left);
      this.#at += 2;
      return { kind: 'startsWith', whole: left, initial: this.#initial() };
    }
    if (this.#takeWord('like_regex')) return this.#likeRegex(this.#requireValue(left));
    return left;
  }

  #initial(): PathNode {
    const { kind, text } = this.#next();
    if (kind !== 'string' && kind !== 'variable') throw this.#unexpected();
    this.#at++;
    return kind === 'string' ? { kind, value: text } : { kind, name: text };
  }

  #string(): string {
    const { kind, text } = this.#next();
    if (kind !== 'string') throw this.#unexpected();
    this.#at++;
    return text;
  }

  #likeRegex(operand: PathNode): PathNode {
    const pattern = this.#string();
    const given = this.#takeWord('flag') ? this.#string() : '';
    for (const letter of given) {
      if (!'ismxq'.includes(letter)) {
        throw invalidInput(
          'jsonpath',
          this.#text,
          `unrecognized flag character "${letter}" in LIKE_REGEX predicate`,
        );
      }
    }
    const flags = [...'ismxq'].filter((letter) => given.includes(letter)).join('');
    if (flags.includes('x') && !flags.includes('q')) {
      throw unsupported('XQuery "x" flag (expanded regular expressions)');
    }
    return { kind: 'likeRegex', operand, pattern, flags };
  }

  #sum(): PathNode {
    let left = this.#product();
    while (this.#isSymbol('+') || this.#isSymbol('-')) left = this.#arithmetic(left, () => this.#product());
    return left;
  }

  #product(): PathNode {
    let left = this.#signed();
    while (this.#isSymbol('*') || this.#isSymbol('/') || this.#isSymbol('%')) {
      left = this.#arithmetic(left, () => this.#signed());
    }
    return left;
  }

  #arithmetic(left: PathNode, operand: () => PathNode): PathNode {
    this.#countPart();
    this.#requireValue(left);
    const operator = this.#next().text as ArithmeticOperator;
    this.#at++;
    return { kind: 'arithmetic', operator, left, right: this.#requireValue(operand()) };
  }

  #signed(): PathNode {
    if (!this.#isSymbol('+') && !this.#isSymbol('-')) return this.#accessors();
    const operator = this.#next().text as '+' | '-';
    this.#at++;
    const operand = this.#nested(() => this.#requireValue(this.#signed()));
    // The sign of a number is part of it.
    if (operand.kind === 'number')
      return operator === '-' ? { ...operand, value: operand.value.negate() } : operand;
    return { kind: 'sign', operator, operand };
  }

  #accessors(): PathNode {
    const head = this.#primary();
    const steps: PathStep[] = [];
    for (let step = this.#step(); step !== undefined; step = this.#step()) {
      this.#countPart();
      steps.push(step);
    }
    if (steps.length === 0) return head;
    return { kind: 'path', head, steps };
  }

  #primary(): PathNode {
    const { kind, text } = this.#next();
    switch (kind) {
      case 'string':
        this.#at++;
        return { kind, value: text };
      case 'variable':
        this.#at++;
        return { kind, name: text };
      case 'integer':
      case 'number':
        this.#at++;
        return { kind: 'number', value: Numeric.fromString(text.replace(/\.(?=$|e)/i, '')) };
      case 'word':
        return this.#word(text);
      case 'symbol':
        return this.#symbol(text);
      case 'end':
        throw this.#unexpected();
    }
  }

  #word(text: string): PathNode {
    if (text === 'true' || text === 'false' || text === 'null') {
      this.#at++;
      return text === 'null' ? { kind: 'null' } : { kind: 'boolean', value: text === 'true' };
    }
    if (this.#takeWord('last')) {
      if (this.#subscripts === 0)
        throw planError('LAST is allowed only in array subscripts').with({ code: '42601' });
      return { kind: 'last' };
    }
    if (!this.#isWord('exists')) throw this.#unexpected();
    this.#at++;
    this.#expectSymbol('(');
    const operand = this.#requireValue(this.#predicateOrValue());
    this.#expectSymbol(')');
    return { kind: 'exists', operand };
  }

  #symbol(text: string): PathNode {
    switch (text) {
      case '$':
        this.#at++;
        return { kind: 'root' };
      case '@':
        if (this.#filters === 0)
          throw planError('@ is not allowed in root expressions').with({ code: '42601' });
        this.#at++;
        return { kind: 'current' };
      case '!': {
        this.#at++;
        if (!this.#isSymbol('(') && !this.#isWord('exists')) throw this.#unexpected();
        return { kind: 'not', operand: this.#requirePredicate(this.#primary()) };
      }
      case '(':
        return this.#parenthesised();
      default:
        throw this.#unexpected();
    }
  }

  #parenthesised(): PathNode {
    this.#expectSymbol('(');
    const inner = this.#predicateOrValue();
    this.#expectSymbol(')');
    if (!this.#isWord('is') || !this.#isWord('unknown', 1)) return inner;
    this.#at += 2;
    return { kind: 'isUnknown', operand: this.#requirePredicate(inner) };
  }

  #step(): PathStep | undefined {
    if (this.#isSymbol('[')) return this.#subscript();
    if (this.#isSymbol('?')) return this.#filter();
    if (!this.#takeSymbol('.')) return undefined;
    if (this.#takeSymbol('**')) return this.#levels();
    if (this.#takeSymbol('*')) return { kind: 'anyMember' };
    const { kind, text } = this.#next();
    if (kind !== 'word' && kind !== 'string') throw this.#unexpected();
    this.#at++;
    if (kind === 'word' && this.#isSymbol('(')) return this.#method(text.toLowerCase());
    return { kind: 'member', key: text };
  }

  #method(name: string): PathStep {
    if (!METHODS.has(name) && name !== 'datetime') throw this.#unexpected();
    this.#expectSymbol('(');
    const template = name === 'datetime' && this.#next().kind === 'string' ? this.#string() : null;
    this.#expectSymbol(')');
    return name === 'datetime'
      ? { kind: 'datetime', template }
      : { kind: 'method', name: name as PathMethod };
  }

  #filter(): PathStep {
    this.#at++;
    this.#expectSymbol('(');
    this.#filters++;
    const predicate = this.#requirePredicate(this.#predicateOrValue());
    this.#filters--;
    this.#expectSymbol(')');
    return { kind: 'filter', predicate };
  }

  #subscript(): PathStep {
    this.#at++;
    if (this.#isSymbol('*') && this.#isSymbol(']', 1)) {
      this.#at += 2;
      return { kind: 'anyElement' };
    }
    const subscripts: { from: PathNode; to: PathNode | null }[] = [];
    this.#subscripts++;
    do {
      const from = this.#requireValue(this.#predicateOrValue());
      const to = this.#takeWord('to') ? this.#requireValue(this.#predicateOrValue()) : null;
      subscripts.push({ from, to });
    } while (this.#takeSymbol(','));
    this.#subscripts--;
    this.#expectSymbol(']');
    return { kind: 'elements', subscripts };
  }

  #levels(): PathStep {
    if (!this.#takeSymbol('{')) return { kind: 'descend', from: 0, to: 'last' };
    const from = this.#level();
    const to = this.#takeWord('to') ? this.#level() : from;
    this.#expectSymbol('}');
    return { kind: 'descend', from, to };
  }

  #level(): PathLevel {
    if (this.#takeWord('last')) return 'last';
    const { kind, text } = this.#next();
    if (kind !== 'integer') throw this.#unexpected();
    this.#at++;
    return Number(text);
  }
}
