import { beforeAll, describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from '../../catalog/apply.ts';
import { bootstrapChanges } from '../../catalog/bootstrap.ts';
import { put } from '../../catalog/changes.ts';
import type { TableItem } from '../../catalog/records.ts';
import { testSession } from '../../functions/test-support.ts';
import { loadParser, parseStatement } from '../../sql/parser.ts';
import type { Datum } from '../../types/datum.ts';
import { bindDelete, bindInsert, bindUpdate } from '../bind-write.ts';
import { Interrupt } from '../interrupt.ts';
import type { SessionContext } from '../session-context.ts';
import { openWrite, type WriteResult } from './open-write.ts';

beforeAll(loadParser);

const TABLE: TableItem = {
  kind: 'table',
  id: 'u1',
  oid: 30_000,
  schemaId: 'u3',
  name: 't',
  ownerId: 's1',
  privileges: [],
  dependsOn: [],
  createdAt: 0,
  columns: [
    { name: 'id', typeOid: 23, typmod: -1, nullable: false },
    { name: 'v', typeOid: 25, typmod: -1, nullable: true, defaultSql: `'none'` },
  ],
};

function session(): SessionContext {
  const rows = ['a', 'b', null].map((v, i) =>
    put('tableRow', { tableId: 'u1', rowId: i + 11, values: [String(i + 1), v] }),
  );
  const fresh = applyChanges(emptySnapshot(), bootstrapChanges(0));
  const snapshot = applyChanges(fresh, [put('item', TABLE), ...rows]);
  return { ...testSession({ timezone: 'UTC' }, snapshot), effectiveSchemas: ['s1', 's2', 'u3'] };
}

function write(sql: string, parameters: readonly Datum[] = []): WriteResult {
  const node = parseStatement(sql);
  const within = session();
  const options = { parameterTypes: [] };
  const bound =
    node.kind === 'insert'
      ? bindInsert(node, within, options)
      : node.kind === 'update'
        ? bindUpdate(node, within, options)
        : node.kind === 'delete'
          ? bindDelete(node, within, options)
          : null;
  if (bound === null) throw new Error(`${node.kind} does not write`);
  const run = openWrite(bound, {
    session: within,
    parameters,
    interrupt: new Interrupt(),
    memoryLimit: 1 << 24,
  });
  while (run.step() === 'yield');
  return run.result;
}

describe('INSERT', () => {
  it('gives whole rows, with defaults and coerced values', () => {
    expect(write(`insert into t (id) values (7), ($1)`, [8]).inserts).toEqual([
      [7, 'none'],
      [8, 'none'],
    ]);
    expect(write(`insert into t select id * 10, v from t where id < 3`).inserts).toEqual([
      [10, 'a'],
      [20, 'b'],
    ]);
  });
  it('refuses NULL in a NOT NULL column', () => {
    expect(() => write(`insert into t (v) values ('x')`)).toThrow(
      expect.objectContaining({
        code: '23502',
        message: 'null value in column "id" violates not-null constraint',
      }),
    );
  });
  it('answers RETURNING with the new rows', () => {
    expect(write(`insert into t values (7, 'x') returning id + 1, upper(v)`).returned).toEqual([[8, 'X']]);
  });
});

describe('UPDATE', () => {
  it('gives the row ids and whole new rows', () => {
    const { updates } = write(`update t set v = v || '!' where v is not null`);
    expect(updates).toEqual([
      { rowId: 11, row: [1, 'a!'] },
      { rowId: 12, row: [2, 'b!'] },
    ]);
  });
  it('refuses NULL in a NOT NULL column', () => {
    expect(() => write(`update t set id = null where id = 1`)).toThrow(
      'null value in column "id" violates not-null constraint',
    );
  });
});

describe('DELETE', () => {
  it('gives the row ids, each once', () => {
    expect(write(`delete from t where id in (1, 3)`).deletes).toEqual([11, 13]);
    expect(write(`delete from t using (values (1), (1)) d(x) where t.id = d.x`).deletes).toEqual([11]);
  });
});
