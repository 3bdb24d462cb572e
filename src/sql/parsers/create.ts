/** CREATE of every kind: the dispatch, and databases and schemas. */
import type { Statement } from '../nodes.ts';
import { oneOf, type TokenStream } from '../token-stream.ts';
import { parseCreateCluster, parseCreateClusterReplica } from './cluster.ts';
import { takeIfNotExists } from './common.ts';
import { parseCreateConnection } from './connection.ts';
import { parseCreateNetworkPolicy } from './network-policy.ts';
import { parseCreateRole, refuseCreateUser } from './role.ts';
import { parseCreateSecret } from './secret.ts';
import { parseCreateSink } from './sink.ts';
import { parseCreateSource, parseCreateSubsource } from './source.ts';
import { parseCreateTable } from './table.ts';
import { parseCreateIndex, parseCreateMaterializedView, parseCreateType, parseCreateView } from './view.ts';

/** What may follow CREATE, by its first word, in the order error texts name them. */
const CREATE = {
  DATABASE: parseCreateDatabase,
  SCHEMA: parseCreateSchema,
  SOURCE: parseCreateSource,
  SUBSOURCE: parseCreateSubsource,
  SINK: parseCreateSink,
  TABLE: (stream) => parseCreateTable(stream, false),
  TEMP: (stream) => parseCreateTemporary(stream, false),
  TEMPORARY: (stream) => parseCreateTemporary(stream, false),
  VIEW: (stream) => parseCreateView(stream, false, false),
  MATERIALIZED: (stream) => parseMaterialized(stream, false, false),
  REPLACEMENT: parseReplacement,
  INDEX: (stream) => parseCreateIndex(stream, false),
  DEFAULT: parseCreateDefault,
  TYPE: parseCreateType,
  ROLE: parseCreateRole,
  USER: refuseCreateUser,
  CLUSTER: parseClusterOrReplica,
  SECRET: parseCreateSecret,
  CONNECTION: parseCreateConnection,
  NETWORK: parseNetworkPolicy,
  OR: parseOrReplace,
} as const satisfies Record<string, (stream: TokenStream) => Statement>;

const CREATE_WORDS = Object.keys(CREATE) as readonly (keyof typeof CREATE)[];

/** create = "CREATE" kind ... */
export function parseCreate(stream: TokenStream): Statement {
  const word = stream.takeOneOf(CREATE_WORDS) ?? stream.expected(oneOf(CREATE_WORDS));
  return CREATE[word](stream);
}

/** "OR" "REPLACE" ([TEMP] "VIEW" | "MATERIALIZED" "VIEW") */
function parseOrReplace(stream: TokenStream): Statement {
  stream.expectKeyword('REPLACE');
  const word = stream.expectOneOf(['VIEW', 'TEMP', 'TEMPORARY', 'MATERIALIZED']);
  if (word === 'MATERIALIZED') return parseMaterialized(stream, true, false);
  if (word === 'VIEW') return parseCreateView(stream, true, false);
  stream.expectKeyword('VIEW');
  return parseCreateView(stream, true, true);
}

/** ("TEMP" | "TEMPORARY") ("TABLE" | "VIEW") */
function parseCreateTemporary(stream: TokenStream, orReplace: boolean): Statement {
  return stream.expectOneOf(['TABLE', 'VIEW']) === 'TABLE'
    ? parseCreateTable(stream, true)
    : parseCreateView(stream, orReplace, true);
}

function parseMaterialized(stream: TokenStream, orReplace: boolean, replacement: boolean): Statement {
  stream.expectKeyword('VIEW');
  return parseCreateMaterializedView(stream, orReplace, replacement);
}

function parseReplacement(stream: TokenStream): Statement {
  stream.expectKeyword('MATERIALIZED');
  return parseMaterialized(stream, false, true);
}

function parseCreateDefault(stream: TokenStream): Statement {
  stream.expectKeyword('INDEX');
  return parseCreateIndex(stream, true);
}

/** A cluster may be called `replica`: then its options follow, not a name. */
function parseClusterOrReplica(stream: TokenStream): Statement {
  if (stream.isKeyword('REPLICA') && stream.isIdentifier(1) && stream.is('dot', 2)) {
    stream.advance();
    return parseCreateClusterReplica(stream);
  }
  return parseCreateCluster(stream);
}

function parseNetworkPolicy(stream: TokenStream): Statement {
  stream.expectKeyword('POLICY');
  return parseCreateNetworkPolicy(stream);
}

/** create_db = "CREATE" "DATABASE" [IF NOT EXISTS] name */
function parseCreateDatabase(stream: TokenStream): Statement {
  const ifNotExists = takeIfNotExists(stream);
  return { kind: 'create database', ifNotExists, name: stream.identifier() };
}

/** create_schema = "CREATE" "SCHEMA" [IF NOT EXISTS] [db "."] name */
function parseCreateSchema(stream: TokenStream): Statement {
  const ifNotExists = takeIfNotExists(stream);
  return { kind: 'create schema', ifNotExists, name: stream.objectName() };
}
