/** WITH: common table expressions, also recursive ones. */
import type { CommonTableExpr, SelectStmt, WithClause } from '@pgsql/types';
import { planError, SqlError, unsupported } from '../../errors.ts';
import { isCoercible } from '../../types/coercion.ts';
import type { CtePlan, RowNode } from '../plan/nodes.ts';
import { nodeKind, stringsOf } from './ast.ts';
import { checkRecursiveTerm, inOrderOfUse, invalidRecursion, readsName } from './cte-order.ts';
import type { CteEntry, Level } from './level.ts';
import { bindSelect, type SelectResult } from './select.ts';
import { converted } from './set-operations.ts';
import { requireEquality } from './sort-keys.ts';

/** Binds the CTEs of a query; their names are in scope of the level afterwards. */
export function bindWith(level: Level, node: WithClause | undefined): readonly CtePlan[] {
  if (node === undefined) return [];
  const recursive = node.recursive === true;
  const ctes = (node.ctes ?? []).flatMap((item) => ('CommonTableExpr' in item ? [item.CommonTableExpr] : []));
  const names = new Set<string>();
  for (const { ctename: name = '' } of ctes) {
    if (names.has(name)) throw planError(`WITH query name "${name}" specified more than once`);
    names.add(name);
  }
  return (recursive ? inOrderOfUse(ctes) : ctes).map((cte) => bindCte(level, cte, recursive));
}

function bindCte(level: Level, cte: CommonTableExpr, recursive: boolean): CtePlan {
  if (cte.search_clause !== undefined) throw unsupported('SEARCH clauses');
  if (cte.cycle_clause !== undefined) throw unsupported('CYCLE clauses');
  const query = cte.ctequery;
  if (query === undefined || !('SelectStmt' in query)) {
    throw unsupported(
      `${DATA_CHANGES[query === undefined ? '' : nodeKind(query)] ?? 'data changes'} in WITH`,
    );
  }
  if (recursive && readsName(query, cte.ctename ?? '')) {
    return bindRecursive(level, cte, query.SelectStmt);
  }
  const { plan, columns } = bindSelect(level.beside(), query.SelectStmt, { settle: true });
  const id = level.binding.nextCte();
  declare(level, { name: cte.ctename ?? '', id, columns: namedColumns(cte, columns), owner: level.args });
  const materialized = cte.ctematerialized === 'CTEMaterializeAlways';
  return { id, name: cte.ctename ?? '', query: plan, materialized, recursive: null };
}

const DATA_CHANGES: Readonly<Record<string, string>> = {
  InsertStmt: 'INSERT',
  UpdateStmt: 'UPDATE',
  DeleteStmt: 'DELETE',
  MergeStmt: 'MERGE',
};

function declare(level: Level, entry: CteEntry): void {
  level.ctes = { entry, outer: level.ctes };
}

function namedColumns(cte: CommonTableExpr, columns: SelectResult['columns']): CteEntry['columns'] {
  const names = stringsOf(cte.aliascolnames);
  if (names.length > columns.length) {
    throw planError(
      `${cte.ctename ?? ''} has ${columns.length} columns available but ${names.length} columns specified`,
    );
  }
  return columns.map(({ name, type, typmod, nullable }, i) => ({
    name: names[i] ?? name,
    type,
    typmod,
    nullable,
  }));
}

/** `start UNION [ALL] step`: the start's types hold for all; the step reads the rows of the step before. */
function bindRecursive(level: Level, cte: CommonTableExpr, stmt: SelectStmt): CtePlan {
  const name = cte.ctename ?? '';
  if (stmt.op !== 'SETOP_UNION' || stmt.larg === undefined || stmt.rarg === undefined) {
    throw new SqlError(
      '42P19',
      `recursive query "${name}" does not have the form non-recursive-term UNION [ALL] recursive-term`,
    );
  }
  if (stmt.withClause !== undefined) throw unsupported('WITH inside a recursive query');
  refuseTail(stmt);
  if (readsName({ SelectStmt: stmt.larg }, name)) {
    throw invalidRecursion(name, 'must not appear within its non-recursive term');
  }
  checkRecursiveTerm(stmt.rarg, name);
  const start = bindSelect(level.beside(), stmt.larg, { settle: true });
  const columns = namedColumns(cte, start.columns).map((column) => ({ ...column, nullable: true }));
  const id = level.binding.nextCte();
  const workId = level.binding.nextCte();
  const step = bindStep(level, name, stmt.rarg, { name, id: workId, columns, owner: level.args }, start);
  const distinct = stmt.all !== true;
  if (distinct) for (const column of columns) requireEquality(column.type);
  declare(level, { name, id, columns, owner: level.args });
  return {
    id,
    name,
    query: start.plan,
    materialized: true,
    recursive: { step, workId, distinct, types: columns.map((column) => column.type) },
  };
}

function refuseTail(stmt: SelectStmt): void {
  if (stmt.sortClause !== undefined) throw unsupported('ORDER BY in a recursive query');
  if (stmt.limitOffset !== undefined) throw unsupported('OFFSET in a recursive query');
  if (stmt.limitCount !== undefined) throw unsupported('LIMIT in a recursive query');
}

function bindStep(
  level: Level,
  name: string,
  stmt: SelectStmt,
  work: CteEntry,
  start: SelectResult,
): RowNode {
  let uses = 0;
  const inner = level.beside();
  declare(inner, { ...work, isSelf: true, onUse: () => uses++ });
  const step = bindSelect(inner, stmt, { settle: false });
  if (uses > 1) throw invalidRecursion(name, 'must not appear more than once');
  if (step.columns.length !== start.columns.length) {
    throw planError(
      `each UNION query must have the same number of columns: ${start.columns.length} vs ${step.columns.length}`,
    );
  }
  for (const [i, column] of step.columns.entries()) {
    const wanted = work.columns[i]!;
    if (!isCoercible(column.type, wanted.type)) {
      throw planError(
        `recursive query "${name}" column ${i + 1} has type ${wanted.type.displayName} in non-recursive term but type ${column.type.displayName} overall`,
        { hint: 'Cast the output of the non-recursive term to the correct type.' },
      );
    }
  }
  return converted(inner, step, work.columns);
}
