/**
 * Joins: conditions go down to where they can be asked first, inner joins are put in an order that uses look-ups, and
 * each join gets its hash keys and, where an index answers, a right side that is looked up for each left frame.
 */
import type { Expr } from '../expr.ts';
import { isVolatile, replace, sameExpr, slotsOf, some } from '../expr-walk.ts';
import type { AggregateNode, FrameNode, Join, Scan, WindowNode } from '../plan/nodes.ts';
import {
  conjunction,
  conjunctsOf,
  hashKeys,
  hasSubquery,
  parted,
  rejectsNulls,
  touches,
  union,
  within,
  type Slots,
} from './conjuncts.ts';
import { estimatedRows, LOOKUP_ROWS } from './cost.ts';
import { chooseLookup } from './lookup.ts';
import { visitFrames } from './map-nodes.ts';

const NO_SLOTS: Slots = new Set();

/** Slots that a frame tree fills. */
export function slotsIn(node: FrameNode): Slots {
  const slots = new Set<number>();
  visitFrames(node, (part) => {
    if ('slot' in part) slots.add(part.slot);
  });
  return slots;
}

/** A frame tree with its joins planned. */
export function planJoins(node: FrameNode): FrameNode {
  return place(node, [], NO_SLOTS);
}

/** The node with conditions asked as early as can be; `known` slots have rows before the node runs. */
function place(node: FrameNode, conditions: readonly Expr[], known: Slots): FrameNode {
  switch (node.kind) {
    case 'filter':
      return place(node.input, [...conjunctsOf(node.condition), ...conditions], known);
    case 'scan':
      return placeScan(node, conditions, known);
    case 'subquery':
    case 'function':
    case 'cte':
      return { ...node, filter: conjunction([...conjunctsOf(node.filter), ...inOrder(conditions)]) };
    case 'one':
      return filtered(node, conditions);
    case 'aggregate':
    case 'window': {
      const { below, above } = throughGroups(node, conditions);
      return filtered({ ...node, input: place(node.input, below, known) }, above);
    }
    case 'join':
      return placeJoin(node, conditions, known);
  }
}

/** Conditions that take or leave whole groups, or whole partitions, can be asked of the rows before. */
function throughGroups(
  node: AggregateNode | WindowNode,
  conditions: readonly Expr[],
): { readonly below: readonly Expr[]; readonly above: readonly Expr[] } {
  const below: Expr[] = [];
  const above: Expr[] = [];
  for (const condition of conditions) {
    const inside = isVolatile(condition) || hasSubquery(condition) ? null : beforeGroups(node, condition);
    if (inside === null) above.push(condition);
    else below.push(inside);
  }
  return { below, above };
}

function beforeGroups(node: AggregateNode | WindowNode, condition: Expr): Expr | null {
  const isKey = (part: Expr): boolean => {
    if (part.kind === 'wholeRow') return false;
    if (part.kind !== 'var') return true;
    if (node.kind === 'aggregate') return part.slot === node.slot && part.col < node.keys.length;
    return node.calls.every(({ window }) => window.partition.some((key) => sameExpr(key, part)));
  };
  // Without keys there is one group, whatever rows there are; a grouping set may leave a key out.
  if (node.kind === 'aggregate' && (node.sets !== null || node.keys.length === 0)) return null;
  if (slotsOf(condition).size === 0 || some(condition, (part) => !isKey(part))) return null;
  if (node.kind === 'window') return condition;
  const before = replace(condition, (part) => (part.kind === 'var' ? node.keys[part.col] : undefined));
  return isVolatile(before) || hasSubquery(before) ? null : before;
}

function filtered(input: FrameNode, conditions: readonly Expr[]): FrameNode {
  const condition = conjunction(inOrder(conditions));
  return condition === null ? input : { kind: 'filter', input, condition };
}

/** Conditions with subqueries come last. */
function inOrder(conditions: readonly Expr[]): readonly Expr[] {
  const [costly, cheap] = parted(conditions, hasSubquery);
  return costly.length === 0 ? conditions : [...cheap, ...costly];
}

