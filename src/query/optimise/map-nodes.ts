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

/** Visits a frame tree of one level, top first. */
export function visitFrames(node: FrameNode, visit: (node: FrameNode) => void): void {
  visit(node);
  mapFrameNode(
    node,
    (input) => {
      visitFrames(input, visit);
      return input;
    },
    (expr) => expr,
  );
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
