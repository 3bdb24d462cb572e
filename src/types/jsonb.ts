/**
 * jsonb values: reading JSON text with exact numbers, printing, ordering keys.
 *
 * Text and key order are Materialize's: no blanks, keys in byte order (the audit log's details in the reference show
 * both). PostgreSQL prints blanks and stores shorter keys first; nothing else differs.
 */
import { Jsonb, type JsonbValue } from './datum.ts';
import { compareText } from './text-order.ts';
import { Numeric } from './numeric.ts';
import { invalidInput } from './input-error.ts';

/** Nesting past this is refused, so that no recursion over a value can exhaust the stack. */
const MAX_DEPTH = 1000;

/** A JSON object with its keys in order; a key given twice keeps its last value. */
export function jsonbObject(
  entries: Iterable<readonly [string, JsonbValue]>,
): ReadonlyMap<string, JsonbValue> {
  const unique = new Map(entries);
  const keys = [...unique.keys()];
  if (keys.every((key, i) => i === 0 || compareText(keys[i - 1] ?? '', key) < 0)) return unique;
  return new Map([...unique].sort(([a], [b]) => compareText(a, b)));
}

/** A jsonb datum from plain JavaScript data (numbers, strings, booleans, null, arrays, objects). */
export function jsonbFrom(value: unknown): Jsonb {
  return new Jsonb(fromPlain(value));
}

function fromPlain(value: unknown): JsonbValue {
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'string')
    return value ?? null;
  if (typeof value === 'number') return Numeric.parse(String(value)) ?? null;
  if (typeof value === 'bigint') return Numeric.fromBigInt(value);
  if (value instanceof Numeric) return value;
  if (value instanceof Jsonb) return value.value;
  if (Array.isArray(value)) return value.map(fromPlain);
  return jsonbObject(Object.entries(value).map(([key, item]) => [key, fromPlain(item)] as const));
}

/** Compact JSON text. */
export function formatJsonb(value: JsonbValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quoteJson(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Numeric) return value.toString();
  if (isObject(value)) {
    const members: string[] = [];
    for (const [key, item] of value) members.push(`${quoteJson(key)}:${formatJsonb(item)}`);
    return `{${members.join(',')}}`;
  }
  return `[${value.map(formatJsonb).join(',')}]`;
}

/** jsonb_pretty()'s text: one member or element a line, four blanks a level, as PostgreSQL. */
export function formatJsonbPretty(value: JsonbValue, indent = 0): string {
  const pad = ' '.repeat(indent + 4);
  const end = ' '.repeat(indent);
  if (value instanceof Map) {
    if (value.size === 0) return `{\n${end}}`;
    const members = [...(value as ReadonlyMap<string, JsonbValue>)].map(
      ([key, item]) => `${pad}${quoteJson(key)}: ${formatJsonbPretty(item, indent + 4)}`,
    );
    return `{\n${members.join(',\n')}\n${end}}`;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return `[\n${end}]`;
    const items = (value as readonly JsonbValue[]).map((item) => pad + formatJsonbPretty(item, indent + 4));
    return `[\n${items.join(',\n')}\n${end}]`;
  }
  return formatJsonb(value);
}

/** Tells an object from an array. */
export function isObject(value: JsonbValue): value is ReadonlyMap<string, JsonbValue> {
  return value instanceof Map;
}

/** A JSON string literal as PostgreSQL's escape_json writes it. */
export function quoteJson(text: string): string {
  // JSON.stringify escapes lone surrogates too, which cannot be in a text value.
  return JSON.stringify(text);
}

/** Reads JSON text. Throws SqlError XX000 that names the place of the first error. */
export function parseJsonb(text: string, typeName = 'jsonb'): Jsonb {
  return new Jsonb(new JsonReader(text, typeName).document());
}

/** Recursive descent over the text: JSON.parse would lose digits of numbers. */
class JsonReader {
  private readonly text: string;
  private readonly typeName: string;
  private at = 0;

  constructor(text: string, typeName: string) {
    this.text = text;
    this.typeName = typeName;
  }

  document(): JsonbValue {
    const value = this.value(0);
    this.skipBlanks();
    if (this.at < this.text.length) throw this.error('trailing characters');
    return value;
  }

  private value(depth: number): JsonbValue {
    if (depth > MAX_DEPTH) throw this.error('recursion limit exceeded');
    this.skipBlanks();
    const char = this.text[this.at];
    switch (char) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      case undefined:
        throw this.error('EOF while parsing a value');
      default:
        return this.number();
    }
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.error('expected ident');
    this.at += word.length;
    return value;
  }

  private number(): Numeric {
    const pattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match === null) throw this.error(this.text[this.at] === '-' ? 'invalid number' : 'expected value');
    this.at += match[0].length;
    if (/[\d.]/.test(this.text[this.at] ?? '')) throw this.error('invalid number');
    const value = Numeric.parse(match[0]);
    if (value === undefined) throw this.error('number out of range');
    return value;
  }

  private string(): string {
    const start = this.at;
    this.at++;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code)) throw this.error('EOF while parsing a string');
      if (code === 0x22) break;
      if (code < 0x20) throw this.error('control character (\\u0000-\\u001F) found while parsing a string');
      this.at += code === 0x5c ? 2 : 1;
    }
    this.at++;
    let value: string;
    try {
      value = JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      throw this.error('invalid escape');
    }
    if (value.includes('\u0000')) throw this.error('\\u0000 cannot be converted to text');
    if (/\p{Surrogate}/u.test(value)) throw this.error('lone leading surrogate in hex escape');
    return value;
  }

  private array(depth: number): readonly JsonbValue[] {
    this.at++;
    const items: JsonbValue[] = [];
    this.skipBlanks();
    if (this.text[this.at] === ']') {
      this.at++;
      return items;
    }
    for (;;) {
      items.push(this.value(depth + 1));
      this.skipBlanks();
      const next = this.text[this.at];
      if (next === undefined) throw this.error('EOF while parsing a list');
      if (next !== ',' && next !== ']') throw this.error('expected `,` or `]`');
      this.at++;
      if (next === ']') return items;
    }
  }

  private object(depth: number): ReadonlyMap<string, JsonbValue> {
    this.at++;
    const members: [string, JsonbValue][] = [];
    this.skipBlanks();
    if (this.text[this.at] === '}') {
      this.at++;
      return new Map();
    }
    for (;;) {
      this.skipBlanks();
      if (this.at >= this.text.length) throw this.error('EOF while parsing an object');
      if (this.text[this.at] !== '"') throw this.error('key must be a string');
      const key = this.string();
      this.skipBlanks();
      if (this.text[this.at] !== ':') throw this.error('expected `:`');
      this.at++;
      members.push([key, this.value(depth + 1)]);
      this.skipBlanks();
      const next = this.text[this.at];
      if (next === undefined) throw this.error('EOF while parsing an object');
      if (next !== ',' && next !== '}') throw this.error('expected `,` or `}`');
      this.at++;
      if (next === '}') return jsonbObject(members);
    }
  }

  private skipBlanks(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return;
      this.at++;
    }
  }

  private error(cause: string): Error {
    const before = this.text.slice(0, this.at);
    const line = before.split('\n').length;
    // Past the end the last character counts, which has been read already.
    const column = this.at - before.lastIndexOf('\n') - (this.at >= this.text.length ? 1 : 0);
    return invalidInput(
      this.typeName,
      this.text,
      `${cause} at line ${String(line)} column ${String(column)}`,
    );
  }
}
