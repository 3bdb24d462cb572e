/** FORMAT, INCLUDE, ENVELOPE and webhook bodies: what sources, tables from sources and sinks share. */
import type {
  Format,
  FormatSpec,
  IncludeItem,
  RegistryConnection,
  SchemaStrategy,
  SourceEnvelope,
  WebhookBody,
  WebhookCheck,
  WebhookCheckInput,
} from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseExpressionUpTo, closingIndex } from './expression.ts';
import { parseOptionList, plainOptions, type OptionTable } from './options.ts';

/** ["KEY" "FORMAT" format "VALUE" "FORMAT" format | "FORMAT" format] */
export function parseOptionalFormat(stream: TokenStream): Format | null {
  if (stream.takeKeyword('FORMAT')) return { kind: 'bare', format: parseFormat(stream) };
  if (!stream.takeKeywords('KEY FORMAT')) return null;
  const key = parseFormat(stream);
  stream.expectKeywords('VALUE FORMAT');
  return { kind: 'key value', key, value: parseFormat(stream) };
}

/** format = AVRO ... | PROTOBUF ... | REGEX str | CSV ... | JSON ["ARRAY"] | TEXT | BYTES */
export function parseFormat(stream: TokenStream): FormatSpec {
  switch (stream.expectOneOf(['AVRO', 'PROTOBUF', 'REGEX', 'CSV', 'JSON', 'TEXT', 'BYTES'])) {
    case 'AVRO':
      return parseAvro(stream);
    case 'PROTOBUF':
      return parseProtobuf(stream);
    case 'REGEX':
      return { kind: 'regex', pattern: stream.literalString() };
    case 'CSV':
      return parseCsv(stream);
    case 'JSON':
      return { kind: 'json', array: stream.takeKeyword('ARRAY') };
    case 'TEXT':
      return { kind: 'text' };
    case 'BYTES':
      return { kind: 'bytes' };
  }
}

const AVRO_OPTIONS: OptionTable = plainOptions('CONFLUENT WIRE FORMAT');
const REGISTRY_OPTIONS: OptionTable = plainOptions(
  'AVRO KEY FULLNAME',
  'AVRO VALUE FULLNAME',
  'NULL DEFAULTS',
  'DOC ON TYPE',
  'DOC ON COLUMN',
  'KEY DOC ON TYPE',
  'KEY DOC ON COLUMN',
  'VALUE DOC ON TYPE',
  'VALUE DOC ON COLUMN',
  'KEY COMPATIBILITY LEVEL',
  'VALUE COMPATIBILITY LEVEL',
);

/** "USING" ("CONFLUENT" "SCHEMA" "REGISTRY" ... | "SCHEMA" str ["(" option,... ")"]) */
function parseAvro(stream: TokenStream): FormatSpec {
  stream.expectKeyword('USING');
  if (stream.expectOneOf(['CONFLUENT', 'SCHEMA']) === 'CONFLUENT') {
    return { kind: 'avro registry', registry: parseRegistry(stream) };
  }
  const schema = stream.literalString();
  return {
    kind: 'avro schema',
    schema,
    options: stream.is('left parenthesis') ? parseOptionList(stream, AVRO_OPTIONS) : [],
  };
}

/** "USING" "CONFLUENT" ... | "MESSAGE" str "USING" "SCHEMA" str */
function parseProtobuf(stream: TokenStream): FormatSpec {
  if (stream.expectOneOf(['USING', 'MESSAGE']) === 'USING') {
    stream.expectKeyword('CONFLUENT');
    return { kind: 'protobuf registry', registry: parseRegistry(stream) };
  }
  const message = stream.literalString();
  stream.expectKeywords('USING SCHEMA');
  return { kind: 'protobuf schema', message, schema: stream.literalString() };
}

/** "SCHEMA" "REGISTRY" "CONNECTION" item ["(" option,... ")"] ["SEED" ...] ["KEY" "STRATEGY" s] ["VALUE" "STRATEGY" s] */
function parseRegistry(stream: TokenStream): RegistryConnection {
  stream.expectKeywords('SCHEMA REGISTRY CONNECTION');
  const connection = stream.itemName();
  const options = stream.is('left parenthesis') ? parseOptionList(stream, REGISTRY_OPTIONS) : [];
  const keyStrategy = stream.takeKeywords('KEY STRATEGY') ? parseStrategy(stream) : null;
  const valueStrategy = stream.takeKeywords('VALUE STRATEGY') ? parseStrategy(stream) : null;
  return { connection, options, keyStrategy, valueStrategy };
}

/** "INLINE" str | "ID" n | "LATEST" */
function parseStrategy(stream: TokenStream): SchemaStrategy {
  switch (stream.expectOneOf(['ID', 'LATEST', 'INLINE'])) {
    case 'ID':
      return { kind: 'id', id: stream.literalInteger() };
    case 'LATEST':
      return { kind: 'latest' };
    case 'INLINE':
      return { kind: 'inline', schema: stream.literalString() };
  }
}

