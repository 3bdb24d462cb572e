/** Which columns of its relations a query level reads: what nobody reads need not be made. */
import type { Expr } from '../expr.ts';
import { visit } from '../expr-walk.ts';
import type { FrameNode } from '../plan/nodes.ts';
import { mapFrames, visitFrameExprs } from './map-nodes.ts';

/** The frame tree with the number of first columns that each scan has to give; `exprs`: what else the level computes. */
export function withWidths(node: FrameNode, exprs: readonly Expr[]): FrameNode {
  const widths = new Map<number, number>();
  const note = (slot: number, width: number): void => {
    widths.set(slot, Math.max(width, widths.get(slot) ?? 0));
  };
  const look = (expr: Expr): void =>
    visit(expr, (part) => {
      if (part.kind === 'var') note(part.slot, part.col + 1);
      else if (part.kind === 'wholeRow') note(part.slot, Infinity);
    });
  exprs.forEach(look);
  visitFrameExprs(node, look);
  return mapFrames(
    node,
    (expr) => expr,
    (part) => {
      // Hidden columns stand behind the relation's own.
      if (part.kind !== 'scan' || part.hidden.length > 0) return part;
      const width = widths.get(part.slot) ?? 0;
      return width < part.relation.columns.length ? { ...part, width } : part;
    },
  );
}
