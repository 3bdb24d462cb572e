/** The regular-expression operators and functions. Behaviour: PostgreSQL 15, "POSIX Regular Expressions". */
import { planError } from '../errors.ts';
import type { SqlArray } from '../types/datum.ts';
import { type Datum, type Row } from '../types/datum.ts';
import { textArray } from './array-values.ts';
import { alike, type MadeRows, type Plain, type RowsTable, type ScalarTable } from './define.ts';
import { Subject } from './regex/run.ts';
import { codesOf, parseFlags, regex, type Regex, type RegexMatch } from './regex/regex.ts';
import { DEFAULT_OPTIONS } from './regex/syntax.ts';
import { similarToRegex } from './similar-to.ts';
import { charLength, charSlice, checkLength } from './text-units.ts';

const IGNORE_CASE = { ...DEFAULT_OPTIONS, ignoreCase: true };

/** The pattern with the flags of a function; `g` where the function does not take it is an error. */
function withFlags(
  pattern: string,
  flags: string,
  functionName?: string,
): { readonly compiled: Regex; readonly global: boolean } {
  const { options, global } = parseFlags(flags);
  if (global && functionName !== undefined) {
    throw planError(`${functionName} does not support the "global" option`);
  }
  return { compiled: regex(pattern, options), global };
}

/** Every match from a position on; an empty one moves on by a character. */
function* matchesOf(compiled: Regex, text: string, from = 0): Generator<RegexMatch> {
  const subject = new Subject(codesOf(text));
  let at = from;
  while (at <= subject.length) {
    const match = compiled.exec(subject, at);
    if (match === undefined) return;
    yield match;
    at = match.end > match.start ? match.end : match.end + 1;
  }
}

function first(compiled: Regex, text: string): RegexMatch | undefined {
  return compiled.exec(new Subject(codesOf(text)), 0);
}

/** Texts of the groups; of the whole match when there are none. */
function groupTexts(match: RegexMatch, text: string, groupCount: number): SqlArray {
  const spans = groupCount === 0 ? [match.groups[0] ?? null] : match.groups.slice(1);
  return textArray(spans.map((span) => (span === null ? null : charSlice(text, span[0], span[1]))));
}

function regexpMatch(text: string, pattern: string, flags = ''): Datum {
  const { compiled } = withFlags(pattern, flags, 'regexp_match()');
  const match = first(compiled, text);
  return match === undefined ? null : groupTexts(match, text, compiled.groupCount);
}

/** The first group, or the whole match: substring(text from pattern). */
function regexpSubstring(text: string, pattern: string): Datum {
  const compiled = regex(pattern);
  const match = first(compiled, text);
  const span = match?.groups[compiled.groupCount === 0 ? 0 : 1] ?? null;
  return span === null ? null : charSlice(text, span[0], span[1]);
}

/** Replacement text with \1 to \9, \& and \\ read out. */
function expand(replacement: string, match: RegexMatch, text: string): string {
  if (!replacement.includes('\\')) return replacement;
  return replacement.replace(/\\([1-9&\\])/g, (_, what: string) => {
    if (what === '\\') return '\\';
    const span = match.groups[what === '&' ? 0 : Number(what)] ?? null;
    return span === null ? '' : charSlice(text, span[0], span[1]);
  });
}

/** Replaces the nth match, or every one from the start on when `nth` is 0. */
function replaceMatches(
  compiled: Regex,
  text: string,
  replacement: string,
  from: number,
  nth: number,
): string {
  let result = '';
  let copied = 0;
  let count = 0;
  for (const match of matchesOf(compiled, text, from)) {
    count++;
    if (nth > 0 && count < nth) continue;
    result += charSlice(text, copied, match.start) + expand(replacement, match, text);
    checkLength(result.length);
    copied = match.end;
    if (nth > 0) break;
  }
  return copied === 0 && result === '' ? text : result + charSlice(text, copied, charLength(text));
}