/** "WITH" ("HEADER" ["(" name,... ")"] | n "COLUMNS") ["DELIMITED" "BY" char] */
function parseCsv(stream: TokenStream): FormatSpec {
  stream.expectKeyword('WITH');
  let columns: Extract<FormatSpec, { kind: 'csv' }>['columns'];
  if (stream.takeKeyword('HEADER') || stream.takeKeyword('HEADERS')) {
    const names = stream.is('left parenthesis') ? stream.parenthesized(() => stream.identifier()) : [];
    columns = { kind: 'header', names };
  } else {
    columns = { kind: 'count', count: stream.literalInteger() };
    stream.expectKeyword('COLUMNS');
  }
  if (!stream.takeKeywords('DELIMITED BY')) return { kind: 'csv', columns, delimiter: null };
  const token = stream.peek();
  const delimiter = stream.literalString();
  if ([...delimiter].length !== 1) stream.expected('one-character string', token);
  return { kind: 'csv', columns, delimiter };
}

/** ["INCLUDE" item,...] */
export function parseOptionalInclude(stream: TokenStream): IncludeItem[] {
  return stream.takeKeyword('INCLUDE') ? stream.commaSeparated(() => parseIncludeItem(stream)) : [];
}

/** (KEY | TIMESTAMP | PARTITION | OFFSET | HEADERS) ["AS" name] | "HEADER" str "AS" name ["BYTES"] */
function parseIncludeItem(stream: TokenStream): IncludeItem {
  const word = stream.expectOneOf(['KEY', 'TIMESTAMP', 'PARTITION', 'OFFSET', 'HEADERS', 'HEADER']);
  if (word === 'HEADER') {
    const header = stream.literalString();
    stream.expectKeyword('AS');
    const alias = stream.identifier();
    return { kind: 'header', header, alias, bytes: stream.takeKeyword('BYTES') };
  }
  const kind = word.toLowerCase() as 'key' | 'timestamp' | 'partition' | 'offset' | 'headers';
  return { kind, alias: stream.takeKeyword('AS') ? stream.identifier() : null };
}

/** ["ENVELOPE" (NONE | DEBEZIUM | MATERIALIZE | UPSERT ["(" VALUE DECODING ERRORS ["="] "(" [INLINE [AS name]] ")" ")"])] */
export function parseOptionalEnvelope(stream: TokenStream): SourceEnvelope | null {
  if (!stream.takeKeyword('ENVELOPE')) return null;
  switch (stream.expectOneOf(['NONE', 'DEBEZIUM', 'UPSERT', 'MATERIALIZE'])) {
    case 'NONE':
      return { kind: 'none' };
    case 'DEBEZIUM':
      return { kind: 'debezium' };
    case 'MATERIALIZE':
      return { kind: 'materialize' };
    case 'UPSERT':
      return parseUpsert(stream);
  }
}

function parseUpsert(stream: TokenStream): SourceEnvelope {
  let inlineErrors = false;
  let alias: string | null = null;
  if (stream.take('left parenthesis')) {
    stream.expectKeywords('VALUE DECODING ERRORS');
    stream.take('equals sign');
    const nested = stream.take('left parenthesis');
    inlineErrors = stream.takeKeyword('INLINE');
    if (inlineErrors && stream.takeKeyword('AS')) alias = stream.identifier();
    if (nested) stream.expect('right parenthesis');
    stream.expect('right parenthesis');
  }
  return { kind: 'upsert', inlineErrors, alias };
}

/**
 * webhook = "BODY" "FORMAT" format {"INCLUDE" ("HEADER" ... | "HEADERS" ["(" ["NOT"] str,... ")"])} ["CHECK" "(" ... ")"]
 */
export function parseWebhook(stream: TokenStream): WebhookBody {
  stream.expectKeywords('BODY FORMAT');
  const format = parseFormat(stream);
  const headers: WebhookBody['headers'][number][] = [];
  let allHeaders: WebhookBody['allHeaders'] = null;
  while (stream.takeKeyword('INCLUDE')) {
    if (stream.expectOneOf(['HEADER', 'HEADERS']) === 'HEADERS') {
      if (allHeaders !== null) stream.expected('end of statement', stream.tokens[stream.at - 1]);
      allHeaders = stream.is('left parenthesis')
        ? stream.parenthesized(() => parseHeaderFilter(stream), true)
        : [];
    } else {
      const header = stream.literalString();
      stream.expectKeyword('AS');
      const alias = stream.identifier();
      headers.push({ header, alias, bytes: stream.takeKeyword('BYTES') });
    }
  }
  return { format, headers, allHeaders, check: stream.takeKeyword('CHECK') ? parseCheck(stream) : null };
}

function parseHeaderFilter(stream: TokenStream): { header: string; block: boolean } {
  const block = stream.takeKeyword('NOT');
  return { header: stream.literalString(), block };
}

/** "(" ["WITH" "(" input,... ")"] expr ")" */
function parseCheck(stream: TokenStream): WebhookCheck {
  stream.expect('left parenthesis');
  const inputs = stream.takeKeyword('WITH') ? stream.parenthesized(() => parseCheckInput(stream)) : [];
  const condition = parseExpressionUpTo(stream, closingIndex(stream), 'right parenthesis');
  stream.expect('right parenthesis');
  return { inputs, condition };
}

/** ("HEADERS" | "BODY" | "SECRET" item) ["AS" name] ["BYTES"] */
function parseCheckInput(stream: TokenStream): WebhookCheckInput {
  const word = stream.expectOneOf(['SECRET', 'HEADERS', 'BODY']);
  const secret = word === 'SECRET' ? stream.itemName() : null;
  const alias = stream.takeKeyword('AS') ? stream.identifier() : null;
  const bytes = stream.takeKeyword('BYTES');
  if (secret !== null) return { kind: 'secret', secret, alias, bytes };
  return { kind: word === 'BODY' ? 'body' : 'headers', alias, bytes };
}
