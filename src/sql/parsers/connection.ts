/** CREATE CONNECTION, ALTER CONNECTION, VALIDATE CONNECTION. */
import type { AlterConnectionAction, ConnectionType, Option, OptionValue, Statement } from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseAlterCommon } from './alter.ts';
import { takeIfExists, takeIfNotExists } from './common.ts';
import { sourceText } from './expression.ts';
import {
  parseBrokersValue,
  parseBrokerValue,
  parseItemValue,
  parseOption,
  parseOptionList,
  parseOptionRule,
  parsePrivatelinkValue,
  type OptionTable,
} from './options.ts';

/** Every option of every connection type, in the order error texts name them: which type takes which is planning. */
const CONNECTION_OPTIONS: OptionTable = [
  { words: 'ACCESS KEY ID' },
  { words: 'ASSUME ROLE ARN' },
  { words: 'ASSUME ROLE SESSION NAME' },
  { words: 'AVAILABILITY ZONES' },
  { words: 'AWS CONNECTION', value: parseItemValue },
  { words: 'AWS PRIVATELINK', value: parsePrivatelinkValue },
  { words: 'BROKER', value: parseBrokerValue },
  { words: 'BROKERS', value: parseBrokersValue },
  { words: 'CATALOG TYPE' },
  { words: 'CREDENTIAL' },
  { words: 'DATABASE' },
  { words: 'ENDPOINT' },
  { words: 'HOST' },
  { words: 'PASSWORD' },
  { words: 'PORT' },
  { words: 'PUBLIC KEY 1' },
  { words: 'PUBLIC KEY 2' },
  { words: 'PROGRESS TOPIC' },
  { words: 'PROGRESS TOPIC REPLICATION FACTOR' },
  { words: 'REGION' },
  { words: 'ROLE ARN' },
  { words: 'SASL MECHANISMS' },
  { words: 'SASL PASSWORD' },
  { words: 'SASL USERNAME' },
  { words: 'SCOPE' },
  { words: 'SECRET ACCESS KEY' },
  { words: 'SECURITY PROTOCOL' },
  { words: 'SERVICE NAME' },
  { words: 'SESSION TOKEN' },
  { words: 'SSH TUNNEL', value: parseItemValue },
  { words: 'SSL CERTIFICATE' },
  { words: 'SSL CERTIFICATE AUTHORITY' },
  { words: 'SSL KEY' },
  { words: 'SSL MODE' },
  { words: 'URL' },
  { words: 'USER' },
  { words: 'USERNAME', name: 'USER' },
  { words: 'WAREHOUSE' },
];

const WITH_OPTIONS: OptionTable = [{ words: 'VALIDATE' }];

/** option: as any other, but the digit of PUBLIC KEY is a number token. */
function parseConnectionOption(stream: TokenStream): Option {
  const start = stream.offset;
  const key = takePublicKey(stream);
  if (key === null) return parseOption(stream, CONNECTION_OPTIONS);
  stream.take('equals sign');
  const value: OptionValue | null = stream.is('string')
    ? {
        kind: 'string',
        value: stream.peek().value,
        span: { start: stream.offset, end: stream.peek().end - stream.base },
      }
    : null;
  if (value === null) stream.expected('literal string');
  stream.advance();
  return { name: key, value, span: stream.spanFrom(start) };
}

/** "PUBLIC" "KEY" ("1" | "2") */
function takePublicKey(stream: TokenStream): string | null {
  if (!stream.takeKeyword('PUBLIC')) return null;
  stream.expectKeyword('KEY');
  const token = stream.peek();
  if (token.kind !== 'number' || (token.value !== '1' && token.value !== '2')) {
    stream.expected('1 or 2 after PUBLIC KEY');
  }
  stream.advance();
  return `PUBLIC KEY ${token.value}`;
}

function parseConnectionOptionName(stream: TokenStream): string {
  const key = takePublicKey(stream);
  if (key !== null) return key;
  const rule = parseOptionRule(stream, CONNECTION_OPTIONS);
  return rule.name ?? rule.words;
}

