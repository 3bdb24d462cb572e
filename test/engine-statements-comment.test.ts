/** COMMENT ON: which targets, which texts, what is stored under which name, what the audit log calls it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine, type TestSession } from './support/engine.ts';

let engine: TestEngine;
let admin: TestSession;

beforeEach(async () => {
  engine = await startEngine();
  const system = await engine.session('mz_system');
  admin = await engine.session('materialize');
  await system.all(
    'CREATE ROLE joe',
    'ALTER CLUSTER quickstart OWNER TO materialize',
    'ALTER SCHEMA public OWNER TO materialize',
    'ALTER DATABASE materialize OWNER TO materialize',
  );
  await admin.all(
    "CREATE CONNECTION c TO POSTGRES (HOST 'db', DATABASE 'd', USER 'u') WITH (VALIDATE = false)",
    'CREATE SOURCE s FROM LOAD GENERATOR COUNTER',
    "CREATE NETWORK POLICY np (RULES (r (ACTION = 'allow', DIRECTION = 'ingress', ADDRESS = '10.0.0.0/8')))",
  );
});
afterEach(() => engine.close());

function comments(): readonly unknown[] {
  return [...engine.snapshot().small.comment.values()].map((c) => [
    c.objectKind,
    c.objectId,
    c.columnPosition,
    c.comment,
  ]);
}

function lastEvent(): unknown {
  const event = engine.snapshot().auditEvents.last()!;
  return [event.eventType, event.objectType, event.details];
}

describe('COMMENT ON', () => {
  it.each([
    ['CONNECTION c', ['connection', 'u1', null], 'connection', 'Connection(User(1))', 'materialize.public.c'],
    ['SOURCE s', ['source', 'u3', null], 'source', 'Source(User(3))', 'materialize.public.s'],
    ['COLUMN s.counter', ['source', 'u3', 1], 'source', 'Source(User(3))', 'materialize.public.s'],
    ['CLUSTER quickstart', ['cluster', 'u1', null], 'cluster', 'Cluster(User(1))', 'quickstart'],
    [
      'CLUSTER REPLICA quickstart.r1',
      ['cluster-replica', 'u1', null],
      'cluster-replica',
      'ClusterReplica((User(1), User(1)))',
      'quickstart.r1',
    ],
    ['DATABASE materialize', ['database', 'u1', null], 'database', 'Database(User(1))', 'materialize'],
    [
      'SCHEMA public',
      ['schema', 'u3', null],
      'schema',
      'Schema((Id(User(1)), Id(User(3))))',
      'materialize.public',
    ],
    ['ROLE joe', ['role', 'u2', null], 'role', 'Role(User(2))', 'joe'],
    ['NETWORK POLICY np', ['network-policy', 'u2', null], 'network-policy', 'NetworkPolicy(User(2))', 'np'],
  ])('%s', async (target, [kind, id, position], objectType, auditId, name) => {
    expect(await admin.all(`COMMENT ON ${target} IS 'first'`, `COMMENT ON ${target} IS 'second'`)).toEqual([
      'COMMENT',
      'COMMENT',
    ]);
    expect(comments()).toEqual([[kind, id, position, 'second']]);
    expect(lastEvent()).toEqual(['comment', objectType, { id: auditId, name }]);
    await admin.exec(`COMMENT ON ${target} IS NULL`);
    expect(comments()).toEqual([]);
  });

  it('counts the length in bytes', async () => {
    await admin.exec(`COMMENT ON CONNECTION c IS '${'x'.repeat(1024)}'`);
    expect(await admin.error(`COMMENT ON CONNECTION c IS '${'ä'.repeat(513)}'`)).toEqual({
      code: 'XX000',
      message: 'provided comment was 1026 bytes long, max size is 1024 bytes',
    });
  });

  it.each([
    ["TABLE c IS 'x'", 'CONNECTION materialize.public.c is not a TABLE'],
    ["SECRET nope IS 'x'", "unknown catalog item 'nope'"],
    ["COLUMN c.x IS 'x'", 'connection "materialize.public.c" does not have columns'],
    ["COLUMN s.nope IS 'x'", 'column "s.nope" does not exist'],
    ["SCHEMA mz_temp IS 'x'", 'cannot comment on schema mz_temp because it is a temporary schema'],
    ["CLUSTER nope IS 'x'", "unknown cluster 'nope'"],
    ["CLUSTER REPLICA quickstart.r9 IS 'x'", 'CLUSTER quickstart has no CLUSTER REPLICA named "r9"'],
    ["NETWORK POLICY nope IS 'x'", "unknown network policy 'nope'"],
  ])('refuses %s', async (rest, message) => {
    expect(await admin.error(`COMMENT ON ${rest}`)).toMatchObject({ code: 'XX000', message });
  });

  it('names the column that was perhaps meant', async () => {
    expect(await admin.error(`COMMENT ON COLUMN s."Counter" IS 'x'`)).toMatchObject({
      message: 'column "s.Counter" does not exist',
      hint: 'The similarly named column "counter" does exist. Make sure to surround case sensitive names in double quotes.',
    });
  });

  it('needs ownership, and CREATEROLE for roles', async () => {
    const joe = await engine.session('joe');
    expect(await joe.error("COMMENT ON CONNECTION c IS 'x'")).toEqual({
      code: '42501',
      message: 'must be owner of CONNECTION materialize.public.c',
    });
    expect(await joe.error("COMMENT ON CLUSTER REPLICA quickstart.r1 IS 'x'")).toEqual({
      code: '42501',
      message: 'must be owner of CLUSTER REPLICA quickstart.r1',
    });
    expect(await joe.error("COMMENT ON TABLE mz_catalog.mz_tables IS 'x'")).toEqual({
      code: '42501',
      message: 'must be owner of TABLE mz_catalog.mz_tables',
    });
    expect(await joe.error("COMMENT ON ROLE joe IS 'x'")).toMatchObject({
      code: '42501',
      detail: "The 'joe' role needs CREATEROLE privileges on SYSTEM",
    });
  });

  it('goes with its object', async () => {
    await admin.all(
      "COMMENT ON CONNECTION c IS 'x'",
      "COMMENT ON COLUMN s.counter IS 'y'",
      'DROP CONNECTION c',
      'DROP SOURCE s',
      "COMMENT ON ROLE joe IS 'z'",
      'DROP ROLE joe',
    );
    expect(comments()).toEqual([]);
  });
});
