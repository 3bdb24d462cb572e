/** Reading arrays, lists, maps, ranges and records from text. Elements are read by a function given in. */
import { type Datum, SqlArray, SqlList, SqlMap, SqlRange, SqlRecord } from './datum.ts';
import { invalidInput } from './input-error.ts';
import { makeRange } from './range.ts';
import type { SqlType } from './sql-type.ts';
import { compareText } from './text-order.ts';

type ReadElement = (text: string) => Datum;

/** PostgreSQL's MAXDIM. */
const MAX_DIMENSIONS = 6;
/** Lists and maps nest freely; past this the stack would be at risk. */
const MAX_NESTING = 100;

/** Where a reader stands; all readers below share it. */
class Cursor {
  readonly text: string;
  readonly typeName: string;
  at = 0;

  constructor(text: string, typeName: string) {
    this.text = text;
    this.typeName = typeName;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.text[this.at] ?? '';
  }

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipBlanks(): void {
    while (!this.atEnd && isBlank(this.peek())) this.at++;
  }

  /** Takes `char` or fails. */
  expect(char: string): void {
    if (this.peek() !== char)
      throw this.error(`expected '${char}', found ${this.atEnd ? 'end of input' : this.peek()}`);
    this.at++;
  }

  take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.at++;
    return true;
  }

  end(): void {
    this.skipBlanks();
    if (!this.atEnd) throw this.error('unexpected trailing characters');
  }

  error(cause: string): Error {
    return invalidInput(this.typeName, this.text, cause);
  }

  /** A double-quoted token; backslash takes the next character as it is. */
  quoted(): string {
    this.expect('"');
    let out = '';
    for (;;) {
      if (this.atEnd) throw this.error('unterminated quoted string');
      if (this.take('"')) return out;
      if (this.peek() === '\\') this.at++;
      out += this.peek();
      this.at++;
    }
  }

  /** An unquoted token up to one of `stops`, blanks at its ends left out; `escaped` tells that a backslash was in it. */
  bare(stops: string): { readonly text: string; readonly escaped: boolean } {
    let out = '';
    let keep = 0;
    let escaped = false;
    while (!this.atEnd && !stops.includes(this.peek())) {
      const isEscape = this.peek() === '\\';
      if (isEscape) {
        escaped = true;
        this.at++;
        if (this.atEnd) throw this.error('unexpected end of input');
      }
      const char = this.peek();
      if (char === '"' && !isEscape) throw this.error('unexpected quote');
      out += char;
      if (isEscape || !isBlank(char)) keep = out.length;
      this.at++;
    }
    return { text: out.slice(0, keep), escaped };
  }
}

function isBlank(char: string): boolean {
  return char === ' ' || (char >= '\t' && char <= '\r');
}

/** `{1,NULL,"a b"}`, `{{1,2},{3,4}}`, `[0:1]={1,2}`. */
export function parseArray(text: string, type: SqlType, read: ReadElement): SqlArray {
  const cursor = new Cursor(text, type.displayName);
  cursor.skipBlanks();
  const bounds = parseBounds(cursor);
  if (bounds !== undefined) {
    cursor.skipBlanks();
    cursor.expect('=');
    cursor.skipBlanks();
  }
  if (cursor.peek() !== '{') throw cursor.error('Array value must start with "{"');
  const elements: Datum[] = [];
  const dims: number[] = [];
  const shape: { leaf: number | undefined } = { leaf: undefined };
  arrayLevel(cursor, 0, elements, dims, shape, read);
  cursor.end();
  if (elements.length === 0) {
    if (dims.length > 1 || bounds !== undefined)
      throw cursor.error('Specified array dimensions do not match array contents');
    return new SqlArray([]);
  }
  if (bounds === undefined) return new SqlArray(elements, dims);
  if (bounds.length !== dims.length || bounds.some((bound, i) => bound.length !== dims[i])) {
    throw cursor.error('Specified array dimensions do not match array contents');
  }
  return new SqlArray(
    elements,
    dims,
    bounds.map((bound) => bound.low),
  );
}

