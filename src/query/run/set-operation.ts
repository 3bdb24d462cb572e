/** UNION, INTERSECT and EXCEPT, each with and without ALL. */
import { hashKey, type HashKey } from '../../types/compare.ts';
import type { Row } from '../../types/datum.ts';
import type { SetOperation } from '../plan/nodes.ts';
import { DONE, rowBytes, YIELD, type Level, type Operator } from './context.ts';
import { generated } from './operators.ts';
import { compileRows, type OpenRows } from './rows.ts';
import { compositeKey } from './sublink.ts';

type KeyOf = (row: Row) => HashKey | null;
type Steps = Generator<Row | typeof YIELD, void, void>;

/** The operator of a set operation. */
export function compileSetOperation(node: SetOperation): OpenRows {
  const left = compileRows(node.left);
  const right = compileRows(node.right);
  const keyOf = compositeKey(node.types.map(hashKey));
  if (node.op === 'union') {
    return (level) => {
      const both = concatenated(left(level), () => right(level));
      return node.all ? both : generated(distinct(both, keyOf, level));
    };
  }
  return (level) => generated(matched(node, left(level), right(level), keyOf, level));
}

function concatenated(left: Operator<Row>, openRight: () => Operator<Row>): Operator<Row> {
  let right: Operator<Row> | null = null;
  return {
    next() {
      if (right === null) {
        const row = left.next();
        if (row !== DONE) return row;
        right = openRight();
      }
      return right.next();
    },
  };
}

function* distinct(input: Operator<Row>, keyOf: KeyOf, level: Level): Steps {
  const seen = new Set<HashKey | null>();
  for (let row = input.next(); row !== DONE; row = input.next()) {
    if (row === YIELD || level.run.tick()) yield YIELD;
    if (row === YIELD) continue;
    const key = keyOf(row);
    if (seen.has(key)) continue;
    level.run.hold(64 + (typeof key === 'string' ? key.length : 0));
    seen.add(key);
    yield row;
  }
}

/** INTERSECT and EXCEPT: counts the right side's rows, then decides for each row of the left. */
function* matched(
  node: SetOperation,
  left: Operator<Row>,
  right: Operator<Row>,
  keyOf: KeyOf,
  level: Level,
): Steps {
  const counts = new Map<HashKey | null, number>();
  for (let row = right.next(); row !== DONE; row = right.next()) {
    if (row === YIELD || level.run.tick()) yield YIELD;
    if (row === YIELD) continue;
    const key = keyOf(row);
    const count = counts.get(key) ?? 0;
    if (count === 0) level.run.hold(rowBytes(row));
    counts.set(key, count + 1);
  }
  const given = new Set<HashKey | null>();
  for (let row = left.next(); row !== DONE; row = left.next()) {
    if (row === YIELD || level.run.tick()) yield YIELD;
    if (row === YIELD) continue;
    const key = keyOf(row);
    const count = counts.get(key) ?? 0;
    const isWanted = count > 0 === (node.op === 'intersect');
    if (node.all) {
      if (count > 0) counts.set(key, count - 1);
      if (isWanted) yield row;
    } else if (isWanted && !given.has(key)) {
      given.add(key);
      yield row;
    }
  }
}
