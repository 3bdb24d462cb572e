/**
 * Conditions on the rows of a subquery of FROM go into it, as far as that changes nothing: through sorting, DISTINCT, set
 * operations and conversions, down to where the relations are. What groups and windows let through is for `joins.ts`.
 */
import type { Expr } from '../expr.ts';
import { isVolatile, replace, slotsOf, some } from '../expr-walk.ts';
import type { RowNode, SubqueryScan } from '../plan/nodes.ts';
import { conjunction, conjunctsOf, hasSubquery } from './conjuncts.ts';

/** The scan with those conditions of its filter that may go inside put inside. */
export function pushDown(node: SubqueryScan): SubqueryScan {
  let { query } = node;
  const args = [...node.args];
  const kept: Expr[] = [];
  for (const condition of conjunctsOf(node.filter)) {
    const inner = isMovable(condition, node.slot) ? pushed(query, carried(condition, args)) : null;
    if (inner === null) kept.push(condition);
    else query = inner;
  }
  if (query === node.query) return node;
  return { ...node, query, args, filter: conjunction(kept) };
}

/** A condition on the columns of one relation alone, with the same answer whenever it is asked. */
function isMovable(condition: Expr, slot: number): boolean {
  if (isVolatile(condition) || hasSubquery(condition)) return false;
  if (some(condition, (part) => part.kind === 'wholeRow')) return false;
  return [...slotsOf(condition)].every((used) => used === slot);
}

/** The condition over Var(0, i), the columns of the query; what it needs of the level around becomes an argument. */
function carried(condition: Expr, args: Expr[]): Expr {
  return replace(condition, (part) => {
    if (part.kind === 'var') return { ...part, slot: 0 };
    if (part.kind !== 'outer') return undefined;
    args.push(part);
    return { ...part, index: args.length - 1 };
  });
}

/** The query with a condition over Var(0, i), its columns, inside; null where it has to stay outside. */
function pushed(query: RowNode, condition: Expr): RowNode | null {
  switch (query.kind) {
    case 'project':
    case 'projectSet': {
      const inside = over(query.targets, condition);
      if (isVolatile(inside) || hasSubquery(inside)) return null;
      if (query.kind === 'projectSet' && slotsOf(inside).has(query.slot)) return null;
      return { ...query, input: { kind: 'filter', input: query.input, condition: inside } };
    }
    case 'convert':
      return around(query, pushed(query.input, over(query.targets, condition)));
    case 'sort':
    case 'strip':
      return around(query, pushed(query.input, condition));
    case 'distinctRows': {
      // Of rows that DISTINCT ON takes for one, only the first may count.
      const told = new Set(query.columns.map(({ column }) => column));
      const isTold = !some(condition, (part) => part.kind === 'var' && !told.has(part.col));
      return isTold ? around(query, pushed(query.input, condition)) : null;
    }
    case 'setOperation': {
      const left = pushed(query.left, condition);
      const right = pushed(query.right, condition);
      return left === null || right === null ? null : { ...query, left, right };
    }
    case 'with': {
      const body = pushed(query.body, condition);
      return body && { ...query, body };
    }
    case 'values':
    case 'limit':
      return null;
  }
}

function around<T extends Extract<RowNode, { readonly input: RowNode }>>(
  node: T,
  input: RowNode | null,
): T | null {
  return input && { ...node, input };
}

/** A condition over columns as one over what computes them. */
function over(targets: readonly Expr[], condition: Expr): Expr {
  return replace(condition, (part) => (part.kind === 'var' ? targets[part.col] : undefined));
}
