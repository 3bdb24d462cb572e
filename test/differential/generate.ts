/** Random queries over the fixture's tables: joins, conditions, grouping, subqueries, set operations. */
import fc from 'fast-check';

/** Columns by kind; only what compares the same everywhere. */
const TABLES = {
  emp: { ints: ['id', 'dept', 'boss'], texts: ['name'], numerics: ['salary'] },
  dept: { ints: ['id'], texts: ['title'], numerics: [] },
  nums: { ints: ['i2', 'i4', 'i8'], texts: [], numerics: ['n'] },
} as const;

type TableName = keyof typeof TABLES;

/** A relation of FROM: its alias and the columns it offers. */
interface Source {
  readonly sql: string;
  readonly alias: string;
  readonly table: TableName;
}

const tableName = fc.constantFrom<TableName>('emp', 'dept', 'nums');

function source(alias: string): fc.Arbitrary<Source> {
  return fc.oneof(
    { weight: 3, arbitrary: tableName.map((table) => ({ sql: `${table} ${alias}`, alias, table })) },
    {
      weight: 1,
      arbitrary: fc.tuple(tableName, fc.integer({ min: -2, max: 40 })).map(([table, bound]) => {
        const column = TABLES[table].ints[0];
        return { sql: `(select * from ${table} where ${column} > ${bound}) ${alias}`, alias, table };
      }),
    },
  );
}

/** An integer expression over these sources. */
function int(sources: readonly Source[]): fc.Arbitrary<string> {
  const columns = sources.flatMap(({ alias, table }) => TABLES[table].ints.map((name) => `${alias}.${name}`));
  const column = fc.constantFrom(...columns);
  return fc.oneof(
    { weight: 4, arbitrary: column },
    { weight: 1, arbitrary: fc.integer({ min: -3, max: 40 }).map(String) },
    { weight: 1, arbitrary: fc.tuple(column, column).map(([a, b]) => `coalesce(${a}, ${b})`) },
    { weight: 1, arbitrary: column.map((a) => `(${a} % 3)`) },
    {
      weight: 1,
      arbitrary: fc.tuple(column, column).map(([a, b]) => `case when ${a} > ${b} then ${a} else ${b} end`),
    },
    { weight: 1, arbitrary: column.map((a) => `nullif(${a}, 10)`) },
  );
}

const comparison = fc.constantFrom('=', '<>', '<', '<=', '>', '>=', 'is distinct from');

/** A condition; `depth` bounds its nesting. */
function condition(sources: readonly Source[], depth: number): fc.Arbitrary<string> {
  const number = int(sources);
  const simple = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(number, comparison, number).map((parts) => parts.join(' ')) },
    { weight: 1, arbitrary: number.map((a) => `${a} is null`) },
    { weight: 1, arbitrary: number.map((a) => `${a} in (1, 2, 10, null)`) },
    { weight: 1, arbitrary: fc.tuple(number, number).map(([a, b]) => `${a} between 0 and ${b}`) },
    { weight: 1, arbitrary: number.map((a) => `${a} = any(array[1, 3, 20])`) },
  );
  if (depth === 0) return simple;
  const inner = condition(sources, depth - 1);
  const subquery = fc
    .tuple(source(`s${depth}`), number, fc.constantFrom('=', '<', '>'))
    .chain(([from, outer, op]) =>
      fc
        .tuple(int([from]), condition([from], 0))
        .map(([own, filter]) => [
          `exists (select 1 from ${from.sql} where ${own} ${op} ${outer} and ${filter})`,
          `${outer} in (select ${own} from ${from.sql} where ${filter})`,
          `${outer} not in (select ${own} from ${from.sql} where ${filter})`,
          `${outer} > (select min(${own}) from ${from.sql} where ${own} ${op} ${outer})`,
          `${outer} <= all (select ${own} from ${from.sql} where ${filter})`,
        ]),
    )
    .chain((forms) => fc.constantFrom(...forms));
  return fc.oneof(
    { weight: 4, arbitrary: simple },
    { weight: 2, arbitrary: fc.tuple(inner, inner).map(([a, b]) => `(${a} and ${b})`) },
    { weight: 1, arbitrary: fc.tuple(inner, inner).map(([a, b]) => `(${a} or ${b})`) },
    { weight: 1, arbitrary: inner.map((a) => `not (${a})`) },
    { weight: 2, arbitrary: subquery },
  );
}

