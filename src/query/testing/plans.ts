/** For tests of running: plans built by hand, and a session to run them in. */
import { functionsByName, operatorsByName } from '../../functions/registry.ts';
import { testSession } from '../../functions/test-support.ts';
import type { Datum, Row } from '../../types/datum.ts';
import { BOOL, INT4, INT8 } from '../../types/registry.ts';
import type { SqlType } from '../../types/sql-type.ts';
import type { Expr, Subplan } from '../expr.ts';
import { Interrupt } from '../interrupt.ts';
import type { FrameNode, FunctionScan, Join, Project, Relation, RowNode, Scan } from '../plan/nodes.ts';
import { DONE, Level, QueryRun, YIELD } from '../run/context.ts';
import { compileRows } from '../run/rows.ts';
import type { ExecutionContext } from '../session-context.ts';

export const int = (value: number | null): Expr => ({ kind: 'const', value, type: INT4, typmod: -1 });
export const big = (value: bigint | null): Expr => ({ kind: 'const', value, type: INT8, typmod: -1 });
export const column = (slot: number, col = 0, type: SqlType = INT4): Expr => ({
  kind: 'var',
  slot,
  col,
  type,
  typmod: -1,
  name: '',
});
export const outer = (index: number, type: SqlType = INT4): Expr => ({
  kind: 'outer',
  index,
  type,
  typmod: -1,
});

/** An operator over operands that have exactly its types. */
export function op(name: string, left: Expr, right: Expr): Expr {
  const fn = operatorsByName(name).find((o) => o.left === left.type && o.right === right.type);
  if (fn === undefined || typeof fn.returns === 'function') throw new Error(`no operator ${name}`);
  const args = [left, right];
  const types = { args: args.map((arg) => arg.type), typmods: [-1, -1], result: fn.returns };
  return { kind: 'call', fn, args, types, type: fn.returns, typmod: -1 };
}

export const all = (...args: readonly Expr[]): Expr => ({ kind: 'and', args, type: BOOL, typmod: -1 });

/** generate_series(from, to) in a slot. */
export function series(slot: number, from: Expr, to: Expr): FunctionScan {
  const fn = functionsByName('generate_series').find((f) => f.args.length === 2 && f.args[0] === INT4);
  if (fn?.kind !== 'table') throw new Error('no generate_series');
  const types = { args: [INT4, INT4], typmods: [-1, -1], result: INT4 };
  const call = { fn, scalar: null, args: [from, to], types, width: 1, unpack: false };
  return { kind: 'function', slot, calls: [call], ordinality: false, filter: null, alias: 'n' };
}

/** A relation of these rows, all columns int4; `indexed` columns have an index each. */
export function relation(name: string, rows: readonly Row[], indexed: readonly number[] = []): Relation {
  const width = rows[0]?.length ?? 1;
  const columns = Array.from({ length: width }, (_, i) => ({
    name: `c${i}`,
    type: INT4,
    typmod: -1,
    nullable: true,
  }));
  const indexes = indexed.map((position) => ({
    columns: [`c${position}`],
    find: (_: unknown, [key]: readonly Datum[]) => rows.filter((row) => row[position] === key),
  }));
  return {
    id: name,
    oid: 1,
    schema: 's',
    name,
    columns,
    from: {
      kind: 'system',
      relation: {
        schema: 's',
        name,
        oid: 1,
        id: name,
        kind: 'table',
        columns,
        selectGrantedTo: ['PUBLIC'],
        rows: () => rows,
        indexes,
      },
    },
  };
}

export function scan(slot: number, of: Relation): Scan {
  return { kind: 'scan', slot, relation: of, alias: of.name, hidden: [], filter: null, lookup: null };
}

export function join(
  type: Join['type'],
  left: FrameNode,
  right: FrameNode,
  on: Expr | null,
  leftSlots: readonly number[],
  rightSlots: readonly number[],
): Join {
  const dependent = null;
  return {
    kind: 'join',
    type,
    left,
    right,
    on,
    dependent,
    dependentOn: null,
    hash: null,
    leftSlots,
    rightSlots,
  };
}

export function project(input: FrameNode, slots: number, targets: readonly Expr[]): Project {
  return { kind: 'project', input, slots, targets };
}

export function where(input: FrameNode, condition: Expr): FrameNode {
  return { kind: 'filter', input, condition };
}

export function sublink(mode: 'exists' | 'scalar', sub: Subplan, type: SqlType): Expr {
  return { kind: 'sublink', mode, sub, left: [], test: null, hashTypes: null, type, typmod: -1 };
}

export function executionContext(memoryLimit = 1 << 30): ExecutionContext {
  return { session: testSession(), parameters: [], interrupt: new Interrupt(), memoryLimit };
}

/** All rows of a plan, run as it is. */
export function rowsOf(plan: RowNode, context = executionContext()): Row[] {
  const run = new QueryRun(context);
  const operator = compileRows(plan)(new Level(run, [], null));
  const rows: Row[] = [];
  run.begin();
  for (let row = operator.next(); row !== DONE; row = operator.next()) {
    if (row === YIELD) run.begin();
    else rows.push(row);
  }
  return rows;
}