function parseBounds(cursor: Cursor): { low: number; length: number }[] | undefined {
  const bounds: { low: number; length: number }[] = [];
  const pattern = /\s*\[([+-]?\d{1,10})(?::([+-]?\d{1,10}))?\]/y;
  for (;;) {
    pattern.lastIndex = cursor.at;
    const match = pattern.exec(cursor.text);
    if (match === null) break;
    if (bounds.length >= MAX_DIMENSIONS)
      throw cursor.error(
        `number of array dimensions exceeds the maximum allowed (${String(MAX_DIMENSIONS)})`,
      );
    const low = match[2] === undefined ? 1 : Number(match[1]);
    const high = Number(match[2] ?? match[1]);
    if (high < low) throw cursor.error('upper bound cannot be less than lower bound');
    bounds.push({ low, length: high - low + 1 });
    cursor.at = pattern.lastIndex;
  }
  return bounds.length === 0 ? undefined : bounds;
}

function arrayLevel(
  cursor: Cursor,
  depth: number,
  elements: Datum[],
  dims: number[],
  shape: { leaf: number | undefined },
  read: ReadElement,
): void {
  if (depth >= MAX_DIMENSIONS)
    throw cursor.error(`number of array dimensions exceeds the maximum allowed (${String(MAX_DIMENSIONS)})`);
  cursor.expect('{');
  cursor.skipBlanks();
  let count = 0;
  if (!cursor.take('}')) {
    for (;;) {
      cursor.skipBlanks();
      if (cursor.peek() === '{') {
        if (shape.leaf !== undefined && depth >= shape.leaf) throw cursor.error('Unexpected array element');
        arrayLevel(cursor, depth + 1, elements, dims, shape, read);
      } else {
        if (shape.leaf !== undefined && shape.leaf !== depth) throw cursor.error('Unexpected array element');
        shape.leaf = depth;
        elements.push(element(cursor, ',}', read));
      }
      count++;
      cursor.skipBlanks();
      if (cursor.take('}')) break;
      if (!cursor.take(','))
        throw cursor.error(cursor.atEnd ? 'Unexpected end of input' : 'Unexpected array element');
    }
  } else if (shape.leaf === undefined) {
    shape.leaf = depth;
  }
  if (dims[depth] === undefined) {
    if (count > 0 || depth > 0) dims[depth] = count;
  } else if (dims[depth] !== count) {
    throw cursor.error('Multidimensional arrays must have sub-arrays with matching dimensions');
  }
}

function element(cursor: Cursor, stops: string, read: ReadElement): Datum {
  if (cursor.peek() === '"') {
    const text = cursor.quoted();
    cursor.skipBlanks();
    if (!cursor.atEnd && !stops.includes(cursor.peek())) throw cursor.error('Unexpected array element');
    return read(text);
  }
  const token = cursor.bare(`${stops}{`);
  if (token.text === '' && !token.escaped)
    throw cursor.error(cursor.atEnd ? 'Unexpected end of input' : `Unexpected "${cursor.peek()}" character`);
  return !token.escaped && token.text.toUpperCase() === 'NULL' ? null : read(token.text);
}

/** `{a,b}`; inner lists and maps stand unquoted between their braces. */
export function parseList(text: string, type: SqlType, read: ReadElement): SqlList {
  const cursor = new Cursor(text, type.displayName);
  cursor.skipBlanks();
  const elements: Datum[] = [];
  cursor.expect('{');
  cursor.skipBlanks();
  while (!cursor.take('}')) {
    if (elements.length > 0) cursor.expect(',');
    cursor.skipBlanks();
    elements.push(nestedOr(cursor, type.element, ',}', read));
    cursor.skipBlanks();
  }
  cursor.end();
  return new SqlList(elements);
}

/** `{key=>value, "k 2"=>NULL}`. A key given twice keeps its last value. */
export function parseMap(text: string, type: SqlType, read: ReadElement): SqlMap {
  const cursor = new Cursor(text, type.displayName);
  cursor.skipBlanks();
  const entries: [string, Datum][] = [];
  cursor.expect('{');
  cursor.skipBlanks();
  while (!cursor.take('}')) {
    if (entries.length > 0) cursor.expect(',');
    cursor.skipBlanks();
    const key = cursor.peek() === '"' ? cursor.quoted() : cursor.bare('=,}{').text;
    cursor.skipBlanks();
    cursor.expect('=');
    cursor.expect('>');
    cursor.skipBlanks();
    entries.push([key, nestedOr(cursor, type.element, ',}', read)]);
    cursor.skipBlanks();
  }
  cursor.end();
  return new SqlMap(new Map([...new Map(entries)].sort(([a], [b]) => compareText(a, b))));
}