/** FROM with one to three relations; FULL joins have an equality, as PostgreSQL demands. */
function from(sources: readonly Source[]): fc.Arbitrary<string> {
  const [first, ...rest] = sources;
  let sql = fc.constant(first!.sql);
  for (let i = 0; i < rest.length; i++) {
    const next = rest[i]!;
    const left = sources.slice(0, i + 1);
    const joined = fc.oneof(
      fc.constant(`, ${next.sql}`),
      fc
        .tuple(fc.constantFrom('join', 'left join', 'right join'), condition([...left, next], 0))
        .map(([kind, on]) => ` ${kind} ${next.sql} on ${on}`),
      fc
        .tuple(fc.constantFrom('join', 'left join', 'right join', 'full join'), column(left), column([next]))
        .map(([kind, a, b]) => ` ${kind} ${next.sql} on ${a} = ${b}`),
    );
    sql = fc
      .tuple(sql, joined)
      .map(([before, after]) => (after.startsWith(',') ? cross(before, after) : before + after));
  }
  return sql;
}

/** A comma after a join would bind differently from what was meant. */
function cross(before: string, after: string): string {
  return `${before} cross join ${after.slice(2)}`;
}

function column(sources: readonly Source[]): fc.Arbitrary<string> {
  return fc.constantFrom(
    ...sources.flatMap(({ alias, table }) => TABLES[table].ints.map((name) => `${alias}.${name}`)),
  );
}

const sources = fc.oneof(
  source('a').map((a) => [a]),
  fc.tuple(source('a'), source('b')),
  fc.tuple(source('a'), source('b'), source('c')),
);

const plain = sources.chain((of) =>
  fc
    .tuple(from(of), condition(of, 2), fc.array(int(of), { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([sql, where, targets, distinct]) => {
      const list = targets.map((target, i) => `${target} as t${i}`).join(', ');
      return `select ${distinct ? 'distinct ' : ''}${list} from ${sql} where ${where}`;
    }),
);

const grouped = sources.chain((of) =>
  fc
    .tuple(from(of), condition(of, 1), column(of), int(of), fc.constantFrom('sum', 'min', 'max', 'count'))
    .map(
      ([sql, where, key, value, aggregate]) =>
        `select ${key} as k, ${aggregate}(${value}) as v, count(*) as n, count(distinct ${value}) as d ` +
        `from ${sql} where ${where} group by ${key} having count(*) < 50`,
    ),
);

const windowed = sources.chain((of) =>
  fc
    .tuple(
      from(of),
      condition(of, 1),
      column(of),
      column(of),
      fc.constantFrom('rank()', 'count(*)', 'dense_rank()'),
    )
    .map(
      ([sql, where, partition, order, fn]) =>
        `select ${partition} as p, ${order} as o, ${fn} over (partition by ${partition} order by ${order}) as w ` +
        `from ${sql} where ${where}`,
    ),
);

const combined = fc
  .tuple(
    sources.chain((of) => fc.tuple(from(of), condition(of, 1), column(of))),
    sources.chain((of) => fc.tuple(from(of), condition(of, 1), column(of))),
    fc.constantFrom('union', 'union all', 'intersect', 'intersect all', 'except', 'except all'),
  )
  .map(([[sqlA, whereA, a], [sqlB, whereB, b], op]) => {
    return `select ${a} as x from ${sqlA} where ${whereA} ${op} select ${b} from ${sqlB} where ${whereB}`;
  });

/** A random query without an order. */
export const query: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 2, arbitrary: grouped },
  { weight: 1, arbitrary: windowed },
  { weight: 1, arbitrary: combined },
);
