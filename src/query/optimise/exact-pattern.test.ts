import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser, parseQuery } from '../../sql/parser.ts';
import { bindQuery } from '../bind-query.ts';
import type { Expr } from '../expr.ts';
import { transform } from '../expr-walk.ts';
import type { Project } from '../plan/nodes.ts';
import { sessionFor, snapshotWith } from '../testing/session.ts';
import { exactPattern } from './exact-pattern.ts';
import { simplify } from './fold.ts';

beforeAll(loadParser);

/** The condition of `select 'left' <condition>`, with constants folded as the optimiser folds them, but for itself. */
function condition(sql: string): Expr {
  const query = parseQuery(`select relname ${sql} from pg_class`);
  const { plan } = bindQuery(query, sessionFor(snapshotWith([])), { parameterTypes: [] });
  return transform((plan as Project).targets[0]!, simplify);
}

function only(sql: string): unknown {
  const found = exactPattern(condition(sql));
  return found?.right.kind === 'const' ? found.right.value : null;
}

describe('patterns that match one text only', () => {
  it.each([
    [`like 'orders'`, 'orders'],
    [`like 'bench\\_t1'`, 'bench_t1'],
    [`like '50\\%'`, '50%'],
    [`like 'a#_b' escape '#'`, 'a_b'],
    [`like 'back\\\\slash'`, 'back\\slash'],
    [`like ''`, ''],
    [`~ '^(orders)$'`, 'orders'],
    [`~ '^orders$'`, 'orders'],
    [`~ '^(my-table 2)$' collate pg_catalog.default`, 'my-table 2'],
    [`~ '^(a\\.b\\$c)$'`, 'a.b$c'],
    [`operator(pg_catalog.~) '^(Zürich)$'`, 'Zürich'],
  ])('%s', (sql, text) => {
    expect(only(sql)).toBe(text);
  });

  it.each([
    [`like 'or%'`],
    [`like 'bench_t1'`],
    [`like 'open end\\'`],
    [`not like 'orders'`],
    [`ilike 'orders'`],
    [`~ 'orders'`],
    [`~ '^orders'`],
    [`~ '^(orders|items)$'`],
    [`~ '^(a)(b)$'`],
    [`~ '^(\\d)$'`],
    [`~ '^(ab?)$'`],
    [`~* '^(orders)$'`],
    [`!~ '^(orders)$'`],
    [`like relname`],
  ])('not %s', (sql) => {
    expect(exactPattern(condition(sql))).toBeNull();
  });
});