const CONNECTION_TYPES = ['AWS', 'KAFKA', 'CONFLUENT', 'POSTGRES', 'SSH', 'SQL', 'MYSQL', 'ICEBERG'] as const;

/** conn_type = AWS | AWS PRIVATELINK | KAFKA | CONFLUENT SCHEMA REGISTRY | POSTGRES | MYSQL | SQL SERVER | SSH TUNNEL | ICEBERG CATALOG */
function parseConnectionType(stream: TokenStream): ConnectionType {
  switch (stream.expectOneOf(CONNECTION_TYPES)) {
    case 'AWS':
      return stream.takeKeyword('PRIVATELINK') ? 'aws-privatelink' : 'aws';
    case 'KAFKA':
      return 'kafka';
    case 'CONFLUENT':
      stream.expectKeywords('SCHEMA REGISTRY');
      return 'confluent-schema-registry';
    case 'POSTGRES':
      return 'postgres';
    case 'SSH':
      stream.expectKeyword('TUNNEL');
      return 'ssh-tunnel';
    case 'SQL':
      stream.expectKeyword('SERVER');
      return 'sql-server';
    case 'MYSQL':
      return 'mysql';
    case 'ICEBERG':
      stream.expectKeyword('CATALOG');
      return 'iceberg-catalog';
  }
}

/**
 * create_connection = "CREATE" "CONNECTION" [IF NOT EXISTS] name
 *                     ("TO" type "(" option,... ")" | "FOR" type option,...) ["WITH" "(" with_opt,... ")"]
 */
export function parseCreateConnection(stream: TokenStream): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const name = stream.objectName();
  const isOldForm = stream.expectOneOf(['FOR', 'TO']) === 'FOR';
  const type = parseConnectionType(stream);
  const parse = (): Option => parseConnectionOption(stream);
  const options = isOldForm ? stream.commaSeparated(parse) : stream.parenthesized(parse);
  const withOptions = stream.takeKeyword('WITH') ? parseOptionList(stream, WITH_OPTIONS) : [];
  return { kind: 'create connection', ifNotExists, name, type, options, withOptions };
}

const ACTIONS = ['ROTATE', 'SET', 'RESET', 'DROP'] as const;

/**
 * alter_connection = "ALTER" "CONNECTION" [IF EXISTS] name
 *                    (common | action,... ["WITH" "(" with_opt,... ")"])
 */
export function parseAlterConnection(stream: TokenStream): Statement {
  const ifExists = takeIfExists(stream);
  const name = stream.objectName();
  const first = stream.expectOneOf(['RENAME', 'OWNER', ...ACTIONS]);
  if (first === 'RENAME' || first === 'OWNER') {
    return parseAlterCommon(stream, first, { objectKind: 'connection', ifExists, name });
  }
  const actions = [parseAction(stream, first)];
  while (stream.take('comma')) actions.push(parseAction(stream, stream.expectOneOf(ACTIONS)));
  let withOptions: Option[] = [];
  let withText = '';
  if (stream.takeKeyword('WITH')) {
    const open = stream.at;
    withOptions = parseOptionList(stream, WITH_OPTIONS);
    withText = sourceText(stream, open + 1, stream.at - 1);
  }
  return { kind: 'alter connection', ifExists, name, actions, withOptions, withText };
}

/** action = "SET" "(" option ")" | ("DROP" | "RESET") "(" option_name ")" | "ROTATE" "KEYS" */
function parseAction(stream: TokenStream, word: (typeof ACTIONS)[number]): AlterConnectionAction {
  if (word === 'ROTATE') {
    stream.expectKeyword('KEYS');
    return { kind: 'rotate keys' };
  }
  stream.expect('left parenthesis');
  const action: AlterConnectionAction =
    word === 'SET'
      ? { kind: 'set', option: parseConnectionOption(stream) }
      : { kind: 'drop', option: parseConnectionOptionName(stream) };
  stream.expect('right parenthesis');
  return action;
}

/** validate_connection = "VALIDATE" "CONNECTION" name */
export function parseValidateConnection(stream: TokenStream): Statement {
  stream.expectKeyword('CONNECTION');
  return { kind: 'validate connection', name: stream.itemName() };
}
