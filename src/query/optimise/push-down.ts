/**
 * Conditions on the rows of a subquery of FROM go into it, as far as that changes nothing: through sorting, DISTINCT, set
 * operations and conversions, down to where the relations are. What groups and windows let through is for `joins.ts`.
 */
import type { Expr } from '../expr.ts';
import { isVolatile, replace, slotsOf, some } from '../expr-walk.ts';
import type { Project, ProjectSet, RowNode, SubqueryScan } from '../plan/nodes.ts';
import { conjunction, conjunctsOf, hasSubquery, parted } from './conjuncts.ts';

/** A condition on its way down: as it stood on top, and as it is where it has come to, over Var(0, i), the columns there. */
interface Carried {
  readonly original: Expr;
  readonly here: Expr;
}

/** A query with conditions inside, and those that had to stay outside. */
interface Pushed {
  readonly query: RowNode;
  readonly kept: readonly Carried[];
}

/** The scan with those conditions of its filter that may go inside put inside. */
export function pushDown(node: SubqueryScan): SubqueryScan {
  const [movable, fixed] = parted(conjunctsOf(node.filter), (condition) => isMovable(condition, node.slot));
  if (movable.length === 0) return node;
  const args = [...node.args];
  const { query, kept } = pushed(
    node.query,
    movable.map((original) => ({ original, here: asColumns(original, args) })),
  );
  const left = new Set(kept.map(({ original }) => original));
  const filter = conjunction([...movable.filter((condition) => left.has(condition)), ...fixed]);
  return query === node.query ? node : { ...node, query, args, filter };
}

/** A condition on the columns of one relation alone, with the same answer whenever it is asked. */
function isMovable(condition: Expr, slot: number): boolean {
  if (isVolatile(condition) || hasSubquery(condition)) return false;
  if (some(condition, (part) => part.kind === 'wholeRow')) return false;
  return [...slotsOf(condition)].every((used) => used === slot);
}

/** The condition over Var(0, i), the columns of the query; what it needs of the level around becomes an argument. */
function asColumns(condition: Expr, args: Expr[]): Expr {
  return replace(condition, (part) => {
    if (part.kind === 'var') return { ...part, slot: 0 };
    if (part.kind !== 'outer') return undefined;
    args.push(part);
    return { ...part, index: args.length - 1 };
  });
}

function pushed(query: RowNode, conditions: readonly Carried[]): Pushed {
  if (conditions.length === 0) return { query, kept: [] };
  switch (query.kind) {
    case 'project':
    case 'projectSet':
      return intoLevel(query, conditions);
    case 'convert':
      return around(query, pushed(query.input, over(query.targets, conditions)));
    case 'sort':
    case 'strip':
      return around(query, pushed(query.input, conditions));
    case 'distinctRows': {
      // Of rows that DISTINCT ON takes for one, only the first may count.
      const told = new Set(query.columns.map(({ column }) => column));
      const isTold = ({ here }: Carried): boolean =>
        !some(here, (part) => part.kind === 'var' && !told.has(part.col));
      const { query: inner, kept } = around(query, pushed(query.input, conditions.filter(isTold)));
      return { query: inner, kept: [...kept, ...conditions.filter((condition) => !isTold(condition))] };
    }
    case 'setOperation': {
      const left = pushed(query.left, conditions);
      const right = pushed(query.right, conditions);
      // What one branch cannot take is asked above as well: asked twice, it is still true.
      return {
        query: { ...query, left: left.query, right: right.query },
        kept: [...left.kept, ...right.kept],
      };
    }
    case 'with': {
      const { query: body, kept } = pushed(query.body, conditions);
      return { query: { ...query, body }, kept };
    }
    case 'values':
    case 'limit':
      return { query, kept: conditions };
  }
}

function intoLevel(query: Project | ProjectSet, conditions: readonly Carried[]): Pushed {
  const taken: Expr[] = [];
  const kept: Carried[] = [];
  for (const condition of over(query.targets, conditions)) {
    const { here } = condition;
    const isFixed =
      isVolatile(here) || hasSubquery(here) || (query.kind === 'projectSet' && slotsOf(here).has(query.slot));
    if (isFixed) kept.push(condition);
    else taken.push(here);
  }
  const condition = conjunction(taken);
  if (condition === null) return { query, kept };
  return { query: { ...query, input: { kind: 'filter', input: query.input, condition } }, kept };
}

function around(
  node: Extract<RowNode, { readonly kind: 'convert' | 'sort' | 'strip' | 'distinctRows' }>,
  { query, kept }: Pushed,
): Pushed {
  return { query: query === node.input ? node : { ...node, input: query }, kept };
}

/** Conditions over columns as conditions over what computes them. */
function over(targets: readonly Expr[], conditions: readonly Carried[]): readonly Carried[] {
  return conditions.map(({ original, here }) => ({
    original,
    here: replace(here, (part) => (part.kind === 'var' ? targets[part.col] : undefined)),
  }));
}
