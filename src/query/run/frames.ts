/** Frame nodes to operators. */
import type { Datum, Row } from '../../types/datum.ts';
import type { SqlRecord } from '../../types/datum.ts';
import type { Expr } from '../expr.ts';
import type { CteScan, Filter, FrameNode, FunctionCall, FunctionScan, SubqueryScan } from '../plan/nodes.ts';
import { compileAggregate } from './aggregate.ts';
import { attempt, attemptAll, compileExpr, type Eval } from './compile.ts';
import { DONE, Level, SUSPEND, YIELD, type Frame, type Operator } from './context.ts';
import { compileJoin } from './join.ts';
import { generated, withSlot } from './operators.ts';
import { compileRows } from './rows.ts';
import { compileScan } from './scan.ts';
import { compileWindow } from './window.ts';

/** Opens a compiled node on a level; frames are copies of `base` with the node's slots set. */
export type OpenFrames = (level: Level, base: Frame) => Operator<Frame>;

const compiled = new WeakMap<FrameNode, OpenFrames>();

/** Compiles a frame node; once for each. */
export function compileFrames(node: FrameNode): OpenFrames {
  let open = compiled.get(node);
  if (open === undefined) {
    open = compile(node);
    compiled.set(node, open);
  }
  return open;
}

function compile(node: FrameNode): OpenFrames {
  switch (node.kind) {
    case 'one':
      return (_, base) => {
        let done = false;
        return {
          next() {
            if (done) return DONE;
            done = true;
            return base;
          },
        };
      };
    case 'scan':
      return compileScan(node);
    case 'subquery':
      return compileSubquery(node);
    case 'function':
      return compileFunction(node);
    case 'cte':
      return compileCteScan(node);
    case 'join':
      return compileJoin(node);
    case 'filter':
      return compileFilter(node);
    case 'aggregate':
      return compileAggregate(node);
    case 'window':
      return compileWindow(node);
  }
}

/** A condition, or null when there is none. */
export function compileCondition(condition: Expr | null): Eval | null {
  return condition === null ? null : compileExpr(condition);
}

/** Frames that satisfy a condition. */
export function filtered(input: Operator<Frame>, condition: Eval, level: Level): Operator<Frame> {
  let held: Frame | null = null;
  return {
    next() {
      for (;;) {
        const frame = held ?? input.next();
        if (frame === DONE || frame === YIELD) return frame;
        held = null;
        const answer = attempt(condition, frame, level);
        if (answer === SUSPEND) {
          held = frame;
          return YIELD;
        }
        if (answer === true) return frame;
        if (level.run.tick()) return YIELD;
      }
    },
  };
}

/** Rows put into a slot, as far as they satisfy a condition. */
export function slotted(
  input: Operator<Row>,
  slot: number,
  base: Frame,
  condition: Eval | null,
  level: Level,
): Operator<Frame> {
  const frames: Operator<Frame> = {
    next() {
      const row = input.next();
      return row === DONE || row === YIELD ? row : withSlot(base, slot, row);
    },
  };
  return condition === null ? frames : filtered(frames, condition, level);
}

function compileFilter(node: Filter): OpenFrames {
  const open = compileFrames(node.input);
  const condition = compileExpr(node.condition);
  return (level, base) => filtered(open(level, base), condition, level);
}

function compileSubquery(node: SubqueryScan): OpenFrames {
  const open = compileRows(node.query);
  const args = node.args.map(compileExpr);
  const condition = compileCondition(node.filter);
  return (level, base) => {
    let input: Operator<Row> | null = null;
    const rows: Operator<Row> = {
      next() {
        if (input === null) {
          const values = attemptAll(args, base, level);
          if (values === SUSPEND) return YIELD;
          input = open(new Level(level.run, values, level));
        }
        return input.next();
      },
    };
    return slotted(rows, node.slot, base, condition, level);
  };
}

function compileCteScan(node: CteScan): OpenFrames {
  const condition = compileCondition(node.filter);
  return (level, base) => slotted(level.cte(node.cte).reader(), node.slot, base, condition, level);
}

type Steps = Generator<Row | typeof YIELD, void, void>;
type Produce = (base: Frame, level: Level) => Iterable<Row> | typeof SUSPEND;

function compileFunction(node: FunctionScan): OpenFrames {
  const sources = node.calls.map((call) => ({ width: call.width, produce: compileCall(call) }));
  const condition = compileCondition(node.filter);
  const [only] = sources;
  function* single(produce: Produce, level: Level, base: Frame): Steps {
    let rows: Iterable<Row> | typeof SUSPEND;
    while ((rows = produce(base, level)) === SUSPEND) yield YIELD;
    for (const row of rows) {
      if (level.run.tick()) yield YIELD;
      yield row;
    }
  }
  function* together(level: Level, base: Frame): Steps {
    const iterators: { readonly width: number; readonly rows: Iterator<Row> }[] = [];
    for (const { width, produce } of sources) {
      let rows: Iterable<Row> | typeof SUSPEND;
      while ((rows = produce(base, level)) === SUSPEND) yield YIELD;
      iterators.push({ width, rows: rows[Symbol.iterator]() });
    }
    for (let n = 1n; ; n++) {
      if (level.run.tick()) yield YIELD;
      let live = false;
      const row: Datum[] = [];
      for (const { width, rows } of iterators) {
        const step = rows.next();
        if (step.done !== true) live = true;
        for (let i = 0; i < width; i++) row.push(step.done === true ? null : (step.value[i] ?? null));
      }
      if (!live) return;
      if (node.ordinality) row.push(n);
      yield row;
    }
  }
  const isSingle = sources.length === 1 && !node.ordinality && only !== undefined;
  return (level, base) => {
    const steps = isSingle ? single(only.produce, level, base) : together(level, base);
    return slotted(generated(steps), node.slot, base, condition, level);
  };
}

/** The rows of one function; a strict one has none for a NULL argument. */
function compileCall(call: FunctionCall): Produce {
  const unpack = (value: Datum): Row =>
    value === null ? new Array<null>(call.width).fill(null) : (value as SqlRecord).fields;
  if (call.scalar !== null) {
    const scalar = compileExpr(call.scalar);
    return (base, level) => {
      const value = attempt(scalar, base, level);
      if (value === SUSPEND) return SUSPEND;
      return [call.unpack ? unpack(value) : [value]];
    };
  }
  if (call.fn === null) throw new Error('a function of FROM is a call or a scalar');
  const args = call.args.map(compileExpr);
  const produce = call.fn.make(call.types);
  const { strict } = call.fn;
  return (base, level) => {
    const values = attemptAll(args, base, level);
    if (values === SUSPEND) return SUSPEND;
    if (strict && values.includes(null)) return [];
    const rows = produce(values, level.session);
    return call.unpack ? unpacked(rows, unpack) : rows;
  };
}

function* unpacked(rows: Iterable<Row>, unpack: (value: Datum) => Row): Iterable<Row> {
  for (const row of rows) yield unpack(row[0] ?? null);
}
