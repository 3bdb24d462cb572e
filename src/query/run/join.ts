/** Joins: by hash on equal values, by running the right side for each left frame, or by nested loops. */
import type { HashKey } from '../../types/compare.ts';
import { hashKey } from '../../types/compare.ts';
import type { Datum } from '../../types/datum.ts';
import type { Join } from '../plan/nodes.ts';
import { attempt, attemptAll, compileExpr, type Eval } from './compile.ts';
import { DONE, frameBytes, SUSPEND, YIELD, type Frame, type Level, type Operator } from './context.ts';
import { compileCondition, compileFrames, type OpenFrames } from './frames.ts';
import { generated, listed, nullExtended, overlay } from './operators.ts';
import { compositeKey } from './sublink.ts';

type Steps = Generator<Frame | typeof YIELD, void, void>;

/** Left frames for which the right side is looked up one at a time, before a hash table of all of it is made. */
const MAX_LOOKUPS = 1000;

/** The operator of a join. */
export function compileJoin(node: Join): OpenFrames {
  const left = compileFrames(node.left);
  const whole = node.right === null ? null : compileWhole(node);
  if (node.dependent === null) {
    if (whole === null) throw new Error('a join has a right side');
    return (level, base) => generated(whole(left(level, base), level, base));
  }
  const dependent = compileFrames(node.dependent);
  const on = compileCondition(node.dependentOn);
  const canSwitch = whole !== null && node.hash !== null;
  return (level, base) =>
    generated(
      lookUp(
        node,
        left(level, base),
        dependent,
        on,
        level,
        canSwitch ? (rest) => whole(rest, level, base) : null,
      ),
    );
}

function* lookUp(
  node: Join,
  left: Operator<Frame>,
  open: OpenFrames,
  on: Eval | null,
  level: Level,
  instead: ((rest: Operator<Frame>) => Steps) | null,
): Steps {
  let lookups = 0;
  for (let frame = left.next(); frame !== DONE; frame = left.next()) {
    if (frame === YIELD) {
      yield YIELD;
      continue;
    }
    if (instead !== null && ++lookups > MAX_LOOKUPS) {
      yield* instead(resumed(frame, left));
      return;
    }
    let matched = false;
    const right = open(level, frame);
    for (let both = right.next(); both !== DONE; both = right.next()) {
      if (both === YIELD) {
        yield YIELD;
        continue;
      }
      if (on !== null) {
        let answer;
        while ((answer = attempt(on, both, level)) === SUSPEND) yield YIELD;
        if (answer !== true) {
          if (level.run.tick()) yield YIELD;
          continue;
        }
      }
      matched = true;
      if (node.type === 'semi') yield frame;
      if (node.type === 'semi' || node.type === 'anti') break;
      yield both;
    }
    if (!matched) {
      if (node.type === 'left') yield nullExtended(frame, node.rightSlots);
      else if (node.type === 'anti') yield frame;
    }
    if (level.run.tick()) yield YIELD;
  }
}

/** An operator with one frame put back in front. */
function resumed(first: Frame, rest: Operator<Frame>): Operator<Frame> {
  let pending: Frame | null = first;
  return {
    next() {
      if (pending === null) return rest.next();
      const frame = pending;
      pending = null;
      return frame;
    },
  };
}

/** The right side in memory, by key; `all` holds every frame in order. */
interface Table {
  readonly byKey: Map<HashKey | null, Frame[]> | null;
  readonly all: readonly Frame[];
}

type Whole = (left: Operator<Frame>, level: Level, base: Frame) => Steps;

/** Joins that read the whole right side once. */
function compileWhole(node: Join): Whole {
  const openRight = compileFrames(node.right!);
  const on = compileCondition(node.on);
  const leftKeys = node.hash?.left.map(compileExpr) ?? [];
  const rightKeys = node.hash?.right.map(compileExpr) ?? [];
  const keyOf = compositeKey((node.hash?.types ?? []).map(hashKey));
  const isHashed = node.hash !== null;
  return function* (left, level, base) {
    // Without a left frame only a FULL join has rows: the right side need not be read.
    let first = left.next();
    while (first === YIELD) {
      yield YIELD;
      first = left.next();
    }
    if (first === DONE && node.type !== 'full') return;
    const table = yield* build(openRight(level, base), isHashed, rightKeys, keyOf, level);
    // Nothing on the right: an inner or semi join has no rows, so the left side need not be read.
    if (table.all.length === 0 && (node.type === 'inner' || node.type === 'semi')) return;
    const matchedRight = node.type === 'full' ? new Set<Frame>() : null;
    const frames = first === DONE ? listed<Frame>([]) : resumed(first, left);
    for (let frame = frames.next(); frame !== DONE; frame = frames.next()) {
      if (frame === YIELD) {
        yield YIELD;
        continue;
      }
      let candidates = table.all;
      if (table.byKey !== null) {
        let values;
        while ((values = attemptAll(leftKeys, frame, level)) === SUSPEND) yield YIELD;
        candidates = values.includes(null) ? [] : (table.byKey.get(keyOf(values)) ?? []);
      }
      let matched = false;
      for (const right of candidates) {
        if (level.run.tick()) yield YIELD;
        const both = overlay(frame, right, node.rightSlots);
        if (on !== null) {
          let answer;
          while ((answer = attempt(on, both, level)) === SUSPEND) yield YIELD;
          if (answer !== true) continue;
        }
        matched = true;
        matchedRight?.add(right);
        if (node.type === 'semi') yield frame;
        if (node.type === 'semi' || node.type === 'anti') break;
        yield both;
      }
      if (!matched) {
        if (node.type === 'left' || node.type === 'full') yield nullExtended(frame, node.rightSlots);
        else if (node.type === 'anti') yield frame;
      }
      if (level.run.tick()) yield YIELD;
    }
    if (matchedRight === null) return;
    for (const right of table.all) {
      if (level.run.tick()) yield YIELD;
      if (!matchedRight.has(right)) yield nullExtended(overlay(base, right, node.rightSlots), node.leftSlots);
    }
  };
}

function* build(
  input: Operator<Frame>,
  isHashed: boolean,
  keys: readonly Eval[],
  keyOf: (values: readonly Datum[]) => HashKey | null,
  level: Level,
): Generator<typeof YIELD, Table, void> {
  const byKey = isHashed ? new Map<HashKey | null, Frame[]>() : null;
  const all: Frame[] = [];
  for (let frame = input.next(); frame !== DONE; frame = input.next()) {
    if (frame === YIELD) {
      yield YIELD;
      continue;
    }
    level.run.hold(frameBytes(frame));
    all.push(frame);
    if (byKey === null) continue;
    let values;
    while ((values = attemptAll(keys, frame, level)) === SUSPEND) yield YIELD;
    if (values.includes(null)) continue;
    const key = keyOf(values);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [frame]);
    else list.push(frame);
  }
  return { byKey, all };
}