function replaceWithFlags(text: string, pattern: string, replacement: string, flags = ''): string {
  if (/^\d/.test(flags)) {
    throw planError(`invalid regular expression option: "${flags[0] ?? ''}"`, {
      hint: 'If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer explicitly.',
    });
  }
  const { compiled, global } = withFlags(pattern, flags);
  return replaceMatches(compiled, text, replacement, 0, global ? 0 : 1);
}

/** Arguments count characters from 1. */
function checkPositive(name: string, value: number, least = 1): void {
  if (value < least) throw planError(`invalid value for parameter "${name}": ${String(value)}`);
}

function replaceFrom(
  text: string,
  pattern: string,
  replacement: string,
  start: number,
  nth?: number,
  flags = '',
): string {
  checkPositive('start', start);
  if (nth !== undefined) checkPositive('n', nth, 0);
  const { compiled, global } = withFlags(pattern, flags);
  return replaceMatches(compiled, text, replacement, start - 1, nth ?? (global ? 0 : 1));
}

/** Pieces between matches; an empty match at an end or right behind another splits nothing. */
function* splitPieces(text: string, pattern: string, flags: string, functionName: string): Generator<string> {
  const { compiled } = withFlags(pattern, flags, functionName);
  const length = charLength(text);
  let begun = 0;
  for (const match of matchesOf(compiled, text)) {
    if (match.end === match.start && (match.start === begun || match.start >= length)) {
      if (match.start >= length || match.start === 0 || match.start === begun) continue;
    }
    yield charSlice(text, begun, match.start);
    begun = match.end;
  }
  yield charSlice(text, begun, length);
}

function count(text: string, pattern: string, start = 1, flags = ''): number {
  checkPositive('start', start);
  const { compiled } = withFlags(pattern, flags, 'regexp_count()');
  let found = 0;
  for (const _ of matchesOf(compiled, text, start - 1)) found++;
  return found;
}

function nthMatch(compiled: Regex, text: string, start: number, nth: number): RegexMatch | undefined {
  let seen = 0;
  for (const match of matchesOf(compiled, text, start - 1)) if (++seen === nth) return match;
  return undefined;
}

function instr(
  text: string,
  pattern: string,
  start = 1,
  nth = 1,
  endOption = 0,
  flags = '',
  group = 0,
): number {
  checkPositive('start', start);
  checkPositive('n', nth);
  if (endOption !== 0 && endOption !== 1)
    throw planError(`invalid value for parameter "endoption": ${String(endOption)}`);
  checkPositive('subexpr', group, 0);
  const { compiled } = withFlags(pattern, flags, 'regexp_instr()');
  const span = nthMatch(compiled, text, start, nth)?.groups[group] ?? null;
  return span === null ? 0 : (endOption === 1 ? span[1] : span[0]) + 1;
}

function substr(text: string, pattern: string, start = 1, nth = 1, flags = '', group = 0): Datum {
  checkPositive('start', start);
  checkPositive('n', nth);
  checkPositive('subexpr', group, 0);
  const { compiled } = withFlags(pattern, flags, 'regexp_substr()');
  const span = nthMatch(compiled, text, start, nth)?.groups[group] ?? null;
  return span === null ? null : charSlice(text, span[0], span[1]);
}

const matches: Plain = (text: string, pattern: string) => regex(pattern).test(text);
const differs: Plain = (text: string, pattern: string) => !regex(pattern).test(text);
const matchesFolded: Plain = (text: string, pattern: string) => regex(pattern, IGNORE_CASE).test(text);
const differsFolded: Plain = (text: string, pattern: string) => !regex(pattern, IGNORE_CASE).test(text);

