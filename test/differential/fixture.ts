/** Tables that both sides of the differential test have. */
import { applyChanges, emptySnapshot } from '../../src/catalog/apply.ts';
import { bootstrapChanges } from '../../src/catalog/bootstrap.ts';
import { put, type Change } from '../../src/catalog/changes.ts';
import type { TableItem } from '../../src/catalog/records.ts';
import type { Snapshot } from '../../src/catalog/snapshot.ts';
import { parseTypeName } from '../../src/types/type-names.ts';

interface FixtureTable {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** Values in text form, blanks apart; `-` is NULL and `_` stands for a blank. */
  readonly rows: readonly string[];
}

const TABLES: readonly FixtureTable[] = [
  {
    name: 'emp',
    columns: [
      ['id', 'int4'],
      ['name', 'text'],
      ['dept', 'int4'],
      ['salary', 'numeric(10,2)'],
      ['boss', 'int4'],
      ['hired', 'date'],
    ],
    rows: [
      '1 ada 10 5000.00 - 2001-01-15',
      '2 bob 10 4000.50 1 2003-06-30',
      '3 cyd 20 4000.50 1 2003-06-30',
      '4 dee 20 - 3 2010-12-01',
      '5 eve - 3000.00 3 -',
      '6 fay 30 7500.25 - 1999-02-28',
    ],
  },
  {
    name: 'dept',
    columns: [
      ['id', 'int4'],
      ['title', 'varchar(20)'],
      ['tags', 'text[]'],
    ],
    rows: ['10 research {a,b}', '20 sales {b,NULL,"c_d"}', '40 empty {}', '50 nulls -'],
  },
  {
    name: 'nums',
    columns: [
      ['i2', 'int2'],
      ['i4', 'int4'],
      ['i8', 'int8'],
      ['f4', 'float4'],
      ['f8', 'float8'],
      ['n', 'numeric'],
    ],
    rows: [
      '1 2 3 1.5 2.5 1.10',
      '-1 -2 -3 -1.5 -2.5 -1.1',
      '32767 2147483647 9223372036854775807 1e10 1e300 12345678901234567890.123',
      '0 0 0 NaN Infinity NaN',
      '- - - - - -',
    ],
  },
  {
    name: 'stamps',
    columns: [
      ['ts', 'timestamp'],
      ['tz', 'timestamptz'],
      ['iv', 'interval'],
      ['t', 'time'],
    ],
    rows: [
      '2024-02-29_12:30:00 2024-02-29_12:30:00+00 1_mon_2_days_03:04:05 00:00:01',
      '1999-12-31_23:59:59.999999 1999-12-31_23:59:59+00 -1_days 23:59:59.5',
      'infinity -infinity 00:00:00 12:00:00',
      '- - - -',
    ],
  },
  { name: 'nothing', columns: [['a', 'int4']], rows: [] },
];

function cells(row: string): (string | null)[] {
  return row.split(' ').map((cell) => (cell === '-' ? null : cell.replaceAll('_', ' ')));
}

/** The tables as PostgreSQL makes them. */
export function fixtureSql(): string {
  const literal = (value: string | null): string => (value === null ? 'NULL' : `'${value}'`);
  return TABLES.map(({ name, columns, rows }) => {
    const create = `create table ${name} (${columns.map((column) => column.join(' ')).join(', ')});`;
    if (rows.length === 0) return create;
    const values = rows.map((row) => `(${cells(row).map(literal).join(', ')})`);
    return `${create} insert into ${name} values ${values.join(', ')};`;
  }).join('\n');
}

function tableChanges(table: FixtureTable, position: number): Change[] {
  const id = `u${position + 1}`;
  const item: TableItem = {
    kind: 'table',
    id,
    oid: 30_000 + position,
    schemaId: 'u3',
    name: table.name,
    ownerId: 'u1',
    privileges: [],
    dependsOn: [],
    createdAt: 0,
    columns: table.columns.map(([name, written]) => {
      const type = parseTypeName(written);
      if (type === undefined) throw new Error(`no type ${written}`);
      return { name, typeOid: type.type.oid, typmod: type.typmod, nullable: true };
    }),
  };
  const rows = table.rows.map((row, i) => put('tableRow', { tableId: id, rowId: i + 1, values: cells(row) }));
  return [put('item', item), ...rows];
}

/** A fresh catalog with the tables in `materialize.public`. */
export function fixtureSnapshot(): Snapshot {
  const fresh = applyChanges(emptySnapshot(), bootstrapChanges(Date.UTC(2026, 0, 1)));
  return applyChanges(fresh, TABLES.flatMap(tableChanges));
}
