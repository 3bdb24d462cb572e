/** CREATE SOURCE, CREATE SUBSOURCE, ALTER SOURCE. */
import type {
  ExternalReferences,
  LoadGenerator,
  ObjectName,
  Option,
  SourceConnection,
  Statement,
  TableReference,
} from '../nodes.ts';
import type { TokenStream } from '../token-stream.ts';
import { parseAlterCommon } from './alter.ts';
import {
  parseClusterRef,
  parseOptionalInCluster,
  takeBehavior,
  takeIfExists,
  takeIfNotExists,
} from './common.ts';
import { parseOptionalEnvelope, parseOptionalFormat, parseOptionalInclude, parseWebhook } from './format.ts';
import {
  parseNamesValue,
  parseOptionalWith,
  parseOptionList,
  parseOptionNames,
  plainOptions,
  RETAIN_HISTORY,
  type OptionTable,
} from './options.ts';
import { parseTableElements } from './table.ts';

const COLUMN_OPTIONS: OptionTable = [
  { words: 'TEXT COLUMNS', value: parseNamesValue },
  { words: 'EXCLUDE COLUMNS', value: parseNamesValue },
  { words: 'IGNORE COLUMNS', name: 'EXCLUDE COLUMNS', value: parseNamesValue },
  { words: 'DETAILS' },
];

const CONNECTION_OPTIONS: Readonly<Record<'kafka' | 'postgres' | 'mysql' | 'sql-server', OptionTable>> = {
  kafka: plainOptions(
    'GROUP ID PREFIX',
    'START OFFSET',
    'START TIMESTAMP',
    'TOPIC',
    'TOPIC METADATA REFRESH INTERVAL',
  ),
  postgres: [{ words: 'PUBLICATION' }, ...COLUMN_OPTIONS],
  mysql: COLUMN_OPTIONS,
  'sql-server': COLUMN_OPTIONS,
};

const GENERATOR_OPTIONS: OptionTable = plainOptions(
  'SCALE FACTOR',
  'TICK INTERVAL',
  'AS OF',
  'UP TO',
  'MAX CARDINALITY',
  'KEYS',
  'SNAPSHOT ROUNDS',
  'TRANSACTIONAL SNAPSHOT',
  'VALUE SIZE',
  'SEED',
  'PARTITIONS',
  'BATCH SIZE',
);

const SOURCE_OPTIONS: OptionTable = [{ words: 'TIMESTAMP INTERVAL' }, RETAIN_HISTORY];

/**
 * create_source = "CREATE" "SOURCE" [IF NOT EXISTS] item [columns] [IN CLUSTER c] "FROM" connection
 *                 [format] [include] [envelope] [references] ["EXPOSE" "PROGRESS" "AS" item] [WITH (...)]
 */
export function parseCreateSource(stream: TokenStream): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const name = stream.objectName();
  const { columns, primaryKey } = parseSourceColumns(stream);
  const cluster = parseOptionalInCluster(stream);
  stream.expectKeyword('FROM');
  const from = parseSourceConnection(stream);
  const format = parseOptionalFormat(stream);
  const include = parseOptionalInclude(stream);
  const envelope = parseOptionalEnvelope(stream);
  const references = parseOptionalReferences(stream);
  const progress = stream.takeKeywords('EXPOSE PROGRESS') ? parseProgressName(stream) : null;
  const options = parseOptionalWith(stream, SOURCE_OPTIONS);
  return {
    kind: 'create source',
    ifNotExists,
    name,
    columns,
    primaryKey,
    cluster,
    from,
    format,
    include,
    envelope,
    references,
    progress,
    options,
  };
}

/** "AS" item */
function parseProgressName(stream: TokenStream): ObjectName {
  stream.expectKeyword('AS');
  return stream.itemName();
}

/** ["(" name,... [, "PRIMARY" "KEY" "(" name,... ")" "NOT" "ENFORCED"] ")"] */
function parseSourceColumns(stream: TokenStream): { columns: string[]; primaryKey: string[] | null } {
  const columns: string[] = [];
  let primaryKey: string[] | null = null;
  if (!stream.is('left parenthesis')) return { columns, primaryKey };
  stream.advance();
  do {
    if (stream.takeKeywords('PRIMARY KEY')) {
      primaryKey = stream.parenthesized(() => stream.identifier());
      stream.expectKeywords('NOT ENFORCED');
      break;
    }
    columns.push(stream.identifier());
  } while (stream.take('comma'));
  stream.expect('right parenthesis');
  return { columns, primaryKey };
}

/** connection = (KAFKA | POSTGRES | SQL SERVER | MYSQL) "CONNECTION" item ["(" ... ")"] | LOAD GENERATOR ... | WEBHOOK ... */
function parseSourceConnection(stream: TokenStream): SourceConnection {
  switch (stream.expectOneOf(['POSTGRES', 'MYSQL', 'SQL', 'KAFKA', 'LOAD', 'WEBHOOK'])) {
    case 'POSTGRES':
      return parseNamedConnection(stream, 'postgres');
    case 'MYSQL':
      return parseNamedConnection(stream, 'mysql');
    case 'SQL':
      stream.expectKeyword('SERVER');
      return parseNamedConnection(stream, 'sql-server');
    case 'KAFKA':
      return parseNamedConnection(stream, 'kafka');
    case 'LOAD':
      return parseGenerator(stream);
    case 'WEBHOOK':
      return { kind: 'webhook', webhook: parseWebhook(stream) };
  }
}

