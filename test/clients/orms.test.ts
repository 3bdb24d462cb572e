/** Object mappers of Node: TypeORM and Sequelize, with the introspection that their schema tools run. */
import 'reflect-metadata';
import { DataTypes, QueryTypes, Sequelize } from 'sequelize';
import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canServe, keepFigures, startLiveServer, versionOf, type LiveServer } from './support/live-server.ts';
import type { Recorder } from './support/recorder.ts';

interface Item {
  sku: string;
  price: number | null;
}

const items = new EntitySchema<Item>({
  name: 'Item',
  tableName: 'items',
  schema: 'shop',
  columns: {
    sku: { type: 'text', primary: true },
    price: { type: 'double precision', nullable: true },
  },
});

describe.skipIf(!canServe)('object mappers of Node', () => {
  let live: LiveServer;
  beforeAll(async () => {
    live = await startLiveServer();
  });
  afterAll(() => live.stop());

  describe('TypeORM', () => {
    let recorder: Recorder;
    let source: DataSource;
    beforeAll(async () => {
      recorder = await live.record();
      source = new DataSource({
        type: 'postgres',
        host: '127.0.0.1',
        port: recorder.port,
        username: 'materialize',
        database: 'materialize',
        entities: [items],
        installExtensions: false,
      });
      await source.initialize();
    });
    afterAll(async () => {
      await source.destroy();
      const checks = ['connect', 'query runner introspection', 'repository', 'transactions'];
      keepFigures('TypeORM', versionOf('typeorm'), checks, recorder);
    });

    it('loads tables as its schema tools do', async () => {
      const runner = source.createQueryRunner();
      const table = await runner.getTable('public.people');
      expect(
        table?.columns.map(({ name, type, isNullable, isArray }) => [name, type, isNullable, isArray]),
      ).toEqual([
        ['id', 'integer', false, false],
        ['name', 'text', true, false],
        ['born', 'date', true, false],
        ['score', 'numeric', true, false],
        ['tags', 'text', true, true],
        ['seen', 'timestamp with time zone', true, false],
      ]);
      expect(await runner.hasTable('shop.items')).toBe(true);
      expect(await runner.hasColumn('people', 'born')).toBe(true);
      expect(await runner.hasSchema('shop')).toBe(true);
      expect(await runner.getCurrentSchema()).toBe('public');
      expect(await runner.getSchemas()).toEqual([]);
      await runner.release();
    });

    it('saves and finds entities', async () => {
      const repository = source.getRepository(items);
      await source.transaction((manager) => manager.insert(items, { sku: 't1', price: 4.5 }));
      expect(await repository.findOneBy({ sku: 't1' })).toEqual({ sku: 't1', price: 4.5 });
      await repository.update({ sku: 't1' }, { price: 5.5 });
      expect(await repository.find({ where: { sku: 't1' }, order: { sku: 'ASC' }, take: 1 })).toEqual([
        { sku: 't1', price: 5.5 },
      ]);
      expect(await repository.countBy({ sku: 't1' })).toBe(1);
      await repository.delete({ sku: 't1' });
      expect(await repository.existsBy({ sku: 't1' })).toBe(false);
    });

    it('sends nothing that the server does not take', () => {
      expect(recorder.statements.length).toBeGreaterThan(8);
      expect(recorder.failures()).toEqual([]);
    });
  });

  describe('Sequelize', () => {
    let recorder: Recorder;
    let db: Sequelize;
    beforeAll(async () => {
      recorder = await live.record();
      db = new Sequelize('materialize', 'materialize', '', {
        host: '127.0.0.1',
        port: recorder.port,
        dialect: 'postgres',
        logging: false,
      });
      await db.authenticate();
    });
    afterAll(async () => {
      await db.close();
      const checks = ['connect', 'showAllTables', 'describeTable', 'models', 'transactions'];
      keepFigures('Sequelize', versionOf('sequelize'), checks, recorder);
    });

    it('shows tables, schemas and columns', async () => {
      const query = db.getQueryInterface();
      expect(await query.showAllTables()).toEqual(expect.arrayContaining(['people']));
      expect(await query.showAllSchemas()).toEqual(expect.arrayContaining(['shop']));
      expect(await query.describeTable('people')).toMatchObject({
        id: { type: 'INTEGER', allowNull: false, primaryKey: false },
        name: { type: 'TEXT', allowNull: true, comment: 'Full name' },
        seen: { type: 'TIMESTAMP WITH TIME ZONE' },
      });
      expect(await query.tableExists('people')).toBe(true);
      expect(await query.showIndex('people')).toMatchObject([
        { name: 'people_id', unique: false, primary: false, fields: [{ attribute: 'id' }] },
      ]);
      expect(await query.getForeignKeyReferencesForTable('people')).toEqual([]);
      expect(await db.databaseVersion()).toBe('9.5.0');
    });

    it('writes and reads models', async () => {
      const Item = db.define(
        'item',
        { sku: { type: DataTypes.TEXT, primaryKey: true }, price: DataTypes.DOUBLE },
        { tableName: 'items', schema: 'shop', timestamps: false },
      );
      await db.transaction((transaction) =>
        Item.bulkCreate([{ sku: 's1', price: 1.25 }], { transaction, returning: false }),
      );
      expect((await Item.findByPk('s1'))?.get({ plain: true })).toEqual({ sku: 's1', price: 1.25 });
      expect(await Item.count({ where: { sku: 's1' } })).toBe(1);
      expect(await Item.destroy({ where: { sku: 's1' } })).toBe(1);
      const rows = await db.query('SELECT id FROM people WHERE id = $1', {
        bind: [1],
        type: QueryTypes.SELECT,
      });
      expect(rows).toEqual([{ id: 1 }]);
    });

    it('sends nothing that the server does not take', () => {
      expect(recorder.statements.length).toBeGreaterThan(8);
      expect(recorder.failures()).toEqual([]);
    });
  });
});
