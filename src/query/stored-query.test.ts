import { beforeAll, describe, expect, it } from 'vitest';
import { applyChanges } from '../catalog/apply.ts';
import { put } from '../catalog/changes.ts';
import type { Item } from '../catalog/records.ts';
import { loadParser, parseQuery } from '../sql/parser.ts';
import { currentText, storedQuery } from './stored-query.ts';
import { bind, run, sessionFor, snapshotWith, table, tableRow, view } from './testing/session.ts';

beforeAll(loadParser);

const ITEMS: readonly Item[] = [
  table(1, 't', ['a integer not null', 'b text']),
  table(2, 'odd Name', ['x integer']),
];
const ROWS = [tableRow('u1', 1, ['1', 'one']), tableRow('u2', 1, ['1'])];
const start = () => snapshotWith(ITEMS, ROWS);

function stored(sql: string) {
  return storedQuery(parseQuery(sql), bind(sessionFor(start()), sql));
}

describe('views of views', () => {
  it('may double at every step only so often', () => {
    const views = Array.from({ length: 40 }, (_, i) => {
      const below = i === 0 ? 'u1' : `u${99 + i}`;
      const text = 'select a from x as l cross join x as r';
      const sql = text.replace('select a', 'select l.a');
      const first = sql.indexOf('x as l');
      const second = sql.indexOf('x as r');
      const references = [first, second].map((start) => ({ start, end: start + 1, id: below }));
      return view(100 + i, `v${i}`, ['a integer'], { sql, references });
    });
    const session = sessionFor(snapshotWith([...ITEMS, ...views]));
    expect(bind(session, 'select * from v3').relations.length).toBeGreaterThan(1);
    expect(() => bind(session, 'select * from v39')).toThrow('statement too complex');
  });
});

describe('stored queries', () => {
  it.each([
    ['select a from t', 'select a from materialize.public.t AS t'],
    [
      'select t.a from public.t where t.b = $$t$$',
      'select t.a from materialize.public.t AS t where t.b = $$t$$',
    ],
    ['select public.t.a, public.t.* from public.t', 'select t.a, t.* from materialize.public.t AS t'],
    ['select x.a from t as x', 'select x.a from materialize.public.t as x'],
    [
      'select 1 from "odd Name" /* t */ join t on true',
      'select 1 from materialize.public."odd Name" AS "odd Name" /* t */ join materialize.public.t AS t on true',
    ],
    ['with t as (select 1) select * from t', 'with t as (select 1) select * from t'],
    [
      'select (select count(*) from t) from pg_class',
      'select (select count(*) from materialize.public.t AS t) from pg_catalog.pg_class AS pg_class',
    ],
    ["select 'ü😀', a from t", "select 'ü😀', a from materialize.public.t AS t"],
  ])('print %s with full names', (sql, text) => {
    expect(currentText(stored(sql), start())).toBe(text);
  });

  it('follow renames and mean the same', () => {
    const query = stored('select t.a, public.t.b from t');
    const renamed = { ...ITEMS[0]!, name: 'moved' };
    const later = applyChanges(start(), [
      put('item', renamed),
      put('item', view(3, 'v', ['a integer', 'b text'], query)),
    ]);
    expect(currentText(query, later)).toBe('select t.a, t.b from materialize.public.moved AS t');
    const session = sessionFor(later);
    expect(run(session, 'select b, a from v').rows).toEqual([['one', '1']]);
    expect(bind(session, 'select * from v').relations).toEqual([
      { id: 'u3', kind: 'item', viaViews: [] },
      { id: 'u1', kind: 'item', viaViews: ['u3'] },
    ]);
  });
});