function placeScan(node: Scan, conditions: readonly Expr[], known: Slots): Scan {
  const all = [...conjunctsOf(node.filter), ...inOrder(conditions)];
  return { ...node, filter: conjunction(all), lookup: chooseLookup(node, all, known) };
}

function placeJoin(node: Join, conditions: readonly Expr[], known: Slots): FrameNode {
  if (node.type === 'inner') return placeInner(node, conditions, known);
  if (node.type !== 'left') return placeOuter(node, conditions, known);
  const rightSlots: Slots = new Set(node.rightSlots);
  if (conditions.some((condition) => rejectsNulls(condition, rightSlots))) {
    return placeInner({ ...node, type: 'inner' }, conditions, known);
  }
  return placeOuter(node, conditions, known);
}

/** LEFT and FULL joins stay where they are; conditions on the left side of a LEFT join go into it. */
function placeOuter(node: Join, conditions: readonly Expr[], known: Slots): FrameNode {
  const leftSlots = union(new Set(node.leftSlots), known);
  const [down, above] = parted(
    conditions,
    (c) => node.type === 'left' && within(c, leftSlots) && !isVolatile(c),
  );
  const left = place(node.left, down, known);
  return filtered(joined(node, left, joinConditions(node), known), above);
}

function joinConditions(node: Join): readonly Expr[] {
  return conjunctsOf(node.right === null ? node.dependentOn : node.on);
}

/** The join with a planned left side: the right side gets the conditions that are its own. */
function joined(node: Join, left: FrameNode, conditions: readonly Expr[], known: Slots): Join {
  const leftSlots: Slots = new Set(node.leftSlots);
  const rightSlots: Slots = new Set(node.rightSlots);
  const before = union(leftSlots, known);
  const source = node.right ?? node.dependent;
  if (source === null) throw new Error('a join has a right side');
  const pushable = (c: Expr): boolean => node.type !== 'full' && !isVolatile(c);
  const reach = union(rightSlots, known);
  if (node.right === null) {
    const [whole, rest] = parted(conditions, pushable);
    const dependent = place(source, whole, before);
    return { ...node, left, dependent, dependentOn: conjunction(rest) };
  }
  const [own, between] = parted(conditions, (c) => pushable(c) && within(c, reach));
  const right = place(source, own, known);
  const { hash, rest } = hashKeys(between, leftSlots, rightSlots);
  const onParts = inOrder(rest);
  const base: Join = {
    ...node,
    left,
    right,
    hash,
    on: conjunction(onParts),
    dependent: null,
    dependentOn: null,
  };
  const [movable, fixed] = parted(between, pushable);
  if (node.type === 'full' || movable.length === 0) return base;
  const dependent = place(source, [...own, ...movable], before);
  if (!looksUp(dependent, leftSlots)) return base;
  return { ...base, dependent, dependentOn: conjunction(fixed) };
}

/** Does the tree begin with an index look-up by values of these slots? */
function looksUp(node: FrameNode, slots: Slots): boolean {
  switch (node.kind) {
    case 'scan':
      return node.lookup?.index != null && node.lookup.keys.some((key) => touches(key, slots));
    case 'join':
      return looksUp(node.left, slots);
    case 'filter':
      return looksUp(node.input, slots);
    default:
      return false;
  }
}

/** A part of an inner join: a relation, or an outer join taken as one. */
interface Part {
  readonly node: FrameNode;
  readonly slots: Slots;
  /** LATERAL: slots of other parts it needs. */
  readonly lateral: boolean;
  readonly position: number;
}

function flatten(node: FrameNode, lateral: boolean, parts: Part[], conditions: Expr[]): void {
  if (node.kind === 'filter') {
    for (const condition of conjunctsOf(node.condition)) conditions.push(condition);
    flatten(node.input, lateral, parts, conditions);
  } else if (node.kind === 'join' && node.type === 'inner') {
    flatten(node.left, lateral, parts, conditions);
    const right = node.right ?? node.dependent;
    if (right === null) throw new Error('a join has a right side');
    for (const condition of joinConditions(node)) conditions.push(condition);
    if (node.right === null) {
      // What a LATERAL side needs may be anywhere to its left: it stays together and in its place.
      parts.push({ node: right, slots: slotsIn(right), lateral: true, position: parts.length });
    } else {
      flatten(right, lateral, parts, conditions);
    }
  } else {
    parts.push({ node, slots: slotsIn(node), lateral, position: parts.length });
  }
}

