/** Rough numbers of rows, good enough to put joins in order: only their proportions mean anything. */
import type { Expr } from '../expr.ts';
import type { FrameNode } from '../plan/nodes.ts';
import { equalityOf, within, type Slots } from './conjuncts.ts';
import { exactPattern } from './exact-pattern.ts';
import { chooseLookup } from './lookup.ts';

/** Rows of a relation of which nothing is known, and of a function in FROM. */
const WHOLE_RELATION = 1000;
const FUNCTION_RESULT = 50;

/** Rows that an index finds for one key. */
export const LOOKUP_ROWS = 2;

/** Share of rows that a condition lets through. */
const EQUALITY_SHARE = 0.02;
const OTHER_SHARE = 0.4;

function share(condition: Expr): number {
  if (equalityOf(condition) !== null || exactPattern(condition) !== null) return EQUALITY_SHARE;
  return condition.kind === 'arrayCompare' && !condition.all ? 4 * EQUALITY_SHARE : OTHER_SHARE;
}

/**
 * Rows of a part of a join under those of the conditions that it can answer alone. `known`: slots whose rows are there
 * before.
 */
export function estimatedRows(
  node: FrameNode,
  slots: Slots,
  conditions: Iterable<Expr>,
  known: Slots,
): number {
  if (node.kind === 'one') return 1;
  const reach = new Set([...slots, ...known]);
  const own = [...conditions].filter((condition) => within(condition, reach));
  if (looksUp(node, own, known)) return LOOKUP_ROWS;
  const whole = node.kind === 'function' ? FUNCTION_RESULT : WHOLE_RELATION;
  return own.reduce((rows, condition) => rows * share(condition), whole);
}

/** Is the part, or the left side of an outer join, found by an index? */
function looksUp(node: FrameNode, conditions: readonly Expr[], known: Slots): boolean {
  const first = node.kind === 'join' ? node.left : node;
  return first.kind === 'scan' && chooseLookup(first, conditions, known)?.index != null;
}
