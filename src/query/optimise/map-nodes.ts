/** Rebuilding plan nodes. */
import type { Expr } from '../expr.ts';
import { mapChildren } from '../expr-walk.ts';
import type { FrameNode, FunctionCall, RowNode } from '../plan/nodes.ts';

type MapExpr = (expr: Expr) => Expr;
type MapFrames = (node: FrameNode) => FrameNode;

function mapCall(call: FunctionCall, f: MapExpr): FunctionCall {
  return { ...call, scalar: call.scalar && f(call.scalar), args: call.args.map(f) };
}

/** The node with its own expressions and its direct inputs replaced. */
export function mapFrameNode(node: FrameNode, frames: MapFrames, f: MapExpr): FrameNode {
  switch (node.kind) {
    case 'one':
      return node;
    case 'scan':
      return {
        ...node,
        filter: node.filter && f(node.filter),
        lookup: node.lookup && { ...node.lookup, keys: node.lookup.keys.map(f) },
      };
    case 'subquery':
      return { ...node, args: node.args.map(f), filter: node.filter && f(node.filter) };
    case 'function':
      return {
        ...node,
        calls: node.calls.map((call) => mapCall(call, f)),
        filter: node.filter && f(node.filter),
      };
    case 'cte':
      return { ...node, filter: node.filter && f(node.filter) };
    case 'join':
      return {
        ...node,
        left: frames(node.left),
        right: node.right && frames(node.right),
        dependent: node.dependent && frames(node.dependent),
        hash: node.hash && { ...node.hash, left: node.hash.left.map(f), right: node.hash.right.map(f) },
        on: node.on && f(node.on),
        dependentOn: node.dependentOn && f(node.dependentOn),
      };
    case 'filter':
      return { ...node, input: frames(node.input), condition: f(node.condition) };
    case 'aggregate':
      return {
        ...node,
        input: frames(node.input),
        keys: node.keys.map(f),
        aggregates: node.aggregates.map((spec) => ({
          ...spec,
          args: spec.args.map(f),
          order: spec.order.map((key) => ({ ...key, expr: f(key.expr) })),
          filter: spec.filter && f(spec.filter),
        })),
      };
    case 'window':
      return {
        ...node,
        input: frames(node.input),
        calls: node.calls.map((call) => mapChildren(call, f) as typeof call),
      };
  }
}

/** The node and everything below it in the same query level, with all expressions replaced. */
export function mapFrames(node: FrameNode, f: MapExpr, after: MapFrames = (same) => same): FrameNode {
  return after(mapFrameNode(node, (input) => mapFrames(input, f, after), f));
}

/** Frame nodes that a node reads from, in the same query level. */
function frameInputs(node: FrameNode): readonly FrameNode[] {
  switch (node.kind) {
    case 'join':
      return [node.left, node.right, node.dependent].filter((input) => input !== null);
    case 'filter':
    case 'aggregate':
    case 'window':
      return [node.input];
    default:
      return [];
  }
}

/** Expressions that a node computes by itself: those that {@link mapFrameNode} replaces. */
function frameExprs(node: FrameNode): readonly (Expr | null)[] {
  switch (node.kind) {
    case 'one':
      return [];
    case 'scan':
      return [node.filter, ...(node.lookup?.keys ?? [])];
    case 'subquery':
      return [...node.args, node.filter];
    case 'function':
      return [...node.calls.flatMap((call) => [call.scalar, ...call.args]), node.filter];
    case 'cte':
      return [node.filter];
    case 'join':
      return [...(node.hash?.left ?? []), ...(node.hash?.right ?? []), node.on, node.dependentOn];
    case 'filter':
      return [node.condition];
    case 'aggregate': {
      const parts = node.aggregates.flatMap(({ args, order, filter }) => [
        ...args,
        ...order.map(({ expr }) => expr),
        filter,
      ]);
      return [...node.keys, ...parts];
    }
    case 'window':
      return node.calls;
  }
}

/** Visits a frame tree of one level, top first. */
export function visitFrames(node: FrameNode, visit: (node: FrameNode) => void): void {
  visit(node);
  for (const input of frameInputs(node)) visitFrames(input, visit);
}

/** Visits the expressions of a frame tree of one level. */
export function visitFrameExprs(node: FrameNode, visit: (expr: Expr) => void): void {
  visitFrames(node, (part) => {
    for (const expr of frameExprs(part)) if (expr !== null) visit(expr);
  });
}

/** The row node with its direct inputs replaced. */
export function mapRowInputs(node: RowNode, f: (node: RowNode) => RowNode): RowNode {
  switch (node.kind) {
    case 'project':
    case 'projectSet':
    case 'values':
      return node;
    case 'sort':
    case 'distinctRows':
    case 'limit':
    case 'strip':
    case 'convert':
      return { ...node, input: f(node.input) };
    case 'setOperation':
      return { ...node, left: f(node.left), right: f(node.right) };
    case 'with':
      return {
        ...node,
        ctes: node.ctes.map((cte) => ({
          ...cte,
          query: f(cte.query),
          recursive: cte.recursive && { ...cte.recursive, step: f(cte.recursive.step) },
        })),
        body: f(node.body),
      };
  }
}
