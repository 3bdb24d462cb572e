/**
 * PostgreSQL's regular expressions: the ARE dialect and its longest-match rule, on automata. A pattern that JavaScript's
 * engine answers the same way, and cannot be made slow with, is handed to it for tests without positions.
 */
import { Anatomy } from './anatomy.ts';
import { Dissection, type Span } from './dissect.ts';
import { parseRegex } from './parse.ts';
import { Run, Subject } from './run.ts';
import { DEFAULT_OPTIONS, invalidRegex, withOption, type RegexNode, type RegexOptions } from './syntax.ts';
import { planError } from '../../errors.ts';
import { isPlain } from '../text-units.ts';
import { greediness } from './tree.ts';

/** A match: character positions from 0; group 0 is the whole. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly Span[];
}

/** Patterns are data of clients; past this many the cache starts again. */
const MAX_CACHED = 500;
/** Longest pattern, so that compiling one stays short. */
const MAX_PATTERN = 50_000;

/** Text as code points, once for many searches of it. */
export function codesOf(text: string): ArrayLike<number> {
  if (!isPlain(text)) return Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const codes = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) codes[i] = text.charCodeAt(i);
  return codes;
}

export class Regex {
  readonly groupCount: number;
  readonly #node: RegexNode;
  readonly #hasBackreference: boolean;
  readonly #ignoreCase: boolean;
  readonly #anatomy = new Anatomy();
  readonly #longest: boolean;
  readonly #literal: RegExp | undefined;

  constructor(pattern: string, options: RegexOptions) {
    if (pattern.length > MAX_PATTERN) throw invalidRegex('regular expression is too complex');
    const parsed = parseRegex(pattern, options);
    this.#node = parsed.node;
    this.groupCount = parsed.groups;
    this.#hasBackreference = parsed.hasBackreference;
    // Options embedded in the pattern fold inside the sets; only back references need to know.
    this.#ignoreCase = options.ignoreCase || /^(?:\*\*\*:)?\(\?[a-z]*i[a-z]*\)/.test(pattern);
    this.#longest = greediness(parsed.node) !== false;
    this.#literal = toLiteral(parsed.node);
    this.#anatomy.program(parsed.node);
  }

  /** Whether the text has a match anywhere. */
  test(text: string): boolean {
    if (this.#literal !== undefined) return this.#literal.test(text);
    const subject = new Subject(codesOf(text));
    if (this.#hasBackreference) return this.exec(subject, 0) !== undefined;
    return new Run(this.#anatomy.program(this.#node), subject).found(0);
  }

  /** The leftmost match from a position on, and in it the longest (or shortest, by the pattern's greediness). */
  exec(subject: Subject, from: number): RegexMatch | undefined {
    const run = new Run(this.#anatomy.program(this.#node), subject);
    if (!run.found(from)) return undefined;
    for (let start = from; start <= subject.length; start++) {
      const end = run.end(start, this.#longest);
      if (end < 0) continue;
      const ends = this.#hasBackreference ? this.#candidates(run, start, subject.length) : [end];
      for (const candidate of ends) {
        const match = this.#dissect(subject, start, candidate);
        if (match !== undefined) return match;
      }
    }
    return undefined;
  }

  #candidates(run: Run, start: number, length: number): readonly number[] {
    const ends = run.ends(start, length);
    return this.#longest ? ends.reverse() : ends;
  }

  #dissect(subject: Subject, start: number, end: number): RegexMatch | undefined {
    if (this.groupCount === 0 && !this.#hasBackreference) return { start, end, groups: [[start, end]] };
    const dissection = new Dissection(this.#anatomy, subject, this.groupCount, {
      ignoreCase: this.#ignoreCase,
      hasBackreference: this.#hasBackreference,
    });
    if (!dissection.match(this.#node, start, end, () => true)) return undefined;
    dissection.groups[0] = [start, end];
    return { start, end, groups: dissection.groups };
  }
}

/**
 * A JavaScript expression for a pattern of anchors and single characters in a row (groups or not): nothing in it can
 * backtrack. That is what psql's \d name sends.
 */
function toLiteral(node: RegexNode): RegExp | undefined {
  const source = literalSource(node);
  return source === undefined ? undefined : new RegExp(source, 'u');
}

function literalSource(node: RegexNode): string | undefined {
  switch (node.kind) {
    case 'empty':
      return '';
    case 'set':
      return node.set.only === undefined ? undefined : `\\u{${node.set.only.toString(16)}}`;
    case 'assert':
      return node.test === 'text-start' ? '^' : node.test === 'text-end' ? '$' : undefined;
    case 'group':
      return literalSource(node.node);
    case 'concat': {
      let source = '';
      for (const part of node.nodes) {
        const own = literalSource(part);
        if (own === undefined) return undefined;
        source += own;
      }
      return source;
    }
    default:
      return undefined;
  }
}

const cache = new Map<string, Regex>();

/** The compiled pattern, kept for the next call. Throws `invalid regular expression: ...`. */
export function regex(pattern: string, options: RegexOptions = DEFAULT_OPTIONS): Regex {
  const key = `${options === DEFAULT_OPTIONS ? '' : optionKey(options)}/${pattern}`;
  let compiled = cache.get(key);
  if (compiled === undefined) {
    compiled = new Regex(pattern, options);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(key, compiled);
  }
  return compiled;
}

function optionKey(options: RegexOptions): string {
  return Object.values(options)
    .map((value) => (value === true ? '1' : '0'))
    .join('');
}

/** Reads the flags argument of the regexp_* functions; `g` is told apart. Throws for an unknown letter. */
export function parseFlags(flags: string): { readonly options: RegexOptions; readonly global: boolean } {
  let options = DEFAULT_OPTIONS;
  let global = false;
  for (const letter of flags) {
    if (letter === 'g') {
      global = true;
      continue;
    }
    const next = withOption(options, letter);
    if (next === undefined) throw planError(`invalid regular expression option: "${letter}"`);
    options = next;
  }
  return { options, global };
}
