import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLOAT8, INT4, TEXT } from '../../types/registry.ts';
import type { Row } from '../../types/datum.ts';
import type { Relation } from '../plan/nodes.ts';
import type { SessionContext } from '../session-context.ts';
import { sessionFor, snapshotWith, table, tableRow } from '../testing/session.ts';
import { tableIndex, tableRows } from './table-rows.ts';

const RELATION: Relation = {
  id: 'u1',
  oid: 20101,
  schema: 'public',
  name: 't',
  columns: [INT4, TEXT, FLOAT8].map((type, i) => ({ name: `c${i}`, type, typmod: -1, nullable: true })),
  from: { kind: 'table' },
};

const values = fc.tuple(
  fc.constantFrom('1', '2', '3', null),
  fc.constantFrom('a', 'b', null),
  fc.constantFrom('0', '-0', 'NaN', '1.5', null),
);
const stored = fc.array(values, { maxLength: 30 });
/** What a transaction did to some rows: took away, or wrote anew. */
const written = fc.dictionary(
  fc.integer({ min: 1, max: 40 }).map(String),
  fc.constantFrom<Row | null>(null, [1, 'a', 0], [2, null, 1.5]),
  { maxKeys: 8 },
);
const KEYS: Row = [1, 'a', 0];

describe('lookups in a table', () => {
  it('find the rows that a scan finds, before and after there is an index', () => {
    fc.assert(
      fc.property(stored, written, (rows, pending) => {
        const items = [table(1, 't', ['c0 int4', 'c1 text', 'c2 float8'])];
        const changes = rows.map((row, i) => tableRow('u1', i + 1, row));
        const session: SessionContext = {
          ...sessionFor(snapshotWith(items, changes)),
          pendingRows: () => new Map(Object.entries(pending).map(([id, row]) => [Number(id), row])),
        };
        for (const [column, key] of KEYS.entries()) {
          const having = (found: Iterable<Row>): readonly Row[] =>
            [...found].filter((row) => row[column] === key);
          const expected = having(tableRows(RELATION, session));
          const index = tableIndex(RELATION, column);
          for (let i = 0; i < 4; i++) expect(having(index.find(session, [key]))).toEqual(expected);
          const unwritten = { ...session, pendingRows: () => undefined };
          expect([...index.find(unwritten, [key])]).toEqual(having(tableRows(RELATION, unwritten)));
        }
      }),
      { numRuns: 50 },
    );
  });
});