/** The text of a nested list or map up to its closing brace, else one element. */
function nestedOr(cursor: Cursor, elementType: SqlType | undefined, stops: string, read: ReadElement): Datum {
  const nested = elementType?.kind === 'list' || elementType?.kind === 'map' || elementType?.kind === 'array';
  if (!nested || cursor.peek() !== '{') return element(cursor, stops, read);
  const start = cursor.at;
  let depth = 0;
  do {
    if (cursor.atEnd) throw cursor.error('unterminated element');
    if (cursor.peek() === '"') {
      cursor.quoted();
      continue;
    }
    if (cursor.peek() === '{') depth++;
    else if (cursor.peek() === '}') depth--;
    else if (cursor.peek() === '\\') cursor.at++;
    if (depth > MAX_NESTING) throw cursor.error('nested too deeply');
    cursor.at++;
  } while (depth > 0);
  return read(cursor.text.slice(start, cursor.at));
}

/** `[1,5)`, `(,"a b"]`, `empty`. Discrete ranges are made canonical. */
export function parseRange(text: string, type: SqlType, read: ReadElement): SqlRange {
  const cursor = new Cursor(text, type.displayName);
  cursor.skipBlanks();
  if (cursor.text.slice(cursor.at, cursor.at + 5).toLowerCase() === 'empty') {
    cursor.at += 5;
    cursor.end();
    return new SqlRange(null, null, false, false, true);
  }
  const lowerInclusive = cursor.peek() === '[';
  if (!lowerInclusive && cursor.peek() !== '(') throw cursor.error('Missing left parenthesis or bracket.');
  cursor.at++;
  const lower = rangeBound(cursor, ',', read);
  if (!cursor.take(',')) throw cursor.error('Missing comma after lower bound.');
  const upper = rangeBound(cursor, ')]', read);
  const upperInclusive = cursor.peek() === ']';
  if (!upperInclusive && cursor.peek() !== ')') {
    throw cursor.error(cursor.peek() === ',' ? 'Too many commas.' : 'Unexpected end of input.');
  }
  cursor.at++;
  cursor.end();
  return makeRange(type, lower, upper, lowerInclusive, upperInclusive);
}

function rangeBound(cursor: Cursor, stops: string, read: ReadElement): Datum {
  if (stops.includes(cursor.peek()) && !cursor.atEnd) return null;
  return read(quotedRuns(cursor, ',()[]'));
}

/** Text in which quoted runs may stand anywhere and a doubled quote within one is a quote, as ranges and records have. */
function quotedRuns(cursor: Cursor, stops: string): string {
  let out = '';
  let inQuotes = false;
  for (;;) {
    if (cursor.atEnd) {
      if (inQuotes) throw cursor.error('Unexpected end of input.');
      return out;
    }
    const char = cursor.peek();
    if (!inQuotes && stops.includes(char)) return out;
    cursor.at++;
    if (char === '\\') {
      if (cursor.atEnd) throw cursor.error('Unexpected end of input.');
      out += cursor.peek();
      cursor.at++;
    } else if (char === '"') {
      if (inQuotes && cursor.take('"')) out += '"';
      else inQuotes = !inQuotes;
    } else {
      out += char;
    }
  }
}

/** `(1,"a b",)`: an empty field is NULL. */
export function parseRecord(text: string, readers: readonly ReadElement[]): SqlRecord {
  const cursor = new Cursor(text, 'record');
  cursor.skipBlanks();
  if (!cursor.take('(')) throw cursor.error('Missing left parenthesis.');
  const fields: Datum[] = [];
  for (const [i, read] of readers.entries()) {
    if (i > 0 && !cursor.take(',')) throw cursor.error('Too few columns.');
    if (cursor.peek() === ',' || cursor.peek() === ')') fields.push(null);
    else if (cursor.atEnd) throw cursor.error('Unexpected end of input.');
    else fields.push(read(quotedRuns(cursor, ',)')));
  }
  if (!cursor.take(')')) throw cursor.error('Too many columns.');
  cursor.end();
  return new SqlRecord(fields);
}
