/** SHOW: columns, order and filters of every listing, and the texts of SHOW CREATE. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine, type TestSession } from './support/engine.ts';

let engine: TestEngine;
let system: TestSession;
let admin: TestSession;

beforeAll(async () => {
  engine = await startEngine();
  system = await engine.session('mz_system');
  admin = await engine.session('materialize');
  await system.all(
    'CREATE ROLE joe',
    'CREATE ROLE team',
    'GRANT team TO joe',
    "COMMENT ON ROLE joe IS 'him'",
  );
  await admin.all(
    'CREATE SCHEMA empty_schema',
    'CREATE DATABASE second',
    "CREATE CLUSTER work (SIZE '25cc', REPLICATION FACTOR 2)",
    "CREATE CLUSTER bare REPLICAS (x (SIZE '25cc'))",
    "CREATE CONNECTION pg TO POSTGRES (HOST 'db', DATABASE 'd', USER 'u') WITH (VALIDATE = false)",
    "CREATE CONNECTION kafka TO KAFKA (BROKER 'b:9092', SECURITY PROTOCOL PLAINTEXT) WITH (VALIDATE = false)",
    'CREATE SOURCE tables IN CLUSTER work FROM POSTGRES CONNECTION pg (PUBLICATION p) FOR TABLES (public.b, public.a)',
    'CREATE SOURCE counted IN CLUSTER quickstart FROM LOAD GENERATOR COUNTER',
    "CREATE SINK k IN CLUSTER work FROM counted INTO KAFKA CONNECTION kafka (TOPIC 't') FORMAT JSON ENVELOPE DEBEZIUM",
    "COMMENT ON CONNECTION pg IS 'the database'",
    "COMMENT ON COLUMN counted.counter IS 'ticks'",
    'GRANT USAGE ON CONNECTION pg TO team',
    'ALTER DEFAULT PRIVILEGES FOR ROLE materialize GRANT USAGE ON SECRETS TO team',
  );
});
afterAll(() => engine.close());

describe('listings', () => {
  it.each([
    ['DATABASES', ['name', 'comment']],
    ['SCHEMAS', ['name', 'comment']],
    ['OBJECTS', ['name', 'type', 'comment']],
    ['TABLES', ['name', 'comment']],
    ['VIEWS', ['name', 'comment']],
    ['MATERIALIZED VIEWS', ['name', 'cluster', 'comment']],
    ['SOURCES', ['name', 'type', 'cluster', 'comment']],
    ['SUBSOURCES', ['name', 'type']],
    ['SINKS', ['name', 'type', 'cluster', 'comment']],
    ['INDEXES', ['name', 'on', 'cluster', 'key', 'comment']],
    ['TYPES', ['name', 'comment']],
    ['SECRETS', ['name', 'comment']],
    ['CONNECTIONS', ['name', 'type', 'comment']],
    ['CLUSTERS', ['name', 'replicas', 'comment']],
    ['CLUSTER REPLICAS', ['cluster', 'replica', 'size', 'ready', 'comment']],
    ['ROLES', ['name', 'comment']],
    ['NETWORK POLICIES', ['name', 'rules', 'comment']],
    ['CONTINUAL TASKS', ['name', 'cluster', 'comment']],
    ['PRIVILEGES', ['grantor', 'grantee', 'database', 'schema', 'name', 'object_type', 'privilege_type']],
    [
      'DEFAULT PRIVILEGES',
      ['object_owner', 'database', 'schema', 'object_type', 'grantee', 'privilege_type'],
    ],
    ['ROLE MEMBERSHIP', ['role', 'member', 'grantor']],
  ])('SHOW %s has its columns', async (listing, columns) => {
    const answer = await admin.exec(`SHOW ${listing}`);
    expect(answer.columns).toEqual(columns);
    expect(answer.tag).toBe(`SELECT ${answer.rows.length}`);
  });

  it('lists connections with type and comment', async () => {
    expect(await admin.rows('SHOW CONNECTIONS')).toEqual([
      ['kafka', 'kafka', ''],
      ['pg', 'postgres', 'the database'],
    ]);
    expect(await admin.rows('SHOW CONNECTIONS FROM empty_schema')).toEqual([]);
    expect(await admin.rows('SHOW CONNECTIONS FROM materialize.public')).toHaveLength(2);
  });

  it('filters with LIKE and WHERE', async () => {
    expect(await admin.rows("SHOW CONNECTIONS LIKE 'p_'")).toEqual([['pg', 'postgres', 'the database']]);
    expect(await admin.rows("SHOW CONNECTIONS LIKE 'it''s'")).toEqual([]);
    expect(await admin.rows("SHOW CONNECTIONS WHERE type = 'kafka' OR comment <> '' -- both")).toHaveLength(
      2,
    );
    expect(await admin.rows("SHOW CONNECTIONS WHERE type = 'kafka'")).toEqual([['kafka', 'kafka', '']]);
    expect(await admin.error('SHOW CONNECTIONS WHERE nope')).toMatchObject({
      message: 'column "nope" does not exist',
    });
    expect(await admin.error("SHOW CLUSTER REPLICAS LIKE 'x'")).toMatchObject({
      code: 'XX000',
      message: 'column "name" does not exist',
    });
    expect(await admin.rows("SHOW CLUSTER REPLICAS WHERE cluster = 'work'")).toEqual([
      ['work', 'r1', '25cc', 'f', ''],
      ['work', 'r2', '25cc', 'f', ''],
    ]);
  });

  it('lists sources, their parts, and sinks by cluster', async () => {
    expect(await admin.rows('SHOW SOURCES')).toEqual([
      ['a', 'subsource', 'work', ''],
      ['b', 'subsource', 'work', ''],
      ['counted', 'load-generator', 'quickstart', ''],
      ['counted_progress', 'progress', null, ''],
      ['tables', 'postgres', 'work', ''],
      ['tables_progress', 'progress', null, ''],
    ]);
    expect(await admin.rows('SHOW SOURCES IN CLUSTER quickstart')).toEqual([
      ['counted', 'load-generator', 'quickstart', ''],
    ]);
    expect(await admin.rows('SHOW SINKS IN CLUSTER work')).toEqual([['k', 'kafka', 'work', '']]);
    expect(await admin.rows('SHOW SINKS IN CLUSTER quickstart')).toEqual([]);
    expect(await admin.rows('SHOW SUBSOURCES ON tables')).toEqual([
      ['a', 'subsource'],
      ['b', 'subsource'],
      ['tables_progress', 'progress'],
    ]);
    expect(await admin.rows('SHOW SUBSOURCES')).toHaveLength(4);
  });

  it('lists clusters, databases, schemas and roles', async () => {
    expect(await admin.rows("SHOW CLUSTERS WHERE name IN ('work', 'bare')")).toEqual([
      ['bare', 'x (25cc)', ''],
      ['work', 'r1 (25cc), r2 (25cc)', ''],
    ]);
    expect(await admin.rows('SHOW DATABASES')).toEqual([
      ['materialize', ''],
      ['second', ''],
    ]);
    expect(await admin.rows('SHOW SCHEMAS FROM second')).toContainEqual(['public', '']);
    expect(await admin.rows('SHOW SCHEMAS FROM second')).not.toContainEqual(['empty_schema', '']);
    expect(await admin.rows('SHOW SCHEMAS')).toContainEqual(['empty_schema', '']);
    expect(await admin.rows('SHOW SCHEMAS')).toContainEqual(['mz_catalog', '']);
    expect(await admin.rows('SHOW ROLES')).toEqual([
      ['joe', 'him'],
      ['materialize', ''],
      ['team', ''],
    ]);
  });

  it('lists columns in their order', async () => {
    expect(await admin.exec('SHOW COLUMNS FROM counted')).toMatchObject({
      columns: ['name', 'nullable', 'type', 'comment'],
      rows: [['counter', 'f', 'bigint', 'ticks']],
    });
    expect((await admin.rows('SHOW FIELDS FROM mz_catalog.mz_tables'))[0]).toEqual([
      'id',
      'f',
      'text',
      'id of the table',
    ]);
    expect(await admin.error('SHOW COLUMNS FROM pg')).toMatchObject({
      code: 'XX000',
      message: 'materialize.public.pg is a connection and so does not have columns',
    });
  });

  it('lists privileges, of a kind and of a role with what it inherits', async () => {
    expect(await admin.rows('SHOW PRIVILEGES ON CONNECTIONS FOR joe')).toEqual([
      ['materialize', 'team', 'materialize', 'public', 'pg', 'connection', 'USAGE'],
    ]);
    const forJoe = await admin.rows('SHOW PRIVILEGES FOR joe');
    expect(new Set(forJoe.map((row) => row[1]))).toEqual(new Set(['team', 'PUBLIC']));
    expect(await admin.rows('SHOW DEFAULT PRIVILEGES ON SECRETS FOR joe')).toEqual([
      ['materialize', null, null, 'secret', 'team', 'USAGE'],
    ]);
    expect(await admin.rows('SHOW ROLE MEMBERSHIP FOR joe')).toEqual([['team', 'joe', 'mz_system']]);
    expect(await admin.rows('SHOW ROLE MEMBERSHIP FOR team')).toEqual([]);
    expect(await admin.error('SHOW PRIVILEGES FOR nobody')).toMatchObject({
      message: "unknown role 'nobody'",
    });
  });

  it('stands in FROM', async () => {
    expect(
      await admin.rows("SELECT name, upper(type) FROM (SHOW CONNECTIONS) WHERE comment <> '' ORDER BY name"),
    ).toEqual([['pg', 'POSTGRES']]);
    expect(await admin.rows('SELECT count(*) FROM (SHOW COLUMNS FROM counted)')).toEqual([['1']]);
  });

  it('stands in no view', async () => {
    for (const kind of ['VIEW', 'MATERIALIZED VIEW']) {
      expect(await admin.error(`CREATE ${kind} v AS SELECT name FROM (SHOW SECRETS)`)).toMatchObject({
        code: 'XX000',
        message: 'SHOW commands are not allowed in views',
      });
    }
  });

  it('says what is missing or cannot be', async () => {
    const lost = await engine.session('materialize');
    await lost.all('SET database = nowhere', 'SET search_path = nothing');
    expect(await lost.error('SHOW SECRETS')).toMatchObject({
      code: '3F000',
      message: 'no valid schema selected',
    });
    expect(await lost.error('SHOW SCHEMAS')).toMatchObject({
      message: 'no database specified and no active database',
    });
    expect(await admin.error('SHOW SECRETS FROM nope')).toMatchObject({ message: "unknown schema 'nope'" });
    expect(await admin.error('SHOW SCHEMAS FROM nope')).toMatchObject({ message: "unknown database 'nope'" });
    expect(await admin.error('SHOW SOURCES IN CLUSTER nope')).toMatchObject({
      message: "unknown cluster 'nope'",
    });
    expect(await admin.error('SHOW SUBSOURCES ON pg')).toMatchObject({
      message: 'cannot show subsources on materialize.public.pg because it is a connection',
    });
    expect(await admin.error('SHOW SUBSOURCES FROM public ON tables')).toMatchObject({
      code: '42601',
      message: 'Cannot specify both FROM and ON',
    });
  });

  it('needs no privileges', async () => {
    await system.exec('REVOKE USAGE ON SCHEMA public FROM PUBLIC');
    const joe = await engine.session('joe');
    expect(await joe.rows('SHOW CONNECTIONS')).toHaveLength(2);
    await system.exec('GRANT USAGE ON SCHEMA public TO PUBLIC');
  });
});

describe('SHOW CREATE', () => {
  it('prints names and text', async () => {
    expect(await admin.exec('SHOW CREATE CONNECTION pg')).toEqual({
      tag: 'SELECT 1',
      columns: ['name', 'create_sql'],
      rows: [
        [
          'materialize.public.pg',
          "CREATE CONNECTION materialize.public.pg TO POSTGRES (DATABASE = 'd', HOST = 'db', USER = 'u');",
        ],
      ],
    });
    expect(await admin.rows('SHOW CREATE SOURCE counted')).toEqual([
      [
        'materialize.public.counted',
        expect.stringMatching(
          /^CREATE SOURCE materialize\.public\.counted\s+IN CLUSTER quickstart\s+FROM LOAD GENERATOR COUNTER/,
        ),
      ],
    ]);
    expect(await admin.rows('SHOW CREATE CLUSTER work')).toEqual([
      [
        'work',
        `CREATE CLUSTER "work" (INTROSPECTION DEBUGGING = false, INTROSPECTION INTERVAL = INTERVAL '00:00:01', MANAGED = true, REPLICATION FACTOR = 2, SIZE = '25cc', SCHEDULE = MANUAL)`,
      ],
    ]);
  });

  it('prints the same for connections when redacted', async () => {
    const [row] = await admin.rows('SHOW REDACTED CREATE CONNECTION pg');
    expect(row?.[1]).toContain("HOST = 'db'");
  });

  it.each([
    ['SHOW CREATE CONNECTION counted', 'XX000', 'materialize.public.counted is not a connection'],
    ['SHOW CREATE CONNECTION nope', 'XX000', "unknown catalog item 'nope'"],
    [
      'SHOW CREATE TABLE mz_catalog.mz_tables',
      'XX000',
      'cannot show create for system object mz_catalog.mz_tables',
    ],
    ['SHOW CREATE CLUSTER bare', 'XX000', 'SHOW CREATE for unmanaged clusters not yet supported'],
    ['SHOW REDACTED CREATE CLUSTER work', 'XX000', 'SHOW REDACTED CREATE CLUSTER is not supported'],
    ['SHOW CREATE CLUSTER nope', 'XX000', "unknown cluster 'nope'"],
  ])('refuses %s', async (sql, code, message) => {
    expect(await admin.error(sql)).toMatchObject({ code, message });
  });

  it('needs USAGE on the schema and nothing on the object', async () => {
    const joe = await engine.session('joe');
    expect(await joe.rows('SHOW CREATE CONNECTION kafka')).toHaveLength(1);
    await system.exec('REVOKE USAGE ON SCHEMA public FROM PUBLIC');
    expect(await joe.error('SHOW CREATE CONNECTION kafka')).toEqual({
      code: '42501',
      message: 'permission denied for SCHEMA "materialize.public"',
      detail: `The 'joe' role needs USAGE privileges on SCHEMA "materialize.public"`,
    });
    await system.exec('GRANT USAGE ON SCHEMA public TO PUBLIC');
  });
});

describe('reading', () => {
  it('needs the schema, the relation and the cluster', async () => {
    const joe = await engine.session('joe');
    expect(await joe.error('SELECT * FROM counted')).toEqual({
      code: '42501',
      message: 'permission denied for SOURCE "materialize.public.counted"',
      detail: `The 'joe' role needs SELECT privileges on SOURCE "materialize.public.counted"`,
    });
    await admin.exec('GRANT SELECT ON counted TO team');
    expect((await joe.exec('SELECT * FROM counted LIMIT 0')).columns).toEqual(['counter']);
    await system.exec('REVOKE USAGE ON SCHEMA public FROM PUBLIC');
    expect(await joe.error('SELECT * FROM counted')).toMatchObject({
      message: 'permission denied for SCHEMA "materialize.public"',
    });
    await system.exec('GRANT USAGE ON SCHEMA public TO PUBLIC');
    await admin.exec('REVOKE SELECT ON counted FROM team');
    expect(await joe.error('SELECT * FROM counted')).toMatchObject({ code: '42501' });
  });

  it('keeps restricted system relations to their readers', async () => {
    const joe = await engine.session('joe');
    expect(await joe.error('SELECT * FROM pg_catalog.pg_authid')).toMatchObject({
      code: '42501',
      message: expect.stringMatching(/^permission denied for \w+ "pg_catalog\.pg_authid"$/) as string,
    });
    expect((await system.exec('SELECT * FROM pg_catalog.pg_authid LIMIT 1')).rows).toHaveLength(1);
  });
});
