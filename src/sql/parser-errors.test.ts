import { beforeAll, describe, expect, it } from 'vitest';
import { SqlError } from '../errors.ts';
import { loadParser, parseScript } from './parser.ts';

beforeAll(loadParser);

function failure(sql: string): SqlError {
  try {
    parseScript(sql);
  } catch (cause) {
    if (cause instanceof SqlError) return cause;
    throw cause;
  }
  throw new Error(`no error: ${sql}`);
}

const CONNECTION_WORDS =
  'ACCESS or ASSUME or AVAILABILITY or AWS or BROKER or BROKERS or CATALOG or CREDENTIAL or DATABASE or ENDPOINT or HOST or PASSWORD or PORT or PUBLIC or PROGRESS or REGION or ROLE or SASL or SCOPE or SECRET or SECURITY or SERVICE or SESSION or SSH or SSL or URL or USER or USERNAME or WAREHOUSE';
const CLUSTER_WORDS =
  'AVAILABILITY or DISK or INTROSPECTION or MANAGED or REPLICAS or REPLICATION or SIZE or SCHEDULE or WORKLOAD';
const PLURALS = 'TABLES or TYPES or SECRETS or CONNECTIONS or SCHEMAS or DATABASES or CLUSTERS';
const USER =
  'CREATE USER is not supported, for more information consult the documentation at https://materialize.com/docs/sql/create-role/#details';

