/** Who may read what: relations, views through their owners, and statements of privileges inside transactions. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine, type TestSession } from './support/engine.ts';

let engine: TestEngine;
let system: TestSession;
let admin: TestSession;
let joe: TestSession;

beforeEach(async () => {
  engine = await startEngine();
  system = await engine.session('mz_system');
  admin = await engine.session('materialize');
  joe = await engine.session('joe');
  await system.all(
    'CREATE ROLE middle',
    'GRANT CREATE ON SCHEMA public TO middle',
    'GRANT middle TO materialize',
  );
  await admin.all('CREATE TABLE t (i int)', 'INSERT INTO t VALUES (1), (2)');
});
afterEach(() => engine.close());

function denied(object: string, role = 'joe', privilege = 'SELECT'): unknown {
  return {
    code: '42501',
    message: `permission denied for ${object}`,
    detail: `The '${role}' role needs ${privilege} privileges on ${object}`,
  };
}

describe('reading a view', () => {
  beforeEach(async () => {
    await admin.all('CREATE VIEW v AS SELECT i + 1 AS j FROM t', 'GRANT SELECT ON v TO joe');
  });

  it('needs SELECT on the view, and nothing on what it reads', async () => {
    expect(await joe.rows('SELECT j FROM v ORDER BY 1')).toEqual([['2'], ['3']]);
    expect(await joe.error('SELECT * FROM t')).toEqual(denied('TABLE "materialize.public.t"'));
    await admin.exec('REVOKE SELECT ON v FROM joe');
    expect(await joe.error('SELECT j FROM v')).toEqual(denied('VIEW "materialize.public.v"'));
  });

  it('needs its owner to be able to read what it reads', async () => {
    await admin.exec('ALTER VIEW v OWNER TO middle');
    await admin.exec('REVOKE SELECT ON t FROM middle');
    expect(await joe.error('SELECT j FROM v')).toEqual(denied('TABLE "materialize.public.t"', 'middle'));
    await admin.exec('GRANT SELECT ON t TO middle');
    expect(await joe.rows('SELECT count(*) FROM v')).toEqual([['2']]);
  });

  it('goes through views over views', async () => {
    await admin.all(
      'CREATE VIEW outer_view AS SELECT j FROM v',
      'GRANT SELECT ON outer_view TO joe',
      'REVOKE SELECT ON v FROM joe',
      'ALTER VIEW outer_view OWNER TO middle',
    );
    expect(await joe.error('SELECT * FROM outer_view')).toEqual(
      denied('VIEW "materialize.public.v"', 'middle'),
    );
    await admin.exec('GRANT SELECT ON v TO middle');
    expect(await joe.rows('SELECT * FROM outer_view ORDER BY 1')).toEqual([['2'], ['3']]);
  });

  it('is not asked of superusers, nor with checks turned off', async () => {
    expect(await system.rows('SET cluster = quickstart; SELECT count(*) FROM t')).toEqual([['2']]);
    await admin.exec('REVOKE SELECT ON v FROM joe');
    await system.exec('ALTER SYSTEM SET enable_rbac_checks = off');
    expect(await joe.rows('SELECT count(*) FROM v')).toEqual([['2']]);
  });

  it('is found out again when privileges change under a prepared statement', async () => {
    await joe.exec('PREPARE p AS SELECT count(*) FROM v');
    expect(await joe.rows('EXECUTE p')).toEqual([['2']]);
    await admin.exec('REVOKE SELECT ON v FROM joe');
    expect(await joe.error('EXECUTE p')).toEqual(denied('VIEW "materialize.public.v"'));
  });
});

describe('ownership of relations', () => {
  it('indexes follow their relation, and do not change owner alone', async () => {
    await admin.all('CREATE INDEX t_i ON t (i)', 'ALTER TABLE t OWNER TO middle');
    const owners = [...engine.snapshot().items.values()].map((item) => [item.name, item.ownerId]);
    const middle = engine.snapshot().roleByName.get('middle');
    expect(owners).toEqual(
      expect.arrayContaining([
        ['t', middle],
        ['t_i', middle],
      ]),
    );
    expect(await admin.all('ALTER INDEX t_i OWNER TO middle')).toEqual(['ALTER INDEX']);
    expect(admin.notices()).toMatchObject([
      {
        severity: 'WARNING',
        code: '01000',
        message: 'cannot change owner of "t_i"',
        hint: "Change the ownership of the index's relation, instead.",
      },
    ]);
  });

  it('tells views and materialized views apart', async () => {
    await admin.all('CREATE VIEW v AS SELECT 1', 'CREATE MATERIALIZED VIEW mv AS SELECT 1 AS x');
    expect(await admin.error('ALTER VIEW mv OWNER TO middle')).toMatchObject({
      message: 'materialize.public.mv is not a view',
    });
    expect(await admin.error('ALTER MATERIALIZED VIEW v OWNER TO middle')).toMatchObject({
      message: 'materialize.public.v is not a materialized view',
    });
  });
});

describe('secrets', () => {
  it('are commented, granted and listed, never shown', async () => {
    await admin.all(
      "CREATE SECRET s AS 'hunter2'",
      "COMMENT ON SECRET s IS 'for the broker'",
      'GRANT USAGE ON SECRET s TO joe',
    );
    expect(await joe.rows('SHOW SECRETS')).toEqual([['s', 'for the broker']]);
    expect(await joe.rows('SHOW PRIVILEGES ON SECRETS FOR joe')).toEqual([
      ['materialize', 'joe', 'materialize', 'public', 's', 'secret', 'USAGE'],
    ]);
    expect(await admin.error('GRANT SELECT ON SECRET s TO joe')).toMatchObject({
      message: 'invalid privilege types SELECT for SECRET "materialize.public.s"',
    });
    expect(await admin.error('SHOW CREATE SECRET s')).toMatchObject({ code: '42601' });
    expect(await joe.error("ALTER SECRET s AS 'x'")).toMatchObject({
      code: '42501',
      message: 'must be owner of SECRET materialize.public.s',
    });
    expect(await admin.error('SHOW COLUMNS FROM s')).toMatchObject({
      message: 'materialize.public.s is a secret and so does not have columns',
    });
  });
});

describe('in transactions', () => {
  it('runs alone in a block, at COMMIT', async () => {
    expect(await admin.all('BEGIN', 'GRANT SELECT ON t TO joe')).toEqual(['BEGIN', 'GRANT']);
    expect(await joe.error('SELECT * FROM t')).toMatchObject({ code: '42501' });
    await admin.exec('COMMIT');
    expect(await joe.rows('SELECT count(*) FROM t')).toEqual([['2']]);
  });

  it('fails at COMMIT when it cannot be done', async () => {
    await admin.all('BEGIN', 'GRANT SELECT ON nope TO joe');
    expect(await admin.error('COMMIT')).toMatchObject({ message: "unknown catalog item 'nope'" });
    expect(admin.session.transactionStatus).toBe('I');
  });

  it('is refused in a string of several statements', async () => {
    expect(await admin.error('GRANT SELECT ON t TO joe; SELECT 1')).toEqual({
      code: '25001',
      message: 'GRANT SELECT ON TABLE t TO joe cannot be run inside a transaction block',
    });
  });
});
