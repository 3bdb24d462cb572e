/** Lists of options: names of several words and their values. */
import type { Broker, Option, OptionValue } from '../nodes.ts';
import { oneOf, type TokenStream } from '../token-stream.ts';

/** How one option's value is read; the cursor stands after the optional `=`. */
export type ValueParser = (stream: TokenStream) => OptionValue;

/** One option a list knows: its words, the name it goes by, and its own value syntax if it has one. */
export interface OptionRule {
  readonly words: string;
  /** Canonical name when it differs from the words. */
  readonly name?: string;
  readonly value?: ValueParser;
}

/**
 * Options of one list. The order of the rules is the order in which error texts name their words.
 */
export type OptionTable = readonly OptionRule[];

/** Table of options with ordinary values from their names. */
export function plainOptions(...names: readonly string[]): OptionTable {
  return names.map((words) => ({ words }));
}

/**
 * Reads the words of one option's name.
 *
 * @throws SqlError 42601 `Expected one of A or B, found x`.
 */
export function parseOptionRule(stream: TokenStream, table: OptionTable): OptionRule {
  let candidates = table.map((rule) => ({ rule, words: rule.words.split(' ') }));
  for (let depth = 0; ; depth++) {
    const complete = candidates.find(({ words }) => words.length === depth);
    const open = candidates.filter(({ words }) => words.length > depth);
    const token = stream.peek();
    const word =
      token.kind === 'keyword' ? token.value : token.kind === 'identifier' ? token.value.toUpperCase() : '';
    const matching = token.quoted ? [] : open.filter(({ words }) => words[depth] === word);
    if (matching.length === 0) {
      if (complete !== undefined) return complete.rule;
      stream.expected(oneOf([...new Set(open.map(({ words }) => words[depth] ?? ''))]));
    }
    stream.advance();
    candidates = matching;
  }
}

/** option = name [["="] value] */
export function parseOption(stream: TokenStream, table: OptionTable): Option {
  const start = stream.offset;
  const rule = parseOptionRule(stream, table);
  const name = rule.name ?? rule.words;
  const hasEquals = stream.take('equals sign');
  if (!hasEquals && endsOption(stream)) return { name, value: null, span: stream.spanFrom(start) };
  const value = (rule.value ?? parseOptionValue)(stream);
  return { name, value, span: stream.spanFrom(start) };
}

function endsOption(stream: TokenStream): boolean {
  if (stream.done || stream.is('comma') || stream.is('right parenthesis')) return true;
  // What may follow a list without parentheses.
  return stream.isKeyword('WITH') || stream.isKeyword('FEATURES');
}

/** "(" option {"," option} ")" */
export function parseOptionList(stream: TokenStream, table: OptionTable, mayBeEmpty = false): Option[] {
  return stream.parenthesized(() => parseOption(stream, table), mayBeEmpty);
}

/** ["WITH" "(" option {"," option} ")"] */
export function parseOptionalWith(stream: TokenStream, table: OptionTable): Option[] {
  return stream.takeKeyword('WITH') ? parseOptionList(stream, table) : [];
}

/** Names of options in parentheses, as RESET takes them. */
export function parseOptionNames(stream: TokenStream, table: OptionTable): string[] {
  return stream.parenthesized(() => {
    const rule = parseOptionRule(stream, table);
    return rule.name ?? rule.words;
  });
}

/**
 * value = string | ["-"] number | bool | NULL | INTERVAL string | "SECRET" item | name
 *       | "(" value,... ")" | "[" value,... "]" | "MAP" "[" ... "]"
 */
export function parseOptionValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const token = stream.peek();
  switch (token.kind) {
    case 'string':
      stream.advance();
      return { kind: 'string', value: token.value, span: stream.spanFrom(start) };
    case 'number':
      stream.advance();
      return { kind: 'number', text: token.value, span: stream.spanFrom(start) };
    case 'operator':
      return parseSignedNumber(stream, start);
    case 'left parenthesis':
      return listValue(stream, start, 'right parenthesis');
    case 'left square bracket':
      return stream.is('identifier', 1) && stream.isKeyword('AS', 2)
        ? parseItemValue(stream)
        : listValue(stream, start, 'right square bracket');
    case 'keyword':
      return keywordValue(stream, start);
    case 'identifier':
      return nameValue(stream, start);
    default:
      return stream.expected('option value');
  }
}

function parseSignedNumber(stream: TokenStream, start: number): OptionValue {
  const sign = stream.peek().value;
  if ((sign !== '-' && sign !== '+') || !stream.is('number', 1)) stream.expected('option value');
  stream.advance();
  const digits = stream.advance().value;
  return { kind: 'number', text: sign === '-' ? `-${digits}` : digits, span: stream.spanFrom(start) };
}

function listValue(
  stream: TokenStream,
  start: number,
  close: 'right parenthesis' | 'right square bracket',
): OptionValue {
  stream.advance();
  const items: OptionValue[] = [];
  if (!stream.is(close)) items.push(...stream.commaSeparated(() => parseOptionValue(stream)));
  stream.expect(close);
  return { kind: 'list', items, span: stream.spanFrom(start) };
}

