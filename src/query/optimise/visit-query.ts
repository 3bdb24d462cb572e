/** Going through whole queries: every expression and every frame node, with the subqueries inside if asked for. */
import type { Expr } from '../expr.ts';
import { visit } from '../expr-walk.ts';
import type { FrameNode, RowNode } from '../plan/nodes.ts';
import { mapRowInputs, visitFrameExprs, visitFrames } from './map-nodes.ts';

export interface QueryVisitor {
  expr?(expr: Expr): void;
  frame?(node: FrameNode): void;
  /** Go into subqueries of FROM and of expressions: queries with arguments of their own. */
  readonly deep: boolean;
}

/** Visits a query: its own level, the inputs of set operations and so on, and its common table expressions. */
export function visitQuery(node: RowNode, visitor: QueryVisitor): void {
  const look = (expr: Expr): void =>
    visit(expr, (part) => {
      visitor.expr?.(part);
      if (visitor.deep && part.kind === 'sublink') visitQuery(part.sub.plan, visitor);
    });
  if (node.kind === 'project' || node.kind === 'projectSet') {
    node.targets.forEach(look);
    if (node.kind === 'projectSet') node.levels.flat().forEach(look);
    visitFrames(node.input, (frame) => {
      visitor.frame?.(frame);
      if (visitor.deep && frame.kind === 'subquery') visitQuery(frame.query, visitor);
    });
    visitFrameExprs(node.input, look);
  } else if (node.kind === 'values') {
    node.rows.flat().forEach(look);
  } else if (node.kind === 'convert') {
    node.targets.forEach(look);
  } else if (node.kind === 'limit') {
    if (node.count !== null) look(node.count);
    if (node.offset !== null) look(node.offset);
  }
  mapRowInputs(node, (input) => {
    visitQuery(input, visitor);
    return input;
  });
}
