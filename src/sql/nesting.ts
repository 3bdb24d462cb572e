/** Limits on how deep a statement's tree may be, checked on its tokens before anything recurses into it. */
import { errorAt, type Token } from './lexer.ts';

/** Deepest nesting of parentheses and brackets. */
export const MAX_NESTING = 128;

/**
 * Longest chain of operators, casts, joins or set operations, which make a tree as deep as they are long. Conditions
 * joined by AND and OR, lists and rows make none. PostgreSQL's parser runs out of stack at some thousands.
 */
export const MAX_CHAIN = 1500;

/** Parts of one dotted name. Nothing has more than a handful; each more makes PostgreSQL's parser slower. */
const MAX_NAME_PARTS = 100;

/** Words that go one level deeper with each use, for as long as their bracket is open. */
const DEEPENING_CLAUSES: ReadonlySet<string> = new Set(['UNION', 'INTERSECT', 'EXCEPT', 'JOIN']);
/** Operators that are words. */
const DEEPENING_WORDS: ReadonlySet<string> = new Set([
  'NOT',
  'IS',
  'ISNULL',
  'AT',
  'COLLATE',
  'LIKE',
  'ILIKE',
  'BETWEEN',
  'CASE',
  'LIST',
]);
/** Words after which a new expression starts, beside the one before. */
const SIBLING_WORDS: ReadonlySet<string> = new Set([
  'AND',
  'OR',
  'SELECT',
  'FROM',
  'WHERE',
  'ON',
  'WHEN',
  'THEN',
  'ELSE',
  'SET',
]);

/** Estimates how deep the tree of the tokens seen so far is. */
export class Nesting {
  readonly #text: string;
  /** Levels used outside of each open bracket. */
  readonly #outer: number[] = [];
  #clauses = 0;
  #chain = 0;
  #base = 0;
  #dots = 0;
  #afterDot = false;

  constructor(text: string) {
    this.#text = text;
  }

  see(token: Token): void {
    this.#seeName(token);
    switch (token.kind) {
      case 'left parenthesis':
      case 'left square bracket':
        this.#open(token);
        break;
      case 'right parenthesis':
      case 'right square bracket':
        this.#close();
        break;
      case 'comma':
        this.#chain = 0;
        break;
      case 'semicolon':
        this.#outer.length = 0;
        this.#clauses = this.#chain = this.#base = 0;
        break;
      case 'operator':
      case 'star':
      case 'equals sign':
      case 'double colon':
        this.#deepen(token);
        break;
      case 'keyword':
        if (SIBLING_WORDS.has(token.value)) this.#chain = 0;
        else if (DEEPENING_WORDS.has(token.value)) this.#deepen(token);
        else if (DEEPENING_CLAUSES.has(token.value)) {
          this.#clauses++;
          this.#deepen(token);
        }
        break;
      default:
    }
  }

  #seeName(token: Token): void {
    if (token.kind === 'dot') {
      this.#dots++;
      if (this.#dots >= MAX_NAME_PARTS)
        throw errorAt(this.#text, token.start, 'improper qualified name (too many dotted names)');
    } else if (!this.#afterDot) this.#dots = 0;
    this.#afterDot = token.kind === 'dot';
  }

  #open(token: Token): void {
    if (this.#outer.length / 3 >= MAX_NESTING) {
      throw errorAt(this.#text, token.start, `statement exceeds nested expression limit of ${MAX_NESTING}`);
    }
    this.#outer.push(this.#base, this.#clauses, this.#chain);
    this.#base += this.#clauses + this.#chain;
    this.#clauses = this.#chain = 0;
  }

  #close(): void {
    this.#chain = this.#outer.pop() ?? 0;
    this.#clauses = this.#outer.pop() ?? 0;
    this.#base = this.#outer.pop() ?? 0;
  }

  #deepen(token: Token): void {
    this.#chain++;
    if (this.#base + this.#clauses + this.#chain > MAX_CHAIN) {
      throw errorAt(this.#text, token.start, `statement exceeds expression chain limit of ${MAX_CHAIN}`).with(
        { code: '54001' },
      );
    }
  }
}
