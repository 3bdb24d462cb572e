/** ALTER SOURCE, ALTER SINK and the forms of ALTER that are behind flags. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SinkItem, SourceItem } from '../src/catalog/records.ts';
import type { UpstreamTable } from '../src/connections/resolved.ts';
import { simulatedUpstreams } from '../src/connections/simulated.ts';
import { startEngine, type TestEngine, type TestSession } from './support/engine.ts';

let engine: TestEngine;
let system: TestSession;
let admin: TestSession;

beforeEach(async () => {
  engine = await startEngine();
  system = await engine.session('mz_system');
  admin = await engine.session('materialize');
  await admin.all(
    "CREATE CONNECTION pg TO POSTGRES (HOST 'db', DATABASE 'd', USER 'u') WITH (VALIDATE = false)",
    "CREATE CONNECTION kafka TO KAFKA (BROKER 'b:9092', SECURITY PROTOCOL PLAINTEXT) WITH (VALIDATE = false)",
    'CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION p) FOR TABLES (public.a)',
    'CREATE SOURCE counted FROM LOAD GENERATOR COUNTER',
    'CREATE SOURCE other FROM LOAD GENERATOR COUNTER',
    "CREATE SINK k FROM counted INTO KAFKA CONNECTION kafka (TOPIC 't') FORMAT JSON ENVELOPE DEBEZIUM",
  );
  admin.notices();
});
afterEach(() => engine.close());

function item<T>(name: string): T {
  return [...engine.snapshot().items.values()].find((each) => each.name === name) as T;
}

function lastEvent(): unknown {
  const { eventType, objectType, details } = engine.snapshot().auditEvents.last()!;
  return { eventType, objectType, details };
}

describe('ALTER SOURCE', () => {
  it('adds subsources', async () => {
    expect(await admin.all('ALTER SOURCE s ADD SUBSOURCE public.b AS renamed, public.c')).toEqual([
      'ALTER SOURCE',
    ]);
    const source = item<SourceItem>('s');
    const detail = source.detail as Extract<SourceItem['detail'], { type: 'postgres' }>;
    expect(detail.tables.map((t) => t.table)).toEqual(['a', 'b', 'c']);
    const added = item<SourceItem>('renamed');
    expect(added.detail).toMatchObject({ type: 'subsource', sourceId: source.id });
    expect(detail.tables[1]!.subsourceId).toBe(added.id);
    expect(lastEvent()).toEqual({
      eventType: 'alter',
      objectType: 'source',
      details: { database: 'materialize', id: source.id, item: 's', schema: 'public' },
    });
  });

  it('refuses names that are taken and tables that are read already', async () => {
    expect(await admin.error('ALTER SOURCE s ADD SUBSOURCE public.a')).toMatchObject({
      code: 'XX000',
      message: "catalog item 'a' already exists",
    });
    expect(await admin.error('ALTER SOURCE s ADD SUBSOURCE public.a AS again')).toMatchObject({
      message: 'another subsource already refers to public.a',
    });
    expect(item('again')).toBeUndefined();
  });

  it.each([
    [
      'ALTER SOURCE s DROP SUBSOURCE a',
      'XX000',
      'ALTER SOURCE...DROP SUBSOURCE no longer supported; use DROP SOURCE',
    ],
    ['ALTER SOURCE counted ADD SUBSOURCE x', 'XX000', 'source counted does not support ALTER SOURCE.'],
    ['ALTER SOURCE a ADD SUBSOURCE x', 'XX000', 'cannot ALTER this type of source'],
    ['ALTER SOURCE nope ADD SUBSOURCE x', 'XX000', "unknown catalog item 'nope'"],
    ['ALTER SOURCE k ADD SUBSOURCE x', 'XX000', 'k is a sink not a source'],
    [
      "ALTER SOURCE s SET (TIMESTAMP INTERVAL '1s', RETAIN HISTORY FOR '1h')",
      'XX000',
      'RETAIN HISTORY must be only option',
    ],
    ["ALTER SOURCE s SET (RETAIN HISTORY FOR '1h')", 'XX000', 'RETAIN HISTORY is not available'],
    ['ALTER SOURCE s SET CLUSTER quickstart', 'XX000', 'ALTER ... SET CLUSTER syntax is not available'],
    ['ALTER SOURCE s REFRESH REFERENCES', '0A000', 'ALTER SOURCE ... REFRESH REFERENCES is not supported'],
  ])('refuses %s', async (sql, code, message) => {
    expect(await admin.error(sql)).toMatchObject({ code, message });
  });

  it('sets and resets the timestamp interval', async () => {
    await admin.exec("ALTER SOURCE s SET (TIMESTAMP INTERVAL '1s')");
    expect(item<SourceItem>('s').timestampIntervalMs).toBe(1000);
    await admin.exec('ALTER SOURCE s RESET (TIMESTAMP INTERVAL)');
    expect(item<SourceItem>('s').timestampIntervalMs).toBeUndefined();
  });

  it('skips what is not there, and needs ownership', async () => {
    expect(await admin.all('ALTER SOURCE IF EXISTS nope ADD SUBSOURCE x')).toEqual(['ALTER SOURCE']);
    expect(admin.notices()).toMatchObject([
      { code: '42704', message: 'SOURCE "nope" does not exist, skipping' },
    ]);
    const joe = await engine.session('joe');
    expect(await joe.error('ALTER SOURCE s ADD SUBSOURCE x')).toEqual({
      code: '42501',
      message: 'must be owner of SOURCE materialize.public.s',
    });
  });

  it('is not for transaction blocks', async () => {
    await admin.exec('BEGIN');
    expect(await admin.error('ALTER SOURCE s ADD SUBSOURCE public.z')).toMatchObject({ code: '25001' });
    await admin.exec('ROLLBACK');
  });
});

describe('ALTER SOURCE beside a live database', () => {
  const column = (name: string, typeOid: number): UpstreamTable['columns'][number] => ({
    name,
    typeOid,
    typeName: typeOid === 23 ? 'int4' : 'text',
    typmod: -1,
    nullable: true,
  });
  const table = (name: string, change: Partial<UpstreamTable> = {}): UpstreamTable => ({
    database: 'd',
    schema: 'public',
    name,
    oid: 1,
    columns: [column('id', 23), column('note', 25)],
    replicaIdentity: 'f',
    privileges: { schemaUsage: true, select: true, rowSecurity: false },
    ...change,
  });
  let published: readonly UpstreamTable[] = [];

  beforeEach(async () => {
    await engine.close();
    published = [table('a'), table('b')];
    engine = await startEngine({
      upstreams: {
        ...simulatedUpstreams(),
        mode: 'live',
        publicationTables: () => Promise.resolve(published),
      },
    });
    admin = await engine.session('materialize');
    await admin.all(
      "CREATE CONNECTION pg TO POSTGRES (HOST 'db', DATABASE 'd', USER 'u') WITH (VALIDATE = false)",
      'CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION p, TEXT COLUMNS (public.a.note)) FOR ALL TABLES',
    );
  });

  function detail(): Extract<SourceItem['detail'], { type: 'postgres' }> {
    return item<SourceItem>('s').detail as Extract<SourceItem['detail'], { type: 'postgres' }>;
  }

  it('adds tables that were published since, with their columns', async () => {
    published = [...published, table('c', { oid: 3 })];
    await admin.exec(
      'ALTER SOURCE s ADD SUBSOURCE c WITH (TEXT COLUMNS (public.c.id), EXCLUDE COLUMNS (c.note))',
    );
    expect(item<SourceItem>('c').columns).toEqual([{ name: 'id', typeOid: 25, typmod: -1, nullable: true }]);
    expect(detail()).toMatchObject({
      textColumns: ['public.a.note', 'public.c.id'],
      excludeColumns: ['c.note'],
    });
    expect(detail().tables.map((t) => [t.table, t.oid])).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 3],
    ]);
  });

  it('refuses tables that are not published or cannot be read', async () => {
    expect(await admin.error('ALTER SOURCE s ADD SUBSOURCE zz')).toMatchObject({
      message: 'reference to zz not found in source',
    });
    published = [...published, table('c', { replicaIdentity: 'd' })];
    expect(await admin.error('ALTER SOURCE s ADD SUBSOURCE c')).toMatchObject({
      message: 'POSTGRES source validation: referenced items not tables with REPLICA IDENTITY FULL',
      detail: 'referenced items: public.c',
    });
    expect(detail().tables).toHaveLength(2);
  });

  it('forgets a table whose subsource is dropped, and takes it again', async () => {
    await admin.exec('DROP SOURCE a');
    expect(detail()).toMatchObject({ textColumns: [], tables: [{ table: 'b' }] });
    await admin.exec('ALTER SOURCE s ADD SUBSOURCE a');
    expect(detail().tables.map((t) => t.table)).toEqual(['b', 'a']);
  });
});

describe('ALTER SINK', () => {
  it('reads another relation', async () => {
    const before = item<SinkItem>('k');
    expect(await admin.all('ALTER SINK k SET FROM other')).toEqual(['ALTER SINK']);
    const after = item<SinkItem>('k');
    const other = item<SourceItem>('other');
    expect(after.fromId).toBe(other.id);
    expect(after.id).toBe(before.id);
    expect(after.dependsOn).toContain(other.id);
    expect(after.dependsOn).not.toContain(item<SourceItem>('counted').id);
    expect(lastEvent()).toEqual({
      eventType: 'alter',
      objectType: 'sink',
      details: { database: 'materialize', id: after.id, item: 'k', schema: 'public' },
    });
    expect(await admin.all('DROP SOURCE counted')).toEqual(['DROP SOURCE']);
  });

  it.each([
    ['ALTER SINK k SET (SNAPSHOT = false)', 'ALTER SINK SET options not yet supported'],
    ['ALTER SINK k RESET (SNAPSHOT)', 'ALTER SINK RESET option not yet supported'],
    ['ALTER SINK k SET FROM k', 'sink k cannot be exported as a sink'],
    [
      'ALTER SINK k SET FROM mz_catalog.mz_tables',
      'creating a sink directly on a catalog object not yet supported',
    ],
    ['ALTER SINK nope SET FROM other', "unknown catalog item 'nope'"],
    ['ALTER SINK k SET CLUSTER quickstart', 'ALTER ... SET CLUSTER syntax is not available'],
  ])('refuses %s', async (sql, message) => {
    expect(await admin.error(sql)).toMatchObject({ code: 'XX000', message });
  });

  it('needs ownership, the new relation and the cluster', async () => {
    const joe = await engine.session('joe');
    await admin.all('GRANT USAGE ON CONNECTION kafka TO joe');
    expect(await joe.error('ALTER SINK k SET FROM other')).toEqual({
      code: '42501',
      message: 'must be owner of SINK materialize.public.k',
    });
    await system.exec('ALTER SINK k OWNER TO joe');
    expect(await joe.error('ALTER SINK k SET FROM other')).toMatchObject({
      code: '42501',
      message: 'permission denied for SOURCE "materialize.public.other"',
      detail: `The 'joe' role needs SELECT privileges on SOURCE "materialize.public.other"`,
    });
    await admin.exec('GRANT SELECT ON other TO joe');
    expect(await joe.error('ALTER SINK k SET FROM other')).toMatchObject({
      code: '42501',
      message: 'permission denied for CLUSTER "quickstart"',
    });
    await system.exec('GRANT CREATE ON CLUSTER quickstart TO joe');
    expect(await joe.all('ALTER SINK k SET FROM other')).toEqual(['ALTER SINK']);
  });
});

describe('behind flags', () => {
  it('says the flag first, then what is not done', async () => {
    expect(await admin.error('ALTER TABLE t ADD COLUMN c int')).toMatchObject({
      message: 'Enable ALTER TABLE ... ADD COLUMN ... is not available',
      detail: 'The requested feature (enable_alter_table_add_column) is in private preview.',
    });
    await system.exec('ALTER SYSTEM SET enable_alter_set_cluster = on');
    expect(await admin.error('ALTER SOURCE s SET CLUSTER quickstart')).toMatchObject({
      code: 'XX000',
      message:
        'ALTER SOURCE SET CLUSTER not yet supported, see https://github.com/MaterializeInc/materialize/discussions/29606 for more details',
    });
    expect(await admin.error('ALTER SINK k SET CLUSTER quickstart')).toMatchObject({
      message:
        'ALTER SINK SET CLUSTER not yet supported, see https://github.com/MaterializeInc/materialize/discussions/29606 for more details',
    });
  });

  it('raises notices when asked to', async () => {
    expect(await admin.error('RAISE NOTICE')).toMatchObject({ message: 'RAISE statement is not available' });
    await system.exec('ALTER SYSTEM SET enable_raise_statement = on');
    admin.notices();
    expect(await admin.all('RAISE WARNING', 'RAISE INFO', 'RAISE DEBUG')).toEqual([
      'RAISE',
      'RAISE',
      'RAISE',
    ]);
    expect(admin.notices().map((n) => [n.severity, n.message])).toEqual([
      ['WARNING', 'raised a test warning'],
      ['INFO', 'raised a test info'],
    ]);
  });

  it('refuses by name what is no part of the server', async () => {
    expect(await admin.error('CREATE SUBSOURCE x (a int) WITH (PROGRESS = true)')).toMatchObject({
      code: '0A000',
      message: 'CREATE SUBSOURCE statements are not supported',
    });
    expect(await admin.error('SUBSCRIBE s')).toMatchObject({
      code: '0A000',
      message: 'SUBSCRIBE is not supported',
    });
  });
});
