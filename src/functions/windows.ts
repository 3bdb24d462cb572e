/** Window functions proper; aggregates over windows are the aggregates. */
import { planError } from '../errors.ts';
import type { Datum } from '../types/datum.ts';
import type { WindowTable } from './define.ts';
import type { WindowPartition } from './function.ts';

type At = (partition: WindowPartition) => Datum;
const always = (evaluate: At) => ({ make: () => evaluate });

/** lag and lead: the row `offset` away in a direction, else the default. */
function shifted(direction: -1 | 1, hasOffset: boolean, hasDefault: boolean): WindowTable[string] {
  return always((partition) => {
    const { index } = partition;
    const offset = hasOffset ? partition.argument(1, index) : 1;
    if (offset === null) return null;
    const row = index + direction * (offset as number);
    if (row >= 0 && row < partition.rowCount) return partition.argument(0, row);
    return hasDefault ? partition.argument(2, index) : null;
  });
}

/** Buckets as even as can be, larger ones first. */
function bucket(partition: WindowPartition): Datum {
  const count = partition.argument(0, partition.index);
  if (count === null) return null;
  const buckets = count as number;
  if (buckets <= 0) throw planError('argument of ntile must be greater than zero');
  const size = Math.floor(partition.rowCount / buckets);
  const larger = partition.rowCount % buckets;
  const inLarger = larger * (size + 1);
  const { index } = partition;
  return index < inLarger
    ? Math.floor(index / (size + 1)) + 1
    : larger + Math.floor((index - inLarger) / Math.max(size, 1)) + 1;
}

function nthOfFrame(partition: WindowPartition): Datum {
  const position = partition.argument(1, partition.index);
  if (position === null) return null;
  const n = position as number;
  if (n <= 0) throw planError('argument of nth_value must be greater than zero');
  const row = partition.frameStart + n - 1;
  return row < partition.frameEnd ? partition.argument(0, row) : null;
}

const frameEmpty = (partition: WindowPartition): boolean => partition.frameStart >= partition.frameEnd;

export const windowFunctions: WindowTable = {
  'row_number()': always((p) => BigInt(p.index + 1)),
  'rank()': always((p) => BigInt(p.peerStart + 1)),
  'dense_rank()': always((p) => BigInt(p.peerGroup + 1)),
  'percent_rank()': always((p) => (p.rowCount <= 1 ? 0 : p.peerStart / (p.rowCount - 1))),
  'cume_dist()': always((p) => p.peerEnd / p.rowCount),
  'ntile(int4)': always(bucket),
  'lag(anyelement)': shifted(-1, false, false),
  'lag(anyelement,int4)': shifted(-1, true, false),
  'lag(anycompatible,int4,anycompatible)': shifted(-1, true, true),
  'lead(anyelement)': shifted(1, false, false),
  'lead(anyelement,int4)': shifted(1, true, false),
  'lead(anycompatible,int4,anycompatible)': shifted(1, true, true),
  'first_value(anyelement)': always((p) => (frameEmpty(p) ? null : p.argument(0, p.frameStart))),
  'last_value(anyelement)': always((p) => (frameEmpty(p) ? null : p.argument(0, p.frameEnd - 1))),
  'nth_value(anyelement,int4)': always(nthOfFrame),
};
