/** EXPLAIN: the plan that would run, one line a node, inputs indented below it. */
import type { Expr } from './expr.ts';
import { visit } from './expr-walk.ts';
import { optimise } from './optimise/optimise.ts';
import type { BoundQuery } from './plan.ts';
import type { ColumnOrder, FrameNode, Join, RowNode, Scan } from './plan/nodes.ts';
import { printExpr, printSortKeys } from './print-expr.ts';

/** A node as text: its own line, details, and what lies below it. */
interface Shown {
  readonly title: string;
  readonly details: readonly string[];
  readonly inputs: readonly Shown[];
}

const detail = (label: string, expr: Expr | null): readonly string[] =>
  expr === null ? [] : [`${label}: ${printExpr(expr)}`];

const exprs = (list: readonly Expr[]): string => list.map(printExpr).join(', ');

function columns(order: readonly ColumnOrder[]): string {
  return order
    .map(({ column, descending, nullsFirst }) => {
      const nulls = nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
      return `#${column + 1}${descending ? ' DESC' : ''}${nulls}`;
    })
    .join(', ');
}

/** Subqueries of expressions hang below the node that asks them. */
function subqueriesOf(list: readonly (Expr | null)[]): Shown[] {
  const found: Shown[] = [];
  for (const expr of list) {
    if (expr === null) continue;
    visit(expr, (part) => {
      if (part.kind !== 'sublink') return;
      found.push({ title: 'Subquery', details: [], inputs: [showRows(optimise(part.sub.plan))] });
    });
  }
  return found;
}

function showScan(node: Scan): Shown {
  const { relation, lookup } = node;
  const name = `${relation.schema}.${relation.name}`;
  const alias = node.alias === relation.name ? '' : ` ${node.alias}`;
  const keys = lookup?.columns.map(
    (column, i) =>
      `${relation.columns[column]!.name} = ${lookup.anyElement === true ? 'ANY ' : ''}${printExpr(lookup.keys[i]!)}`,
  );
  const title =
    lookup === null ? 'Scan' : lookup.index === null ? 'Scan, later by hash table,' : 'Index lookup';
  return {
    title: `${title} on ${name}${alias}`,
    details: [...(keys === undefined ? [] : [`Key: ${keys.join(', ')}`]), ...detail('Filter', node.filter)],
    inputs: subqueriesOf([node.filter]),
  };
}

const JOINS = { inner: '', left: ' left', full: ' full', semi: ' semi', anti: ' anti' } as const;

function showJoin(node: Join): Shown {
  const { hash } = node;
  const kind = JOINS[node.type];
  const onKeys = hash?.left.map((left, i) => `${printExpr(left)} = ${printExpr(hash.right[i]!)}`);
  const byLookup = node.dependent !== null;
  const title = byLookup
    ? `Nested loop${kind} join`
    : hash === null
      ? `Loop${kind} join`
      : `Hash${kind} join`;
  return {
    title,
    details: [
      ...(onKeys === undefined
        ? []
        : [`${byLookup ? 'Hash join past many rows on' : 'On'}: ${onKeys.join(', ')}`]),
      ...(byLookup ? detail('Condition', node.dependentOn) : detail('Condition', node.on)),
    ],
    inputs: [showFrames(node.left), showFrames(node.dependent ?? node.right!), ...subqueriesOf([node.on])],
  };
}

