/**
 * Subqueries of FROM that only join, filter and compute are dissolved into the query around them, so that conditions and
 * indexes meet: views, most of all.
 */
import type { Expr } from '../expr.ts';
import { isVolatile, replace, some, visit } from '../expr-walk.ts';
import type { FrameNode, Project, ProjectSet, SubqueryScan } from '../plan/nodes.ts';
import { mapFrameNode, mapFrames, visitFrameExprs, visitFrames } from './map-nodes.ts';

/** What stands for the columns of a dissolved subquery's slot. */
type Substitutes = Map<number, readonly Expr[]>;

/** Slots that the rest of the query knows under one number, and the ones that came in their place. */
type Replaced = Map<number, readonly number[]>;

/** The level with its simple subqueries dissolved. */
export function pullUp<T extends Project | ProjectSet>(node: T): T {
  const rows = new Set<number>();
  collectWholeRows(node, rows);
  const pull = new Pull(node.slots, rows);
  const input = pull.frames(node.input, false);
  if (pull.substitutes.size === 0) return node;
  const f = (expr: Expr): Expr => substitute(expr, pull.substitutes);
  const targets = node.targets.map(f);
  const renumbered = mapFrames(input, f, (part) => renumber(part, pull.replaced));
  if (node.kind === 'projectSet') {
    const levels = node.levels.map((calls) => calls.map((call) => f(call) as typeof call));
    return { ...node, slots: pull.slots, input: renumbered, targets, levels };
  }
  return { ...node, slots: pull.slots, input: renumbered, targets };
}

/** Slots whose whole row somebody asks for: those stay as they are. */
function collectWholeRows(node: Project | ProjectSet, into: Set<number>): void {
  const look = (expr: Expr): void =>
    visit(expr, (part) => {
      if (part.kind === 'wholeRow') into.add(part.slot);
    });
  node.targets.forEach(look);
  if (node.kind === 'projectSet') node.levels.forEach((calls) => calls.forEach(look));
  visitFrameExprs(node.input, look);
}

function substitute(expr: Expr, substitutes: Substitutes): Expr {
  return replace(expr, (part) => {
    if (part.kind !== 'var') return undefined;
    const columns = substitutes.get(part.slot);
    if (columns === undefined) return undefined;
    return substitute(columns[part.col]!, substitutes);
  });
}

function renumber(node: FrameNode, replaced: Replaced): FrameNode {
  if (node.kind !== 'join') return node;
  const expand = (slots: readonly number[]): readonly number[] =>
    slots.flatMap((slot) => {
      const now = replaced.get(slot);
      return now === undefined ? [slot] : expand(now);
    });
  return { ...node, leftSlots: expand(node.leftSlots), rightSlots: expand(node.rightSlots) };
}

class Pull {
  slots: number;
  readonly substitutes: Substitutes = new Map();
  readonly replaced: Replaced = new Map();
  readonly #wholeRows: ReadonlySet<number>;

  constructor(slots: number, wholeRows: ReadonlySet<number>) {
    this.slots = slots;
    this.#wholeRows = wholeRows;
  }

  /** `nullable`: an outer join may leave these slots without rows. */
  frames(node: FrameNode, nullable: boolean): FrameNode {
    switch (node.kind) {
      case 'subquery':
        return this.#subquery(node, nullable);
      case 'join': {
        const rightNullable = nullable || node.type !== 'inner';
        const leftNullable = nullable || node.type === 'full';
        return {
          ...node,
          left: this.frames(node.left, leftNullable),
          right: node.right && this.frames(node.right, rightNullable),
          dependent: node.dependent && this.frames(node.dependent, rightNullable),
        };
      }
      default:
        return mapFrameNode(
          node,
          (input) => this.frames(input, nullable),
          (expr) => expr,
        );
    }
  }

  #subquery(node: SubqueryScan, nullable: boolean): FrameNode {
    const { query } = node;
    if (query.kind !== 'project' || this.#wholeRows.has(node.slot)) return node;
    const inner = pullUp(query);
    if (!isSimple(inner, nullable)) return inner === query ? node : { ...node, query: inner };
    const offset = this.slots;
    this.slots += inner.slots;
    const shift = (expr: Expr): Expr => shiftExpr(expr, offset, node.args);
    this.substitutes.set(node.slot, inner.targets.map(shift));
    this.replaced.set(
      node.slot,
      Array.from({ length: inner.slots }, (_, i) => offset + i),
    );
    const frames = mapFrames(inner.input, shift, (part) => shiftNode(part, offset));
    if (node.filter === null) return frames;
    return { kind: 'filter', input: frames, condition: node.filter };
  }
}

/** Only joins, filters and expressions that may be copied and moved. */
function isSimple(query: Project, nullable: boolean): boolean {
  // What an outer join leaves out must be NULL: true of columns, not of constants made of nothing.
  if (nullable && !query.targets.every((target) => target.kind === 'var')) return false;
  if (query.targets.some((target) => isVolatile(target))) return false;
  if (query.targets.some((target) => some(target, (part) => part.kind === 'sublink'))) return false;
  let simple = query.input.kind !== 'one' || !nullable;
  visitFrames(query.input, (node) => {
    if (node.kind === 'aggregate' || node.kind === 'window') simple = false;
  });
  return simple;
}

function shiftExpr(expr: Expr, offset: number, args: readonly Expr[]): Expr {
  return replace(expr, (part) => {
    switch (part.kind) {
      case 'var':
      case 'wholeRow':
        return { ...part, slot: part.slot + offset };
      case 'outer':
        return args[part.index]!;
      default:
        return undefined;
    }
  });
}

function shiftNode(node: FrameNode, offset: number): FrameNode {
  switch (node.kind) {
    case 'scan':
    case 'subquery':
    case 'function':
    case 'cte':
    case 'aggregate':
    case 'window':
      return { ...node, slot: node.slot + offset };
    case 'join':
      return {
        ...node,
        leftSlots: node.leftSlots.map((slot) => slot + offset),
        rightSlots: node.rightSlots.map((slot) => slot + offset),
      };
    case 'one':
    case 'filter':
      return node;
  }
}
