/** Conditions: WHERE, HAVING, ON. */
import type { Node } from '@pgsql/types';
import type { Expr } from '../expr.ts';
import type { FrameNode } from '../plan/nodes.ts';
import { coerceToBoolean } from './coerce.ts';
import { bindExpr } from './expressions.ts';
import { clause, type Clause, type Level } from './level.ts';
import { startOf } from './places.ts';

/** A condition in a clause, which its messages name. Throws `<clause> must have type boolean, not type <t>`. */
export function bindCondition(level: Level, node: Node, inside: Clause): Expr {
  const { binding } = level;
  return level.within(inside, () => {
    const bound = bindExpr(level, node);
    return binding.at(startOf(node), () => coerceToBoolean(binding, bound, inside.name));
  });
}

const WHERE = clause('WHERE clause');

/** The frames that a WHERE clause lets through. */
export function filtered(level: Level, input: FrameNode, where: Node | undefined): FrameNode {
  if (where === undefined) return input;
  return { kind: 'filter', input, condition: bindCondition(level, where, WHERE) };
}
