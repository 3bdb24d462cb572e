/** From frames to rows: window functions, set-returning functions, then the select list. */
import type { Expr, SetCall, WindowCall } from '../expr.ts';
import { isVolatile, mapChildren, replace, sameExpr, some } from '../expr-walk.ts';
import type { FrameNode, RowNode } from '../plan/nodes.ts';
import { variable } from './build.ts';
import type { Level } from './level.ts';
import type { Target } from './select-list.ts';

/** Rows of the targets. */
export function projection(level: Level, input: FrameNode, targets: readonly Target[]): RowNode {
  const exprs = targets.map((target) => target.expr);
  const windowed = withWindows(level, input, exprs);
  if (!windowed.exprs.some((expr) => some(expr, isSet))) {
    return { kind: 'project', input: windowed.node, slots: level.slotCount, targets: windowed.exprs };
  }
  return withSets(level, windowed.node, windowed.exprs);
}

function isSet(expr: Expr): boolean {
  return expr.kind === 'set';
}

/** A window node for each distinct partition and order; calls become columns of its slot. */
function withWindows(
  level: Level,
  input: FrameNode,
  exprs: readonly Expr[],
): { readonly node: FrameNode; readonly exprs: readonly Expr[] } {
  const groups: { readonly slot: number; readonly calls: WindowCall[] }[] = [];
  const place = (call: WindowCall): Expr => {
    let group = groups.find(({ calls }) => sameWindow(calls[0]!, call));
    if (group === undefined) groups.push((group = { slot: level.newSlot(), calls: [] }));
    let index = group.calls.findIndex((known) => sameExpr(known, call));
    if (index < 0) index = group.calls.push(call) - 1;
    return variable(group.slot, index, call.type, call.typmod, call.fn.name);
  };
  const replaced = exprs.map((expr) =>
    replace(expr, (part) => (part.kind === 'window' ? place(part) : undefined)),
  );
  let node = input;
  for (const { slot, calls } of groups) node = { kind: 'window', input: node, slot, calls, offset: 0 };
  return { node, exprs: replaced };
}

function sameWindow(a: WindowCall, b: WindowCall): boolean {
  const left = a.window;
  const right = b.window;
  return (
    left.partition.length === right.partition.length &&
    left.order.length === right.order.length &&
    left.partition.every((expr, i) => sameExpr(expr, right.partition[i]!)) &&
    left.order.every((key, i) => {
      const other = right.order[i]!;
      return (
        key.descending === other.descending &&
        key.nullsFirst === other.nullsFirst &&
        sameExpr(key.expr, other.expr)
      );
    })
  );
}

/** Set-returning calls by depth: those without another inside run first, side by side; outer ones read their values. */
function withSets(level: Level, input: FrameNode, exprs: readonly Expr[]): RowNode {
  const slot = level.newSlot();
  const levels: SetCall[][] = [];
  const placed: { readonly call: SetCall; readonly value: Expr; readonly depth: number }[] = [];
  let count = 0;
  const rewrite = (expr: Expr): { readonly expr: Expr; readonly depth: number } => {
    let depth = 0;
    const mapped = mapChildren(expr, (child) => {
      const inner = rewrite(child);
      depth = Math.max(depth, inner.depth);
      return inner.expr;
    });
    if (mapped.kind !== 'set') return { expr: mapped, depth };
    const known = placed.find((entry) => sameExpr(entry.call, mapped) && !isVolatile(mapped));
    if (known !== undefined) return { expr: known.value, depth: known.depth };
    const value = variable(slot, count++, mapped.type, mapped.typmod, mapped.fn.name);
    (levels[depth] ??= []).push(mapped);
    placed.push({ call: mapped, value, depth: depth + 1 });
    return { expr: value, depth: depth + 1 };
  };
  const targets = exprs.map((expr) => rewrite(expr).expr);
  return renumbered({ slot, levels, placed, input, targets, slots: level.slotCount });
}

interface SetPlan {
  readonly slot: number;
  readonly levels: readonly (readonly SetCall[])[];
  readonly placed: readonly { readonly call: SetCall; readonly value: Expr }[];
  readonly input: FrameNode;
  readonly targets: readonly Expr[];
  readonly slots: number;
}

/** Values are numbered level by level, which is not the order in which calls were met. */
function renumbered(plan: SetPlan): RowNode {
  const order = plan.levels.flat();
  const positions = plan.placed.map(({ call }) => order.indexOf(call));
  const renumber = (expr: Expr): Expr =>
    replace(expr, (part) =>
      part.kind === 'var' && part.slot === plan.slot ? { ...part, col: positions[part.col]! } : undefined,
    );
  return {
    kind: 'projectSet',
    input: plan.input,
    slots: plan.slots,
    slot: plan.slot,
    levels: plan.levels.map((calls) => calls.map((call) => renumber(call) as SetCall)),
    targets: plan.targets.map(renumber),
  };
}