function placeInner(node: Join, conditions: readonly Expr[], known: Slots): FrameNode {
  const parts: Part[] = [];
  const own: Expr[] = [];
  flatten(node, false, parts, own);
  const [fixed, movable] = parted([...own, ...conditions], isVolatile);
  return filtered(new Order(parts, movable, known).plan(), fixed);
}

/** Prices of a way to join a part, in rows; without a condition to link it, it multiplies what is there. */
const LINKED_BY_INDEX = 1;
const LINKED_BY_HASH = 10;
const LINKED_BY_LOOP = 1e5;
const NOT_LINKED = 1e6;
/** A part of a row or two is put in early, linked or not: its values may find the others. */
const FEW_NOT_LINKED = 5;

/** Puts the parts of an inner join in order, one after the other. */
class Order {
  readonly #parts: Part[];
  readonly #conditions: Set<Expr>;
  readonly #known: Slots;

  constructor(parts: readonly Part[], conditions: readonly Expr[], known: Slots) {
    this.#parts = [...parts];
    this.#conditions = new Set(conditions);
    this.#known = known;
  }

  plan(): FrameNode {
    const first = this.#take(this.#best((part) => this.#startCost(part)));
    let slots = first.slots;
    let node = place(first.node, this.#applicable(first.slots, NO_SLOTS), this.#known);
    while (this.#parts.length > 0) {
      const next = this.#take(this.#best((part) => this.#joinCost(part, slots)));
      const conditions = this.#applicable(next.slots, slots);
      const join: Join = {
        kind: 'join',
        type: 'inner',
        left: node,
        right: next.lateral ? null : next.node,
        dependent: next.lateral ? next.node : null,
        hash: null,
        on: null,
        dependentOn: null,
        leftSlots: [...slots],
        rightSlots: [...next.slots],
      };
      node = joined(join, node, conditions, this.#known);
      slots = union(slots, next.slots);
    }
    return filtered(node, [...this.#conditions]);
  }

  #take(part: Part): Part {
    this.#parts.splice(this.#parts.indexOf(part), 1);
    return part;
  }

  /** Conditions that can be asked once a part is there beside what was placed before. */
  #applicable(slots: Slots, before: Slots): readonly Expr[] {
    const reach = union(union(slots, before), this.#known);
    const found = [...this.#conditions].filter((condition) => within(condition, reach));
    for (const condition of found) this.#conditions.delete(condition);
    return found;
  }

  #best(cost: (part: Part) => number): Part {
    let best: Part | undefined;
    let lowest = Infinity;
    for (const part of this.#parts) {
      // A LATERAL part waits for everything written to its left.
      if (part.lateral && this.#parts.some((other) => other.position < part.position)) continue;
      const price = cost(part);
      if (best === undefined || price < lowest) {
        best = part;
        lowest = price;
      }
    }
    if (best === undefined) throw new Error('a join has parts');
    return best;
  }

  #startCost(part: Part): number {
    return estimatedRows(part.node, part.slots, this.#conditions, this.#known);
  }

  #joinCost(part: Part, slots: Slots): number {
    const before = union(slots, this.#known);
    const reach = union(part.slots, before);
    const usable = [...this.#conditions].filter((c) => within(c, reach) && touches(c, part.slots));
    const linking = usable.filter((c) => touches(c, slots));
    if (linking.length === 0) {
      return this.#startCost(part) <= LOOKUP_ROWS ? FEW_NOT_LINKED : NOT_LINKED + part.position;
    }
    if (part.node.kind === 'scan' && chooseLookup(part.node, usable, before)?.index != null)
      return LINKED_BY_INDEX;
    const { hash } = hashKeys(linking, slots, part.slots);
    return hash === null ? LINKED_BY_LOOP + part.position : LINKED_BY_HASH + this.#startCost(part);
  }
}