function parseNamedConnection(stream: TokenStream, kind: keyof typeof CONNECTION_OPTIONS): SourceConnection {
  stream.expectKeyword('CONNECTION');
  const connection = stream.itemName();
  const options = stream.is('left parenthesis') ? parseOptionList(stream, CONNECTION_OPTIONS[kind]) : [];
  return { kind, connection, options };
}

const GENERATORS = ['AUCTION', 'CLOCK', 'MARKETING', 'TPCH', 'DATUMS', 'COUNTER', 'KEY'] as const;

/** "GENERATOR" name ["(" option,... ")"] */
function parseGenerator(stream: TokenStream): SourceConnection {
  stream.expectKeyword('GENERATOR');
  const word = stream.expectOneOf(GENERATORS);
  if (word === 'KEY') stream.expectKeyword('VALUE');
  const generator = word === 'KEY' ? 'key value' : (word.toLowerCase() as LoadGenerator);
  const options: Option[] = stream.is('left parenthesis') ? parseOptionList(stream, GENERATOR_OPTIONS) : [];
  return { kind: 'load-generator', generator, options };
}

/** ["FOR" ("ALL" "TABLES" | "TABLES" "(" ref,... ")" | "SCHEMAS" "(" name,... ")")] */
function parseOptionalReferences(stream: TokenStream): ExternalReferences | null {
  if (!stream.takeKeyword('FOR')) return null;
  switch (stream.expectOneOf(['TABLES', 'SCHEMAS', 'ALL'])) {
    case 'TABLES':
      return { kind: 'tables', tables: stream.parenthesized(() => parseTableReference(stream)) };
    case 'SCHEMAS':
      return { kind: 'schemas', schemas: stream.parenthesized(() => stream.identifier()) };
    case 'ALL':
      stream.expectKeyword('TABLES');
      return { kind: 'all tables' };
  }
}

/** ref [("AS" | "INTO") item] */
function parseTableReference(stream: TokenStream): TableReference {
  const reference = stream.objectName();
  const alias = stream.takeOneOf(['AS', 'INTO']) === null ? null : stream.itemName();
  return { reference, alias };
}

const SUBSOURCE_OPTIONS: OptionTable = [
  { words: 'PROGRESS' },
  { words: 'EXTERNAL REFERENCE' },
  { words: 'TEXT COLUMNS', value: parseNamesValue },
  { words: 'EXCLUDE COLUMNS', value: parseNamesValue },
  RETAIN_HISTORY,
  { words: 'DETAILS' },
];

/** "CREATE" "SUBSOURCE" [IF NOT EXISTS] item "(" ... ")" ["OF" "SOURCE" item] [WITH (...)] */
export function parseCreateSubsource(stream: TokenStream): Statement {
  const ifNotExists = takeIfNotExists(stream);
  const name = stream.itemName();
  const { columns, constraints } = parseTableElements(stream);
  let ofSource: ObjectName | null = null;
  if (stream.takeKeyword('OF')) {
    stream.expectKeyword('SOURCE');
    ofSource = stream.itemName();
  }
  const options = parseOptionalWith(stream, SUBSOURCE_OPTIONS);
  return { kind: 'create subsource', ifNotExists, name, columns, constraints, ofSource, options };
}

const ADD_OPTIONS: OptionTable = COLUMN_OPTIONS;
const ALTER_WORDS = ['ADD', 'DROP', 'OWNER', 'RENAME', 'SET', 'RESET', 'REFRESH', 'SWAP'] as const;

/** alter_source = "ALTER" "SOURCE" [IF EXISTS] item (ADD ... | DROP ... | SET ... | RESET ... | REFRESH REFERENCES | common) */
export function parseAlterSource(stream: TokenStream): Statement {
  const ifExists = takeIfExists(stream);
  const name = stream.objectName();
  const word = stream.expectOneOf(ALTER_WORDS);
  switch (word) {
    case 'ADD': {
      stream.expectOneOf(['SUBSOURCE', 'TABLE']);
      const tables = stream.commaSeparated(() => parseTableReference(stream));
      const options = parseOptionalWith(stream, ADD_OPTIONS);
      return { kind: 'alter source', ifExists, name, action: { kind: 'add subsources', tables, options } };
    }
    case 'DROP': {
      stream.expectOneOf(['SUBSOURCE', 'TABLE']);
      const ifPresent = takeIfExists(stream);
      const names = stream.commaSeparated(() => stream.objectName());
      const behavior = takeBehavior(stream);
      return {
        kind: 'alter source',
        ifExists,
        name,
        action: { kind: 'drop subsources', ifExists: ifPresent, names, behavior },
      };
    }
    case 'SET':
      if (stream.takeKeyword('CLUSTER')) {
        return {
          kind: 'alter set cluster',
          objectKind: 'source',
          ifExists,
          name,
          cluster: parseClusterRef(stream),
        };
      }
      return {
        kind: 'alter source',
        ifExists,
        name,
        action: { kind: 'set', options: parseOptionList(stream, SOURCE_OPTIONS) },
      };
    case 'RESET':
      return {
        kind: 'alter source',
        ifExists,
        name,
        action: { kind: 'reset', names: parseOptionNames(stream, SOURCE_OPTIONS) },
      };
    case 'REFRESH':
      stream.expectKeyword('REFERENCES');
      return { kind: 'alter source', ifExists, name, action: { kind: 'refresh references' } };
    default:
      return parseAlterCommon(stream, word, { objectKind: 'source', ifExists, name });
  }
}
