/** Query builders of Node on node-postgres: Knex, Kysely and Drizzle, with their introspection. */
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { date, integer, numeric, pgTable, text } from 'drizzle-orm/pg-core';
import knex, { type Knex } from 'knex';
import { Kysely, PostgresDialect, sql as kyselySql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canServe, keepFigures, startLiveServer, versionOf, type LiveServer } from './support/live-server.ts';
import { FAILS, type Recorder } from './support/recorder.ts';

const connection = (recorder: Recorder) => ({
  host: '127.0.0.1',
  port: recorder.port,
  user: 'materialize',
  database: 'materialize',
});

describe.skipIf(!canServe)('query builders of Node', () => {
  let live: LiveServer;
  beforeAll(async () => {
    live = await startLiveServer();
  });
  afterAll(() => live.stop());

  describe('Knex', () => {
    let recorder: Recorder;
    let db: Knex;
    beforeAll(async () => {
      recorder = await live.record();
      db = knex({ client: 'pg', connection: connection(recorder), pool: { min: 0, max: 2 } });
    });
    afterAll(async () => {
      await db.destroy();
      const checks = ['connect', 'columnInfo', 'hasTable', 'insert and select', 'transactions', 'errors'];
      keepFigures('Knex', versionOf('knex'), checks, recorder);
    });

    it('describes a table', async () => {
      expect(await db.schema.hasTable('people')).toBe(true);
      expect(await db.schema.hasTable('nobody')).toBe(false);
      expect(await db.schema.hasColumn('people', 'born')).toBe(true);
      expect(await db('people').columnInfo()).toMatchObject({
        id: { type: 'integer', nullable: false, defaultValue: null },
        name: { type: 'text', nullable: true },
        tags: { type: 'ARRAY', nullable: true },
      });
    });

    it('writes and reads in a transaction', async () => {
      await db.transaction(async (trx) => {
        await trx('shop.items').insert([
          { sku: 'k1', price: 1 },
          { sku: 'k2', price: 2 },
        ]);
      });
      expect(await db('shop.items').whereIn('sku', ['k1', 'k2']).orderBy('sku').pluck('price')).toEqual([
        1, 2,
      ]);
      await db('shop.items').where({ sku: 'k1' }).update({ price: 3 });
      const sums = await db('shop.items').sum('price').where('sku', 'like', 'k%').first<{ sum: number }>();
      expect(sums).toEqual({ sum: 5 });
      expect(await db('shop.items').where('sku', 'like', 'k%').del()).toBe(2);
    });

    it('joins, groups and orders', async () => {
      const rows = await db('people as p')
        .leftJoin('adults as a', 'a.id', 'p.id')
        .select('p.id', 'a.name')
        .groupBy('p.id', 'a.name')
        .havingRaw('count(*) > ?', [0])
        .orderBy('p.id')
        .limit(5);
      expect(rows).toEqual([
        { id: 1, name: 'Ann' },
        { id: 2, name: null },
      ]);
    });

    it('reports errors', async () => {
      await expect(db.raw(`SELECT missing FROM people ${FAILS}`)).rejects.toMatchObject({
        severity: 'ERROR',
      });
    });

    it('sends nothing that the server does not take', () => {
      expect(recorder.statements.length).toBeGreaterThan(8);
      expect(recorder.failures()).toEqual([]);
    });
  });

  describe('Kysely', () => {
    interface Tables {
      people: { id: number; name: string | null; score: string | null };
      'shop.items': { sku: string; price: number | null };
    }
    let recorder: Recorder;
    let db: Kysely<Tables>;
    beforeAll(async () => {
      recorder = await live.record();
      db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new pg.Pool(connection(recorder)) }) });
    });
    afterAll(async () => {
      await db.destroy();
      const checks = ['connect', 'introspection', 'insert and select', 'transactions', 'errors'];
      keepFigures('Kysely', versionOf('kysely'), checks, recorder);
    });

    it('introspects schemas, tables and columns', async () => {
      const schemas = await db.introspection.getSchemas();
      expect(schemas.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['public', 'shop', 'pg_catalog']),
      );
      const tables = await db.introspection.getTables();
      const people = tables.find(({ name, schema }) => name === 'people' && schema === 'public');
      expect(people).toMatchObject({ isView: false });
      expect(people?.columns.map(({ name, dataType, isNullable }) => [name, dataType, isNullable])).toEqual([
        ['id', 'int4', false],
        ['name', 'text', true],
        ['born', 'date', true],
        ['score', 'numeric', true],
        ['tags', '_text', true],
        ['seen', 'timestamptz', true],
      ]);
      expect(tables.find(({ name }) => name === 'adults')).toMatchObject({ isView: true });
    });

    it('writes and reads', async () => {
      await db.transaction().execute((trx) =>
        trx
          .insertInto('shop.items')
          .values([{ sku: 'y1', price: 9 }])
          .execute(),
      );
      const found = await db.selectFrom('shop.items').selectAll().where('sku', '=', 'y1').executeTakeFirst();
      expect(found).toEqual({ sku: 'y1', price: 9 });
      const deleted = await db.deleteFrom('shop.items').where('sku', '=', 'y1').executeTakeFirst();
      expect(deleted.numDeletedRows).toBe(1n);
    });

    it('reports errors', async () => {
      const bad = kyselySql`SELECT missing FROM people ${kyselySql.raw(FAILS)}`;
      await expect(bad.execute(db)).rejects.toMatchObject({ severity: 'ERROR' });
    });

    it('sends nothing that the server does not take', () => {
      expect(recorder.statements.length).toBeGreaterThan(5);
      expect(recorder.failures()).toEqual([]);
    });
  });

  describe('Drizzle', () => {
    const people = pgTable('people', {
      id: integer('id').notNull(),
      name: text('name'),
      born: date('born'),
      score: numeric('score', { precision: 10, scale: 2 }),
      tags: text('tags').array(),
    });
    let recorder: Recorder;
    let pool: pg.Pool;
    beforeAll(async () => {
      recorder = await live.record();
      pool = new pg.Pool(connection(recorder));
    });
    afterAll(async () => {
      await pool.end();
      const checks = ['connect', 'select', 'insert, update and delete', 'catalog queries'];
      keepFigures('Drizzle', versionOf('drizzle-orm'), checks, recorder);
    });

    it('reads typed rows', async () => {
      const db = drizzle(pool);
      expect(await db.select().from(people).where(eq(people.id, 1))).toEqual([
        { id: 1, name: 'Ann', born: '1990-02-03', score: '12.50', tags: ['a', 'b'] },
      ]);
    });

    it('writes in a transaction', async () => {
      const db = drizzle(pool);
      await db.transaction(async (tx) => {
        await tx.insert(people).values({ id: 77, name: 'Dri', tags: ['x'] });
      });
      await db.update(people).set({ score: '3.10' }).where(eq(people.id, 77));
      expect(await db.select({ score: people.score }).from(people).where(eq(people.id, 77))).toEqual([
        { score: '3.10' },
      ]);
      await db.delete(people).where(eq(people.id, 77));
      expect(await db.$count(people, eq(people.id, 77))).toBe(0);
    });

    it('answers catalog queries of the kind that schema tools send', async () => {
      const db = drizzle(pool);
      const tables = await db.execute(sql`
        SELECT n.nspname AS table_schema, c.relname AS table_name,
          CASE WHEN c.relkind = 'r' THEN 'table' WHEN c.relkind = 'v' THEN 'view' WHEN c.relkind = 'm' THEN 'materialized_view' END AS type,
          c.relrowsecurity AS rls_enabled
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname IN ('public') ORDER BY 2`);
      expect(tables.rows.map((row) => [row['table_name'], row['type']])).toEqual([
        ['adults', 'view'],
        ['names', 'materialized_view'],
        ['people', 'table'],
      ]);
      const columns = await db.execute(sql`
        SELECT a.attrelid::regclass::text AS table_name, a.attname AS column_name, a.attnotnull, a.attndims AS array_dimensions,
          format_type(a.atttypid, a.atttypmod) AS data_type, a.attgenerated = 's' AS generated, pg_get_expr(d.adbin, d.adrelid) AS dflt
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = 'public.people'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`);
      expect(columns.rows.map((row) => row['data_type'])).toEqual([
        'integer',
        'text',
        'date',
        'numeric(10,2)',
        'text[]',
        'timestamp with time zone',
      ]);
      const enums = await db.execute(sql`
        SELECT n.nspname, t.typname, e.enumlabel FROM pg_type t JOIN pg_enum e ON t.oid = e.enumtypid
        JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace ORDER BY e.enumsortorder`);
      expect(enums.rows).toEqual([]);
      const usage = await db.execute(sql`
        SELECT tc.constraint_name, kcu.column_name, ccu.table_name AS foreign_table FROM information_schema.table_constraints tc
        JOIN information_schema.key_column_usage kcu ON tc.constraint_name = kcu.constraint_name
        JOIN information_schema.constraint_column_usage ccu ON ccu.constraint_name = tc.constraint_name
        WHERE tc.constraint_type = 'FOREIGN KEY'`);
      expect(usage.rows).toEqual([]);
    });

    it('sends nothing that the server does not take', () => {
      expect(recorder.statements.length).toBeGreaterThan(8);
      expect(recorder.failures()).toEqual([]);
    });
  });
});