function keywordValue(stream: TokenStream, start: number): OptionValue {
  if (stream.takeKeyword('TRUE')) return { kind: 'boolean', value: true, span: stream.spanFrom(start) };
  if (stream.takeKeyword('FALSE')) return { kind: 'boolean', value: false, span: stream.spanFrom(start) };
  if (stream.takeKeyword('NULL')) return { kind: 'null', span: stream.spanFrom(start) };
  if (stream.isKeyword('SECRET') && (stream.isIdentifier(1) || stream.is('left square bracket', 1))) {
    stream.advance();
    return { kind: 'secret', name: stream.itemName(), span: stream.spanFrom(start) };
  }
  if (stream.isKeyword('INTERVAL') && stream.is('string', 1)) {
    stream.advance();
    return { kind: 'interval', value: stream.advance().value, span: stream.spanFrom(start) };
  }
  if (stream.isKeyword('MAP') && stream.is('left square bracket', 1)) return mapValue(stream, start);
  return nameValue(stream, start);
}

/** map = "MAP" "[" [string "=>" value {"," ...}] "]" */
function mapValue(stream: TokenStream, start: number): OptionValue {
  stream.advance();
  stream.expect('left square bracket');
  const entries: (readonly [string, OptionValue])[] = [];
  if (!stream.is('right square bracket')) {
    entries.push(
      ...stream.commaSeparated((): readonly [string, OptionValue] => {
        const key = stream.literalString();
        stream.expect('arrow');
        return [key, parseOptionValue(stream)];
      }),
    );
  }
  stream.expect('right square bracket');
  return { kind: 'map', entries, span: stream.spanFrom(start) };
}

/** One identifier is text for most options; several parts are an item's name. */
function nameValue(stream: TokenStream, start: number): OptionValue {
  if (!stream.isIdentifier()) stream.expected('option value');
  const name = stream.objectName();
  const span = stream.spanFrom(start);
  const [only, ...more] = name.parts;
  return only !== undefined && more.length === 0
    ? { kind: 'ident', value: only, span }
    : { kind: 'name', name, span };
}

/** The name of an item, even of one part. */
export function parseItemValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const name = stream.itemName();
  return { kind: 'name', name, span: stream.spanFrom(start) };
}

/** ["="] "(" name,... ")" or "[" ... "]": TEXT COLUMNS, EXCLUDE COLUMNS. */
export function parseNamesValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const square = stream.take('left square bracket');
  if (!square) stream.expect('left parenthesis');
  const close = square ? 'right square bracket' : 'right parenthesis';
  const names = stream.is(close) ? [] : stream.commaSeparated(() => stream.objectName());
  stream.expect(close);
  return { kind: 'names', names, span: stream.spanFrom(start) };
}

/** "(" ident,... ")": PARTITION BY. */
export function parseIdentsValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const values = stream.parenthesized(() => stream.identifier());
  return { kind: 'idents', values, span: stream.spanFrom(start) };
}

/** "FOR" value: RETAIN HISTORY. */
export function parseRetainHistoryValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  stream.expectKeyword('FOR');
  const window = parseOptionValue(stream);
  return { kind: 'retain history', window, span: stream.spanFrom(start) };
}

export const RETAIN_HISTORY: OptionRule = { words: 'RETAIN HISTORY', value: parseRetainHistoryValue };
export const PARTITION_BY: OptionRule = { words: 'PARTITION BY', value: parseIdentsValue };

const PRIVATELINK_BROKER_OPTIONS: OptionTable = [
  { words: 'AVAILABILITY ZONE' },
  { words: 'PORT', value: parsePortValue },
];

/** broker = string ["USING" ("AWS" "PRIVATELINK" item ["(" option,... ")"] | "SSH" "TUNNEL" item)] */
export function parseBroker(stream: TokenStream): Broker {
  const address = stream.literalString();
  if (!stream.takeKeyword('USING')) return { address, tunnel: null };
  if (stream.expectOneOf(['AWS', 'SSH']) === 'SSH') {
    stream.expectKeyword('TUNNEL');
    return { address, tunnel: { kind: 'ssh', connection: stream.itemName() } };
  }
  stream.expectKeyword('PRIVATELINK');
  const connection = stream.itemName();
  const options = stream.is('left parenthesis') ? parseOptionList(stream, PRIVATELINK_BROKER_OPTIONS) : [];
  return { address, tunnel: { kind: 'privatelink', connection, options } };
}

export function parseBrokerValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const broker = parseBroker(stream);
  return { kind: 'broker', broker, span: stream.spanFrom(start) };
}

/** brokers = "(" broker,... ")" | "[" broker,... "]" */
export function parseBrokersValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const square = stream.take('left square bracket');
  if (!square) stream.expect('left parenthesis');
  const brokers = stream.commaSeparated(() => parseBroker(stream));
  stream.expect(square ? 'right square bracket' : 'right parenthesis');
  return { kind: 'brokers', brokers, span: stream.spanFrom(start) };
}

/** item ["(" "PORT" ["="] int ")"] */
export function parsePrivatelinkValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const name = stream.itemName();
  let port: number | null = null;
  if (stream.take('left parenthesis')) {
    stream.expectKeyword('PORT');
    stream.take('equals sign');
    port = parsePort(stream);
    stream.expect('right parenthesis');
  }
  return { kind: 'privatelink', name, port, span: stream.spanFrom(start) };
}

function parsePort(stream: TokenStream): number {
  const token = stream.peek();
  const port = token.kind === 'number' && /^\d+$/.test(token.value) ? Number(token.value) : -1;
  if (port < 0 || port > 65535) stream.fail('Could not parse value into port');
  stream.advance();
  return port;
}

function parsePortValue(stream: TokenStream): OptionValue {
  const start = stream.offset;
  const port = parsePort(stream);
  return { kind: 'number', text: String(port), span: stream.spanFrom(start) };
}
