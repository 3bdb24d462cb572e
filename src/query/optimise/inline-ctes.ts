/**
 * Common table expressions that are read once become subqueries of FROM where they are read, so that conditions and indexes
 * meet; as PostgreSQL has done since version 12. Not recursive ones, volatile ones, and those that say MATERIALIZED.
 */
import { UNKNOWN } from '../../types/registry.ts';
import type { Expr, Outer } from '../expr.ts';
import { isVolatile } from '../expr-walk.ts';
import type { CtePlan, CteScan, RowNode, SubqueryScan, With } from '../plan/nodes.ts';
import { mapFrames, mapRowInputs } from './map-nodes.ts';
import { visitQuery } from './visit-query.ts';

/** The query without the CTEs that could be dissolved; its body when none is left. */
export function inlineCtes(node: With): RowNode {
  let { ctes, body } = node;
  for (const { id } of node.ctes) {
    const cte = ctes.find((each) => each.id === id)!;
    if (!mayInline(cte) || uses({ ...node, ctes, body }, id) !== 1) continue;
    const put = (query: RowNode): RowNode => replaceScan(query, id, (scan) => asSubquery(scan, cte.query));
    const others = ctes
      .filter((each) => each !== cte)
      .map((each) => (each.recursive === null ? { ...each, query: put(each.query) } : each));
    const without: With = { ...node, ctes: others, body: put(body) };
    // The one use may be where it cannot be replaced: in a subquery with arguments of its own, or in a recursive step.
    if (uses(without, id) === 0) ({ ctes, body } = without);
  }
  return ctes.length === 0 ? body : { ...node, ctes, body };
}

function mayInline({ materialized, recursive, query }: CtePlan): boolean {
  if (materialized || recursive !== null) return false;
  let found = false;
  visitQuery(query, { deep: true, expr: (part) => void (found ||= isVolatile(part)) });
  return !found;
}

function uses(node: RowNode, id: number): number {
  let count = 0;
  visitQuery(node, { deep: true, frame: (part) => void (part.kind === 'cte' && part.cte === id && count++) });
  return count;
}

/** The query with the scan of a CTE replaced where its arguments are those of the level that declares the CTE. */
function replaceScan(node: RowNode, id: number, by: (scan: CteScan) => SubqueryScan): RowNode {
  const inner = (input: RowNode): RowNode => replaceScan(input, id, by);
  switch (node.kind) {
    case 'project':
    case 'projectSet': {
      const input = mapFrames(
        node.input,
        (expr) => expr,
        (part) => (part.kind === 'cte' && part.cte === id ? by(part) : part),
      );
      return { ...node, input };
    }
    case 'with':
      return { ...node, body: inner(node.body) };
    default:
      return mapRowInputs(node, inner);
  }
}

function asSubquery({ slot, alias, filter }: CteScan, query: RowNode): SubqueryScan {
  return { kind: 'subquery', slot, alias, filter, query, args: sameArguments(query) };
}

/** The arguments of this level, handed on under the same numbers. */
function sameArguments(query: RowNode): readonly Expr[] {
  const outers: Outer[] = [];
  visitQuery(query, {
    deep: false,
    expr: (part) => void (part.kind === 'outer' && (outers[part.index] = part)),
  });
  const unused: Expr = { kind: 'const', value: null, type: UNKNOWN, typmod: -1 };
  return Array.from(outers, (outer) => (outer as Outer | undefined) ?? unused);
}