export const regexFunctions: ScalarTable = {
  ...alike(['textregexeq(text,text)', 'nameregexeq(name,text)', 'bpcharregexeq(bpchar,text)'], matches),
  ...alike(['textregexne(text,text)', 'nameregexne(name,text)', 'bpcharregexne(bpchar,text)'], differs),
  ...alike(
    ['texticregexeq(text,text)', 'nameicregexeq(name,text)', 'bpcharicregexeq(bpchar,text)'],
    matchesFolded,
  ),
  ...alike(
    ['texticregexne(text,text)', 'nameicregexne(name,text)', 'bpcharicregexne(bpchar,text)'],
    differsFolded,
  ),
  'substring(text,text)': regexpSubstring,
  'substring(text,text,text)': (text: string, pattern: string, escape: string) =>
    regexpSubstring(text, similarToRegex(pattern, escape)),
  ...alike(['regexp_match(text,text)', 'regexp_match(text,text,text)'], variable(regexpMatch)),
  ...alike(
    ['regexp_replace(text,text,text)', 'regexp_replace(text,text,text,text)'],
    variable(replaceWithFlags),
  ),
  ...alike(
    [
      'regexp_replace(text,text,text,int4)',
      'regexp_replace(text,text,text,int4,int4)',
      'regexp_replace(text,text,text,int4,int4,text)',
    ],
    variable(replaceFrom),
  ),
  ...alike(
    ['regexp_split_to_array(text,text)', 'regexp_split_to_array(text,text,text)'],
    variable((text: string, pattern: string, flags = '') =>
      textArray([...splitPieces(text, pattern, flags, 'regexp_split_to_array()')]),
    ),
  ),
  ...alike(
    ['regexp_count(text,text)', 'regexp_count(text,text,int4)', 'regexp_count(text,text,int4,text)'],
    variable(count),
  ),
  ...alike(
    [
      'regexp_instr(text,text)',
      'regexp_instr(text,text,int4)',
      'regexp_instr(text,text,int4,int4)',
      'regexp_instr(text,text,int4,int4,int4)',
      'regexp_instr(text,text,int4,int4,int4,text)',
      'regexp_instr(text,text,int4,int4,int4,text,int4)',
    ],
    variable(instr),
  ),
  ...alike(
    ['regexp_like(text,text)', 'regexp_like(text,text,text)'],
    variable((text: string, pattern: string, flags = '') =>
      withFlags(pattern, flags, 'regexp_like()').compiled.test(text),
    ),
  ),
  ...alike(
    [
      'regexp_substr(text,text)',
      'regexp_substr(text,text,int4)',
      'regexp_substr(text,text,int4,int4)',
      'regexp_substr(text,text,int4,int4,text)',
      'regexp_substr(text,text,int4,int4,text,int4)',
    ],
    variable(substr),
  ),
};

/** Functions with default arguments take whatever the call brought; a lone length would hide what is there. */
function variable(f: (...args: never[]) => Datum) {
  const call = f as (...args: Datum[]) => Datum;
  return { make: () => (args: readonly Datum[]) => call(...args) };
}

function rows(generate: (text: string, pattern: string, flags: string) => Iterable<Datum>): MadeRows {
  return {
    make: () =>
      function* (args): Generator<Row> {
        const [text, pattern, flags] = args as readonly (string | undefined)[];
        for (const value of generate(text ?? '', pattern ?? '', flags ?? '')) yield [value];
      },
  };
}

function* everyMatch(text: string, pattern: string, flags: string): Generator<Datum> {
  const { compiled, global } = withFlags(pattern, flags);
  for (const match of matchesOf(compiled, text)) {
    yield groupTexts(match, text, compiled.groupCount);
    if (!global) return;
  }
}

export const regexRows: RowsTable = {
  ...alike(['regexp_matches(text,text)', 'regexp_matches(text,text,text)'], rows(everyMatch)),
  ...alike(
    ['regexp_split_to_table(text,text)', 'regexp_split_to_table(text,text,text)'],
    rows((text, pattern, flags) => splitPieces(text, pattern, flags, 'regexp_split_to_table()')),
  ),
};
