/** Where in a statement's text an error belongs: PostgreSQL's trees know where each part was written. */
import type { Node } from '@pgsql/types';
import { SqlError } from '../../errors.ts';
import { offsetOf, type PgSource } from '../../sql/postgres.ts';

/** Byte offset at which a node was written, or undefined when its tree does not say. */
export function locationOf(node: Node): number | undefined {
  const tagged = node as Readonly<Record<string, { readonly location?: number }>>;
  // A node has one key, its kind.
  for (const kind in tagged) return tagged[kind]?.location;
  return undefined;
}

/** Where an expression begins: an operator and a cast are written behind their first operand. */
export function startOf(node: Node): number | undefined {
  const own = locationOf(node);
  const first = firstOperand(node);
  const start = first === undefined ? undefined : startOf(first);
  return own === undefined || (start !== undefined && start < own) ? start : own;
}

function firstOperand(node: Node): Node | undefined {
  if ('A_Expr' in node) return node.A_Expr.lexpr;
  if ('TypeCast' in node) return node.TypeCast.arg;
  if ('A_Indirection' in node) return node.A_Indirection.arg;
  if ('NullTest' in node) return node.NullTest.arg;
  if ('BooleanTest' in node) return node.BooleanTest.arg;
  if ('BoolExpr' in node) return node.BoolExpr.args?.[0];
  return 'SubLink' in node ? node.SubLink.testexpr : undefined;
}

/**
 * What was thrown, with the place of the part that was being bound. The innermost part counts, so an error that has a
 * place already keeps it; `source` is null where the tree is not of the statement's own text.
 */
export function placed(cause: unknown, source: PgSource | null, location: number | undefined): unknown {
  if (!(cause instanceof SqlError) || source === null || location === undefined || location < 0) return cause;
  if (cause.offset !== undefined || cause.position !== undefined) return cause;
  return cause.with({ offset: offsetOf(source, location) });
}
