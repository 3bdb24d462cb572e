/** Set-returning functions in a select list: they run side by side, shorter ones are filled up with NULL. */
import type { Datum, Row } from '../../types/datum.ts';
import { SqlRecord } from '../../types/datum.ts';
import type { SetCall } from '../expr.ts';
import type { ProjectSet } from '../plan/nodes.ts';
import { attemptAll, compileExpr } from './compile.ts';
import { DONE, SUSPEND, YIELD, type Frame, type Level } from './context.ts';
import { compileFrames } from './frames.ts';
import { emptyFrame, generated, withSlot } from './operators.ts';
import type { OpenRows } from './rows.ts';

interface SetSource {
  readonly evaluate: (frame: Frame, level: Level) => Iterable<Row> | typeof SUSPEND;
  readonly isRecord: boolean;
}

function compileSet(call: SetCall): SetSource {
  const args = call.args.map(compileExpr);
  const rows = call.fn.make(call.types);
  const { strict } = call.fn;
  return {
    isRecord: call.width !== 1,
    evaluate(frame, level) {
      const values = attemptAll(args, frame, level);
      if (values === SUSPEND) return SUSPEND;
      return strict && values.includes(null) ? [] : rows(values, level.session);
    },
  };
}

type Steps = Generator<Row | typeof YIELD, void, void>;

/** The operator of a select list with sets. */
export function compileProjectSet(node: ProjectSet): OpenRows {
  const base = emptyFrame(node.slots);
  const open = compileFrames(node.input);
  const levels = node.levels.map((calls) => calls.map((call) => compileSet(call)));
  const targets = node.targets.map(compileExpr);

  /** Expands the sets of one nesting level; those inside others come first. */
  function* expand(frame: Frame, depth: number, values: readonly Datum[], level: Level): Steps {
    const calls = levels[depth];
    if (calls === undefined) {
      const full = withSlot(frame, node.slot, values);
      let row: Row | typeof SUSPEND;
      while ((row = attemptAll(targets, full, level)) === SUSPEND) yield YIELD;
      yield row;
      return;
    }
    const input = withSlot(frame, node.slot, values);
    const iterators: Iterator<Row>[] = [];
    for (const call of calls) {
      let rows: Iterable<Row> | typeof SUSPEND;
      while ((rows = call.evaluate(input, level)) === SUSPEND) yield YIELD;
      iterators.push(rows[Symbol.iterator]());
    }
    for (;;) {
      if (level.run.tick()) yield YIELD;
      const step = iterators.map((iterator) => iterator.next());
      if (step.every(({ done }) => done === true)) return;
      const next = step.map((item, i): Datum => {
        if (item.done === true) return null;
        return calls[i]!.isRecord ? new SqlRecord(item.value) : (item.value[0] ?? null);
      });
      yield* expand(frame, depth + 1, [...values, ...next], level);
    }
  }

  function* run(level: Level): Steps {
    const input = open(level, base);
    for (let frame = input.next(); frame !== DONE; frame = input.next()) {
      if (frame === YIELD) yield YIELD;
      else yield* expand(frame, 0, [], level);
    }
  }
  return (level) => generated(run(level));
}
