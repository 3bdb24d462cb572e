/** The select list: expressions with the names of their columns, stars expanded. */
import type { Node } from '@pgsql/types';
import type { Expr } from '../expr.ts';
import { columnName } from './column-name.ts';
import { referenceParts } from './columns.ts';
import { bindExpr } from './expressions.ts';
import { bindIndirection } from './containers.ts';
import type { Level } from './level.ts';
import { locationOf } from './places.ts';
import { expandRecord, expandStar, type NamedExpr } from './stars.ts';

/** An output column; those past the width of the select list serve sorting only. */
export interface Target {
  readonly name: string;
  readonly expr: Expr;
}

export function bindTargets(level: Level, nodes: readonly Node[]): Target[] {
  return nodes.flatMap((node) =>
    'ResTarget' in node ? bindTarget(level, node.ResTarget.name, node.ResTarget.val!) : [],
  );
}

function bindTarget(level: Level, name: string | undefined, node: Node): readonly Target[] {
  const expanded = level.binding.at(locationOf(node), () => expand(level, node));
  if (expanded !== null) return expanded;
  return [{ name: name ?? columnName(node), expr: bindExpr(level, node) }];
}

/** `*`, `t.*`, `(record).*`; null for anything else. */
function expand(level: Level, node: Node): readonly NamedExpr[] | null {
  if ('ColumnRef' in node && referenceParts(node.ColumnRef).star) return expandStar(level, node.ColumnRef);
  if (!('A_Indirection' in node)) return null;
  const steps = node.A_Indirection.indirection ?? [];
  const last = steps.at(-1);
  if (last === undefined || !('A_Star' in last)) return null;
  const rest = steps.slice(0, -1);
  const value =
    rest.length === 0
      ? bindExpr(level, node.A_Indirection.arg!)
      : bindIndirection(level, { ...node.A_Indirection, indirection: rest });
  return expandRecord(value);
}
