/** PostgreSQL's order of jsonb values (compareJsonbContainers in utils/adt/jsonb_util.c). */
import type { JsonbValue } from './datum.ts';
import { Numeric } from './numeric.ts';
import { compareText } from './text-order.ts';

type Members = ReadonlyMap<string, JsonbValue>;

/** Order of two whole documents. An empty array at the top sorts below every scalar: PostgreSQL's historical quirk. */
export function compareJsonb(a: JsonbValue, b: JsonbValue): number {
  const left = typeRank(a);
  const right = typeRank(b);
  if (left !== right && left <= ARRAY && right <= ARRAY && (left === ARRAY || right === ARRAY)) {
    // A scalar document is stored as an array of one, so an array is first compared by its length.
    const array = (left === ARRAY ? a : b) as readonly JsonbValue[];
    const order = array.length === 0 ? -1 : 1;
    return left === ARRAY ? order : -order;
  }
  return compareValues(a, b);
}

const ARRAY = 4;
const OBJECT = 5;

function typeRank(value: JsonbValue): number {
  if (value === null) return 0;
  if (typeof value === 'string') return 1;
  if (value instanceof Numeric) return 2;
  if (typeof value === 'boolean') return 3;
  return value instanceof Map ? OBJECT : ARRAY;
}

function compareValues(a: JsonbValue, b: JsonbValue): number {
  const rank = typeRank(a);
  const difference = rank - typeRank(b);
  if (difference !== 0 || a === null) return difference;
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (a instanceof Numeric) return a.compare(b as Numeric);
  if (rank === OBJECT) return compareObjects(a as Members, b as Members);
  return compareArrays(a as readonly JsonbValue[], b as readonly JsonbValue[]);
}

function compareArrays(a: readonly JsonbValue[], b: readonly JsonbValue[]): number {
  if (a.length !== b.length) return a.length - b.length;
  for (const [i, item] of a.entries()) {
    const order = compareValues(item, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** Number of members first, then key and value pairs in the order PostgreSQL stores them. */
function compareObjects(a: Members, b: Members): number {
  if (a.size !== b.size) return a.size - b.size;
  const left = storageOrder(a);
  const right = storageOrder(b);
  for (const [i, key] of left.entries()) {
    const other = right[i] ?? '';
    const order = compareText(key, other) || compareValues(a.get(key) ?? null, b.get(other) ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** Keys by length in bytes, then by bytes. */
function storageOrder(members: Members): string[] {
  return [...members.keys()].sort((a, b) => Buffer.byteLength(a) - Buffer.byteLength(b) || compareText(a, b));
}