function showFrames(node: FrameNode): Shown {
  switch (node.kind) {
    case 'one':
      return { title: 'One row', details: [], inputs: [] };
    case 'scan':
      return showScan(node);
    case 'subquery':
      return {
        title: `Subquery ${node.alias}`,
        details: detail('Filter', node.filter),
        inputs: [showRows(optimise(node.query)), ...subqueriesOf([node.filter])],
      };
    case 'function':
      return {
        title: `Function ${node.calls.map((call) => call.fn?.name ?? printExpr(call.scalar!)).join(', ')} ${node.alias}`,
        details: detail('Filter', node.filter),
        inputs: subqueriesOf([...node.calls.flatMap((call) => call.args), node.filter]),
      };
    case 'cte':
      return { title: `CTE ${node.alias}`, details: detail('Filter', node.filter), inputs: [] };
    case 'join':
      return showJoin(node);
    case 'filter':
      return {
        title: 'Filter',
        details: detail('Condition', node.condition),
        inputs: [showFrames(node.input), ...subqueriesOf([node.condition])],
      };
    case 'aggregate':
      return {
        title: node.sets === null ? 'Aggregate' : `Aggregate over ${node.sets.length} grouping sets`,
        details: [
          ...(node.keys.length === 0 ? [] : [`Group by: ${exprs(node.keys)}`]),
          ...node.aggregates.map(({ fn, args, distinct, order }) => {
            const by = order.length === 0 ? '' : ` ORDER BY ${printSortKeys(order)}`;
            return `Compute: ${fn.name}(${distinct ? 'DISTINCT ' : ''}${exprs(args)}${by})`;
          }),
        ],
        inputs: [showFrames(node.input), ...subqueriesOf(node.keys)],
      };
    case 'window': {
      const window = node.calls[0]?.window;
      return {
        title: 'Window',
        details: [
          ...(window === undefined || window.partition.length === 0
            ? []
            : [`Partition by: ${exprs(window.partition)}`]),
          ...(window === undefined || window.order.length === 0
            ? []
            : [`Order by: ${printSortKeys(window.order)}`]),
          ...node.calls.map(({ fn, args }) => `Compute: ${fn.name}(${exprs(args)})`),
        ],
        inputs: [showFrames(node.input)],
      };
    }
  }
}

function showRows(node: RowNode): Shown {
  switch (node.kind) {
    case 'project':
    case 'projectSet':
      return {
        title: node.kind === 'project' ? 'Project' : 'Project sets',
        details: [`Output: ${exprs(node.targets)}`],
        inputs: [showFrames(node.input), ...subqueriesOf(node.targets)],
      };
    case 'values':
      return {
        title: `Values, ${node.rows.length} row${node.rows.length === 1 ? '' : 's'}`,
        details: [],
        inputs: subqueriesOf(node.rows.flat()),
      };
    case 'sort':
      return {
        title: node.limit === null ? 'Sort' : 'Top rows',
        details: [`Key: ${columns(node.order)}`],
        inputs: [showRows(node.input)],
      };
    case 'distinctRows':
      return { title: 'Distinct', details: [], inputs: [showRows(node.input)] };
    case 'limit':
      return {
        title: 'Limit',
        details: [...detail('Count', node.count), ...detail('Offset', node.offset)],
        inputs: [showRows(node.input)],
      };
    case 'strip':
      return showRows(node.input);
    case 'convert':
      return { title: 'Convert', details: [], inputs: [showRows(node.input)] };
    case 'setOperation':
      return {
        title: `${node.op.charAt(0).toUpperCase()}${node.op.slice(1)}${node.all ? ' all' : ''}`,
        details: [],
        inputs: [showRows(node.left), showRows(node.right)],
      };
    case 'with':
      return {
        title: 'With',
        details: [],
        inputs: [
          ...node.ctes.map((cte) => ({
            title: `${cte.recursive === null ? 'CTE' : 'Recursive CTE'} ${cte.name}`,
            details: [],
            inputs: [showRows(cte.query), ...(cte.recursive === null ? [] : [showRows(cte.recursive.step)])],
          })),
          showRows(node.body),
        ],
      };
  }
}

function lines(node: Shown, depth: number, into: string[]): void {
  const indent = '  '.repeat(depth);
  into.push(indent + node.title);
  for (const text of node.details) into.push(`${indent}    ${text}`);
  for (const input of node.inputs) lines(input, depth + 1, into);
}

/** Lines of the plan that {@link openQuery} would run for this query. */
export function explain(bound: Pick<BoundQuery, 'plan'>): readonly string[] {
  const into: string[] = [];
  lines(showRows(optimise(bound.plan)), 0, into);
  return into;
}
