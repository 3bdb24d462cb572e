/** `FROM (SHOW ...)`: the query that a SHOW statement stands for; the session knows it. */
import type { SelectStmt } from '@pgsql/types';
import { planError } from '../../errors.ts';
import { showText } from '../../sql/extensions.ts';
import { parseQuery, parseStatement } from '../../sql/parser.ts';
import type { Expr } from '../expr.ts';
import type { RowNode } from '../plan/nodes.ts';
import type { SourceColumn } from './from.ts';
import { Level, QueryArguments } from './level.ts';
import { bindSelect } from './select.ts';

interface Shown {
  readonly plan: RowNode;
  readonly columns: readonly SourceColumn[];
  readonly args: readonly Expr[];
}

/** The query of a SHOW in FROM, or null for any other subquery. */
export function bindShow(level: Level, stmt: SelectStmt): Shown | null {
  const text = shownStatement(stmt);
  if (text === null) return null;
  if (!level.binding.showAllowed) throw planError('SHOW commands are not allowed in views');
  const { session } = level.binding;
  const sql = session.showQuery?.(parseStatement(text));
  if (sql === undefined) throw planError('expected a SHOW statement that lists objects');
  const inner = new Level(level.binding, new QueryArguments(null), null);
  const { source } = level.binding;
  level.binding.source = null;
  try {
    const { plan, columns } = bindSelect(inner, parseQuery(sql).ast, { settle: true });
    return { plan, columns, args: [] };
  } finally {
    level.binding.source = source;
  }
}

/** The text of the SHOW statement in `SELECT * FROM mz_syntax.show('...')`. */
function shownStatement(stmt: SelectStmt): string | null {
  const [from] = stmt.fromClause ?? [];
  if (from === undefined || !('RangeFunction' in from)) return null;
  const [list] = from.RangeFunction.functions ?? [];
  const [call] = list !== undefined && 'List' in list ? (list.List.items ?? []) : [];
  return call !== undefined && 'FuncCall' in call ? showText(call.FuncCall) : null;
}
