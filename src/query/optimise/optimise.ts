/** From the plan that binding made to the one that runs: same rows, less work. */
import type { Expr } from '../expr.ts';
import { transform } from '../expr-walk.ts';
import type { FrameNode, Limit, Project, ProjectSet, RowNode, Sort } from '../plan/nodes.ts';
import { simplify } from './fold.ts';
import { inlineCtes } from './inline-ctes.ts';
import { planJoins } from './joins.ts';
import { mapFrames, mapRowInputs } from './map-nodes.ts';
import { pullUp } from './pull-up.ts';
import { pushDown } from './push-down.ts';
import { withWidths } from './widths.ts';

const optimised = new WeakMap<RowNode, RowNode>();

/** The plan to run; the same answer for the same plan, so that results kept by plan are found again. */
export function optimise(node: RowNode): RowNode {
  let result = optimised.get(node);
  if (result === undefined) {
    result = improve(node);
    optimised.set(node, result);
    optimised.set(result, result);
  }
  return result;
}

function improve(node: RowNode): RowNode {
  switch (node.kind) {
    case 'project':
    case 'projectSet':
      return improveLevel(node);
    case 'values':
      return { ...node, rows: node.rows.map((row) => row.map(expression)) };
    case 'limit':
      return improveLimit(node);
    case 'convert':
      return { ...node, input: optimise(node.input), targets: node.targets.map(expression) };
    case 'with': {
      const inlined = inlineCtes(node);
      return inlined.kind === 'with' ? mapRowInputs(inlined, optimise) : improve(inlined);
    }
    default:
      return mapRowInputs(node, optimise);
  }
}

/** Subqueries inside an expression optimised, constants folded. */
function expression(expr: Expr): Expr {
  return transform(expr, (part) =>
    part.kind === 'sublink'
      ? { ...part, sub: { ...part.sub, plan: optimise(part.sub.plan) } }
      : simplify(part),
  );
}

function improveLevel(node: Project | ProjectSet): RowNode {
  const pulled = pullUp(node);
  const folded = mapFrames(pulled.input, expression);
  const joined = mapFrames(planJoins(folded), (expr) => expr, subqueries);
  const targets = pulled.targets.map(expression);
  if (pulled.kind === 'project') return { ...pulled, input: withWidths(joined, targets), targets };
  const levels = pulled.levels.map((calls) => calls.map((call) => expression(call) as typeof call));
  const input = withWidths(joined, [...targets, ...levels.flat()]);
  return { ...pulled, input, targets, levels };
}

function subqueries(node: FrameNode): FrameNode {
  if (node.kind !== 'subquery') return node;
  const pushed = pushDown(node);
  return { ...pushed, query: optimise(pushed.query) };
}

/** ORDER BY with LIMIT keeps only the rows that can be among the first. */
function improveLimit(node: Limit): RowNode {
  const limit: Limit = {
    ...node,
    count: node.count && expression(node.count),
    offset: node.offset && expression(node.offset),
    input: optimise(node.input),
  };
  if (node.ties !== null || node.count === null) return limit;
  return { ...limit, input: limited(limit.input, limit) };
}

function limited(node: RowNode, limit: Limit): RowNode {
  if (node.kind === 'sort') {
    const sort: Sort = { ...node, limit };
    return sort;
  }
  return node.kind === 'strip' ? { ...node, input: limited(node.input, limit) } : node;
}