/** Texts of Materialize's parser, with the 1-based character the error points at. */
const ERRORS: readonly (readonly [sql: string, message: string, position: number])[] = [
  // Secrets.
  ['ALTER SECRET public.a RENAME TO s2.b', 'Expected end of statement, found dot', 35],
  ['ALTER SECRET s SET SCHEMA x', 'Expected one of AS or RENAME or OWNER, found SET', 16],
  ['SHOW CREATE SECRET s', 'Expected end of statement, found SECRET', 13],
  [`CREATE SECRET s AS 1 'abc'`, 'Expected end of statement, found string literal "abc"', 22],
  ['CREATE SECRET s AS', 'Expected an expression, found EOF', 19],
  [`CREATE SECRET s AS 'a' b`, 'Expected end of statement, found identifier "b"', 24],
  [`CREATE SECRET s AS 'a' AS b`, 'Expected end of statement, found AS', 24],
  [`CREATE SECRET s AS 'a', 'b'`, 'Expected end of statement, found comma', 23],
  [`CREATE SECRET s AS 1 FROM t`, 'Expected end of statement, found FROM', 22],
  ['CREATE SECRET s AS 1 + FROM', 'Expected an expression, found FROM', 24],
  [`CREATE SECRET s AS (1`, 'Expected an expression, found EOF', 22],
  [`CREATE SECRET s 'a'`, 'Expected AS, found string literal "a"', 17],
  [`CREATE SECRET a.'b' AS 'c'`, 'Expected identifier, found string literal "b"', 17],
  ['CREATE SECRET "." AS \'a\'', 'invalid identifier: "."', 15],
  // Connections.
  [
    `CREATE CONNECTION c TO KAFKA (BROKER 'x', FOO 'x')`,
    `Expected one of ${CONNECTION_WORDS}, found identifier "foo"`,
    43,
  ],
  ['CREATE CONNECTION c TO KAFKA ()', `Expected one of ${CONNECTION_WORDS}, found right parenthesis`, 31],
  [
    `CREATE CONNECTION c TO SSH TUNNEL (PUBLIC KEY 3 'x')`,
    'Expected 1 or 2 after PUBLIC KEY, found number "3"',
    47,
  ],
  [`CREATE CONNECTION c TO KAFKA (BROKER x.y)`, 'Expected literal string, found identifier "x"', 38],
  [`CREATE CONNECTION c TO KAFKA (AWS PRIVATELINK pl (PORT 'a'))`, 'Could not parse value into port', 56],
  [
    `CREATE CONNECTION c TO KAFKA (SSL 'a')`,
    'Expected one of CERTIFICATE or KEY or MODE, found string literal "a"',
    35,
  ],
  ['CREATE CONNECTION c KAFKA', 'Expected one of FOR or TO, found KAFKA', 21],
  ['ALTER CONNECTION c RESET (PORT = 1)', 'Expected right parenthesis, found equals sign', 32],
  ['ALTER CONNECTION c DROP (PORT = 1)', 'Expected right parenthesis, found equals sign', 31],
  [
    'ALTER CONNECTION IF EXISTS mc SET (PORT = 1), ',
    'Expected one of ROTATE or SET or RESET or DROP, found EOF',
    47,
  ],
  [
    'ALTER CONNECTION c ROTATE KEYS WITH (VALIDATE), ROTATE KEYS',
    'Expected end of statement, found comma',
    47,
  ],
  ['ALTER CONNECTION c SET (BROKER x.y)', 'Expected literal string, found identifier "x"', 32],
  ['ALTER CONNECTION c SET (HOST = a, PORT = 2)', 'Expected right parenthesis, found comma', 33],
  ['ALTER CONNECTION c SET HOST = a', 'Expected left parenthesis, found HOST', 24],
  ['ALTER CONNECTION c SET SCHEMA x', 'Expected left parenthesis, found SCHEMA', 24],
  ['VALIDATE SECRET s', 'Expected CONNECTION, found SECRET', 10],
  // Clusters.
  ['CREATE CLUSTER foo', `Expected one of ${CLUSTER_WORDS}, found EOF`, 19],
  [
    `ALTER CLUSTER foo.bar SET (SIZE 'x')`,
    'Expected one of OWNER or RENAME or RESET or SET or SWAP, found dot',
    18,
  ],
  ['ALTER CLUSTER foo SET REPLICATION FACTOR 2', 'Expected left parenthesis, found REPLICATION', 23],
  ['ALTER CLUSTER foo RESET REPLICATION FACTOR', 'Expected left parenthesis, found REPLICATION', 25],
  [`CREATE CLUSTER REPLICA quickstart."" SIZE 'x'`, 'zero-length delimited identifier', 35],
  ['ALTER CLUSTER REPLICA quickstart RENAME TO bar_foo', 'Expected dot, found RENAME', 34],
  ['CREATE CLUSTER IF NOT EXISTS c', `Expected one of ${CLUSTER_WORDS}, found NOT`, 19],
  // Sources and sinks.
  [`ALTER SOURCE s SET (SIZE = 'x')`, 'Expected one of TIMESTAMP or RETAIN, found SIZE', 21],
  [
    `CREATE SINK s FROM t INTO KAFKA CONNECTION c (TOPIC 'x') FORMAT JSON ENVELOPE DEBEZIUM WITH (SIZE = 'x')`,
    'Expected one of PARTITION or SNAPSHOT or VERSION or COMMIT, found SIZE',
    94,
  ],
  [
    `ALTER SINK s SET (SIZE 'x')`,
    'Expected one of PARTITION or SNAPSHOT or VERSION or COMMIT, found SIZE',
    19,
  ],
  [
    'CREATE SOURCE s FROM KAFKA CONNECTION k FORMAT no_such_format',
    'Expected one of AVRO or PROTOBUF or REGEX or CSV or JSON or TEXT or BYTES, found identifier "no_such_format"',
    48,
  ],
  ['CREATE SOURCE s FROM LOAD GENERATOR COUNTER IN CLUSTER c', 'Expected end of statement, found IN', 45],
  [
    `CREATE SOURCE s FROM KAFKA CONNECTION k FORMAT CSV WITH 1 COLUMNS DELIMITED BY 'ab'`,
    'Expected one-character string, found string literal "ab"',
    80,
  ],
  // Namespaces, roles, privileges.
  ['CREATE DATABASE a.b', 'Expected end of statement, found dot', 18],
  ['ALTER SCHEMA a RENAME TO b.c', 'Expected end of statement, found dot', 27],
  ['ALTER DATABASE d SET x = 1', 'Expected one of OWNER or RENAME or SWAP, found SET', 18],
  ['CREATE ROLE r REPLICATION', 'Expected end of statement, found REPLICATION', 15],
  ['CREATE ROLE r ADMIN x', 'Expected end of statement, found identifier "admin"', 15],
  ['CREATE ROLE r IN ROLE x', 'Expected end of statement, found IN', 15],
  ['CREATE USER joe', USER, 8],
  ['GRANT a TO b WITH ADMIN OPTION', 'Expected end of statement, found WITH', 14],
  [
    'GRANT SELECT ON VIEW v TO r',
    `For object type VIEW, you must specify 'TABLE' or omit the object type`,
    17,
  ],
  [
    'REVOKE SELECT ON MATERIALIZED VIEW v FROM r',
    `For object type MATERIALIZED VIEW, you must specify 'TABLE' or omit the object type`,
    18,
  ],
  [
    'GRANT SELECT ON SOURCE v TO r',
    `For object type SOURCE, you must specify 'TABLE' or omit the object type`,
    17,
  ],
  ['GRANT ALL ON INDEX i TO r', 'Unsupported GRANT on INDEX', 14],
  ['REVOKE ALL ON CLUSTER REPLICA c.r FROM r', 'Unsupported REVOKE on CLUSTER REPLICA', 15],
  ['GRANT ALL ON ROLE x TO r', 'Unsupported GRANT on ROLE', 14],
  ['GRANT ALL ON ALL VIEWS TO r', `Expected one of ${PLURALS}, found VIEWS`, 18],
  ['GRANT ALL ON ALL CLUSTERS IN SCHEMA s TO r', 'IN invalid for CLUSTERS', 27],
  [
    'ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT SELECT ON VIEWS TO r',
    `For object type VIEW, you must specify 'TABLE' or omit the object type`,
    53,
  ],
  ['ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r', 'Expected FOR, found GRANT', 26],
  // SHOW and variables.
  ['SHOW REDACTED CONNECTIONS', 'SHOW REDACTED is only supported for SHOW REDACTED CREATE ...', 6],
  ['SHOW SUBSOURCES FROM public ON lga', 'Cannot specify both FROM and ON', 29],
  ['SHOW INDEXES ON t FROM s', 'Cannot specify both FROM and ON', 19],
  ['SHOW a.b', 'Expected end of statement, found dot', 7],
  ['SHOW', 'Expected identifier, found EOF', 5],
  ['SET LOCAL x', 'Expected equals sign or TO, found EOF', 12],
  ['SET SESSION x 1', 'Expected equals sign or TO, found number "1"', 15],
  ['SET SCHEMA a, b', 'Expected end of statement, found comma', 13],
  ['SET TRANSACTION', 'Expected transaction mode, found EOF', 16],
  ['RESET ALL x', 'Expected end of statement, found identifier "x"', 11],
  // Tables and the rest.
  ['CREATE TABLE t', 'Expected a list of columns in parentheses, found EOF', 15],
  ['CREATE TABLE t (a)', 'Expected a data type name, found right parenthesis', 18],
  ['CREATE TABLE t (a int, b)', 'Expected a data type name, found right parenthesis', 25],
  ['SAVEPOINT a', 'Expected a keyword at the beginning of a statement, found identifier "savepoint"', 1],
  ['1', 'Expected a keyword at the beginning of a statement, found number "1"', 1],
  ['FROM x', 'Unexpected keyword FROM at the beginning of a statement', 1],
  [
    'SELECT 1; DROP x',
    'Expected one of TABLE or VIEW or MATERIALIZED or SOURCE or SINK or INDEX or TYPE or ROLE or USER or CLUSTER or SECRET or CONNECTION or DATABASE or SCHEMA or FUNCTION or CONTINUAL or NETWORK or OWNED, found identifier "x"',
    16,
  ],
  ['BEGIN; CREATE CLUSTER c; COMMIT', `Expected one of ${CLUSTER_WORDS}, found semicolon`, 24],
  // PostgreSQL's own texts, for queries.
  [`select 'é' frm t`, 'syntax error at or near "t"', 16],
  ['SELECT 1; SELECT 😀 1', 'syntax error at or near "1"', 20],
  ['select (', 'syntax error at end of input', 9],
  [`select LIST[1, 2] x y`, 'syntax error at or near "y"', 21],
  [`select 'a'::text list, 1 x y`, 'syntax error at or near "y"', 28],
];

describe('syntax errors', () => {
  it.each(ERRORS)('%s', (sql, message, position) => {
    const error = failure(sql);
    expect({ code: error.code, message: error.message, position: error.position }).toEqual({
      code: '42601',
      message,
      position,
    });
  });

  it('position counts from the start of the whole string, in characters', () => {
    expect(failure(`SELECT '😀'; -- é\nCREATE CLUSTER c`).position).toBe(34);
  });
});
