/** Array functions and operators. Behaviour: PostgreSQL 15, "Array Functions and Operators". */
import { planError, type SqlError } from '../errors.ts';
import { aclItemWithNames } from '../types/cast-names.ts';
import { comparator } from '../types/compare.ts';
import { type AclItemDatum, type Datum, type Row, SqlArray } from '../types/datum.ts';
import { textEncoder } from '../types/text-encode.ts';
import type { SqlType } from '../types/sql-type.ts';
import { ACLITEM, MZ_ACLITEM, TEXT } from '../types/registry.ts';
import { EMPTY_ARRAY, textArray } from './array-values.ts';
import { castSession } from './cast-session.ts';
import { alike, arg, forTypes, made, type Made, type RowsTable, type ScalarTable } from './define.ts';
import type { CallTypes } from './function.ts';

const MAX_DIMENSIONS = 6;
/** MaxArraySize of PostgreSQL would take all memory; this keeps one array within reason. */
const MAX_ELEMENTS = 10_000_000;

function element(types: CallTypes, position = 0): SqlType {
  return types.args[position]?.element ?? TEXT;
}

/** Equality of elements in which NULL equals NULL. */
function sameElement(type: SqlType): (a: Datum, b: Datum) => boolean {
  const compare = comparator(type);
  return (a, b) => (a === null || b === null ? a === b : compare(a, b) === 0);
}

function incompatible(detail: string): SqlError {
  return planError('cannot concatenate incompatible arrays', { detail });
}

/** Appends or prepends one element to an array of one dimension; the lower bound stays where it was. */
function extend(array: SqlArray | null, value: Datum, front: boolean): SqlArray {
  if (array === null || array.dims.length === 0) return new SqlArray([value]);
  if (array.dims.length > 1) throw planError('argument must be empty or one-dimensional array');
  const elements = front ? [value, ...array.elements] : [...array.elements, value];
  return new SqlArray(elements, [elements.length], array.lowerBounds);
}

/** Arrays of one shape join lengthwise; one a dimension lower joins as an element. */
function concatenate(a: SqlArray | null, b: SqlArray | null): SqlArray | null {
  if (a === null || b === null) return a ?? b;
  if (a.dims.length === 0) return b;
  if (b.dims.length === 0) return a;
  const difference = a.dims.length - b.dims.length;
  if (Math.abs(difference) > 1) {
    throw incompatible(
      `Arrays of ${String(a.dims.length)} and ${String(b.dims.length)} dimensions are not compatible for concatenation.`,
    );
  }
  const inner = (array: SqlArray, drop: number): string => array.dims.slice(drop).join();
  const fits =
    difference === 0
      ? inner(a, 1) === inner(b, 1)
      : difference > 0
        ? inner(a, 1) === inner(b, 0)
        : inner(a, 0) === inner(b, 1);
  if (!fits) {
    throw incompatible(
      difference === 0
        ? 'Arrays with differing element dimensions are not compatible for concatenation.'
        : 'Arrays with differing dimensions are not compatible for concatenation.',
    );
  }
  const length = (array: SqlArray, whole: boolean): number => (whole ? (array.dims[0] ?? 0) : 1);
  const outer = length(a, difference >= 0) + length(b, difference <= 0);
  const larger = difference < 0 ? b : a;
  return new SqlArray([...a.elements, ...b.elements], [outer, ...larger.dims.slice(1)], larger.lowerBounds);
}

/** Removes equal elements of an array of one dimension. */
function remove(types: CallTypes) {
  const same = sameElement(element(types));
  return (array: SqlArray | null, value: Datum): Datum => {
    if (array === null) return null;
    if (array.dims.length > 1)
      throw planError('removing elements from multidimensional arrays is not supported');
    const kept = array.elements.filter((candidate) => !same(candidate, value));
    if (kept.length === array.elements.length) return array;
    return kept.length === 0 ? EMPTY_ARRAY : new SqlArray(kept, [kept.length], array.lowerBounds);
  };
}

function replace(types: CallTypes) {
  const same = sameElement(element(types));
  return (array: SqlArray | null, from: Datum, to: Datum): Datum =>
    array === null
      ? null
      : new SqlArray(
          array.elements.map((candidate) => (same(candidate, from) ? to : candidate)),
          array.dims,
          array.lowerBounds,
        );
}

function positions(
  array: SqlArray,
  value: Datum,
  same: (a: Datum, b: Datum) => boolean,
  from: number,
): number[] {
  if (array.dims.length > 1)
    throw planError('searching for elements in multidimensional arrays is not supported');
  const bound = array.lowerBounds[0] ?? 1;
  const found: number[] = [];
  for (let i = Math.max(from - bound, 0); i < array.elements.length; i++) {
    if (same(array.elements[i] ?? null, value)) found.push(i + bound);
  }
  return found;
}

function position(types: CallTypes) {
  const same = sameElement(element(types));
  return (args: readonly Datum[]): Datum => {
    const array = arg(args, 0) as SqlArray | null;
    if (array === null) return null;
    const from = args.length > 2 ? arg(args, 2) : -Infinity;
    if (from === null) throw planError('initial position must not be null');
    return positions(array, arg(args, 1), same, from as number)[0] ?? null;
  };
}

/** NULL elements are equal to nothing here. */
function memberships(
  types: CallTypes,
): (a: SqlArray, b: SqlArray) => { readonly all: boolean; readonly any: boolean } {
  const compare = comparator(element(types));
  return (a, b) => {
    let all = true;
    let any = false;
    for (const wanted of b.elements) {
      const found =
        wanted !== null &&
        a.elements.some((candidate) => candidate !== null && compare(candidate, wanted) === 0);
      if (found) any = true;
      else all = false;
    }
    return { all, any };
  };
}

const contains = forTypes((types) => {
  const member = memberships(types);
  return (a: SqlArray, b: SqlArray) => member(a, b).all;
});
const contained = forTypes((types) => {
  const member = memberships(types);
  return (a: SqlArray, b: SqlArray) => member(b, a).all;
});
const overlap = forTypes((types) => {
  const member = memberships(types);
  return (a: SqlArray, b: SqlArray) => member(a, b).any;
});

function dimension(array: SqlArray, which: number): number | undefined {
  return which >= 1 && which <= array.dims.length ? which - 1 : undefined;
}

function bound(pick: (array: SqlArray, at: number) => number) {
  return (array: SqlArray, which: number): Datum => {
    const at = dimension(array, which);
    return at === undefined ? null : pick(array, at);
  };
}

function dims(array: SqlArray): Datum {
  if (array.dims.length === 0) return null;
  return array.dims
    .map((length, i) => {
      const lower = array.lowerBounds[i] ?? 1;
      return `[${String(lower)}:${String(lower + length - 1)}]`;
    })
    .join('');
}

function integers(array: SqlArray, what: string): number[] {
  return array.elements.map((value) => {
    if (value === null) throw planError(`${what} values cannot be null`);
    return value as number;
  });
}

function fill(value: Datum, lengths: SqlArray | null, bounds: SqlArray | null): Datum {
  if (lengths === null || bounds === null)
    throw planError('dimension array or low bound array cannot be null');
  const sizes = integers(lengths, 'dimension');
  if (sizes.length > MAX_DIMENSIONS) {
    throw planError(
      `number of array dimensions (${String(sizes.length)}) exceeds the maximum allowed (${String(MAX_DIMENSIONS)})`,
    );
  }
  const lows = integers(bounds, 'low bound');
  if (lows.length > 0 && lows.length !== sizes.length) {
    throw planError('wrong number of array subscripts', {
      detail: 'Low bound array has different size than dimensions array.',
    });
  }
  const total = sizes.reduce((product, size) => product * size, sizes.length === 0 ? 0 : 1);
  if (sizes.some((size) => size < 0) || total > MAX_ELEMENTS)
    throw planError('array size exceeds the maximum allowed');
  if (total === 0) return EMPTY_ARRAY;
  return new SqlArray(new Array<Datum>(total).fill(value), sizes, lows.length === 0 ? undefined : lows);
}

/** Elements in text, NULLs left out or written as `nullText`. */
function toText(types: CallTypes): ReturnType<Made['make']> {
  const type = element(types);
  return (args, session) => {
    const array = arg(args, 0) as SqlArray | null;
    const delimiter = arg(args, 1) as string | null;
    if (array === null || delimiter === null) return null;
    const nullText = arg(args, 2) as string | null;
    // Entries of access control lists read as when cast to text: with names of roles.
    const names = castSession(session);
    const encode =
      type === ACLITEM || type === MZ_ACLITEM
        ? (value: Datum) => aclItemWithNames(type, value as AclItemDatum, names)
        : textEncoder(type, names);
    const parts: string[] = [];
    for (const value of array.elements) {
      if (value !== null) parts.push(encode(value));
      else if (nullText !== null) parts.push(nullText);
    }
    return parts.join(delimiter);
  };
}

/** Pieces of a text; a NULL delimiter splits into characters, an empty one not at all. */
export function splitText(
  text: string,
  delimiter: string | null,
  nullText: string | null,
): readonly (string | null)[] {
  if (text === '') return [];
  const pieces = delimiter === null ? [...text] : delimiter === '' ? [text] : text.split(delimiter);
  return nullText === null ? pieces : pieces.map((piece) => (piece === nullText ? null : piece));
}

const toArray = made(() => (args) => {
  const text = arg(args, 0) as string | null;
  return text === null
    ? null
    : textArray(splitText(text, arg(args, 1) as string | null, arg(args, 2) as string | null));
});

function trim(array: SqlArray, count: number): Datum {
  const length = array.dims[0] ?? 0;
  if (count < 0 || count > length)
    throw planError(`number of elements to trim must be between 0 and ${String(length)}`);
  const kept = length - count;
  if (kept === 0) return EMPTY_ARRAY;
  const size = array.elements.length / length;
  return new SqlArray(
    array.elements.slice(0, kept * size),
    [kept, ...array.dims.slice(1)],
    array.lowerBounds,
  );
}

/** Index of the bucket an operand falls into, thresholds ascending. */
const bucketOf = forTypes((types) => {
  const compare = comparator(types.args[0] ?? TEXT);
  return (operand: Datum, thresholds: SqlArray) => {
    let low = 0;
    let high = thresholds.elements.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = thresholds.elements[middle] ?? null;
      if (value === null) throw planError('thresholds array must not contain NULLs');
      if (compare(operand, value) < 0) high = middle;
      else low = middle + 1;
    }
    return low;
  };
});

function larger(direction: 1 | -1): Made {
  return forTypes((types) => {
    const compare = comparator(types.args[0] ?? TEXT);
    return (a: Datum, b: Datum) => (compare(a, b) * direction > 0 ? a : b);
  });
}

const textJoin = made((types) => toText(types));

/** anynonarray || text: the other side in its text form. */
function joinAsText(textFirst: boolean): Made {
  return made((types) => {
    const other = types.args[textFirst ? 1 : 0] ?? TEXT;
    return (args, session) => {
      const text = textEncoder(other, castSession(session))(arg(args, textFirst ? 1 : 0));
      return textFirst ? (arg(args, 0) as string) + text : text + (arg(args, 1) as string);
    };
  });
}

export const arrayFunctions: ScalarTable = {
  'array_append(anycompatiblearray,anycompatible)': (array: SqlArray | null, value: Datum) =>
    extend(array, value, false),
  'array_prepend(anycompatible,anycompatiblearray)': (value: Datum, array: SqlArray | null) =>
    extend(array, value, true),
  'array_cat(anycompatiblearray,anycompatiblearray)': concatenate,
  'array_remove(anycompatiblearray,anycompatible)': forTypes(remove),
  'array_replace(anycompatiblearray,anycompatible,anycompatible)': forTypes(replace),
  ...alike(
    [
      'array_position(anycompatiblearray,anycompatible)',
      'array_position(anycompatiblearray,anycompatible,int4)',
    ],
    made(position),
  ),
  'array_positions(anycompatiblearray,anycompatible)': forTypes((types) => {
    const same = sameElement(element(types));
    return (array: SqlArray | null, value: Datum) =>
      array === null ? null : new SqlArray(positions(array, value, same, -Infinity));
  }),
  'arraycontains(anyarray,anyarray)': contains,
  'arraycontained(anyarray,anyarray)': contained,
  'arrayoverlap(anyarray,anyarray)': overlap,
  'array_length(anyarray,int4)': bound((array, at) => array.dims[at] ?? 0),
  'array_lower(anyarray,int4)': bound((array, at) => array.lowerBounds[at] ?? 1),
  'array_upper(anyarray,int4)': bound(
    (array, at) => (array.lowerBounds[at] ?? 1) + (array.dims[at] ?? 0) - 1,
  ),
  'array_ndims(anyarray)': (array: SqlArray) => (array.dims.length === 0 ? null : array.dims.length),
  'array_dims(anyarray)': dims,
  'cardinality(anyarray)': (array: SqlArray) => array.elements.length,
  'array_fill(anyelement,_int4)': made(
    () => (args) => fill(arg(args, 0), arg(args, 1) as SqlArray | null, EMPTY_ARRAY),
  ),
  'array_fill(anyelement,_int4,_int4)': made(
    () => (args) => fill(arg(args, 0), arg(args, 1) as SqlArray | null, arg(args, 2) as SqlArray | null),
  ),
  ...alike(['array_to_string(anyarray,text)', 'array_to_string(anyarray,text,text)'], textJoin),
  ...alike(['string_to_array(text,text)', 'string_to_array(text,text,text)'], toArray),
  'trim_array(anyarray,int4)': trim,
  'width_bucket(anycompatible,anycompatiblearray)': bucketOf,
  'array_larger(anyarray,anyarray)': larger(1),
  'array_smaller(anyarray,anyarray)': larger(-1),
  'textanycat(text,anynonarray)': joinAsText(true),
  'anytextcat(anynonarray,text)': joinAsText(false),
};

/** Subscripts of a dimension, ascending or descending. */
function* subscripts(array: SqlArray, which: number, reverse = false): Generator<Row> {
  const at = dimension(array, which);
  if (at === undefined) return;
  const lower = array.lowerBounds[at] ?? 1;
  const length = array.dims[at] ?? 0;
  for (let i = 0; i < length; i++) yield [reverse ? lower + length - 1 - i : lower + i];
}

export const arrayRows: RowsTable = {
  'unnest(anyarray)': {
    make: () =>
      function* (args) {
        for (const value of (arg(args, 0) as SqlArray).elements) yield [value];
      },
  },
  ...alike(['generate_subscripts(anyarray,int4)', 'generate_subscripts(anyarray,int4,bool)'], {
    make: () => (args: readonly Datum[]) =>
      subscripts(arg(args, 0) as SqlArray, arg(args, 1) as number, arg(args, 2) === true),
  }),
  ...alike(['string_to_table(text,text)', 'string_to_table(text,text,text)'], {
    make: () =>
      function* (args: readonly Datum[]): Generator<Row> {
        const text = arg(args, 0) as string | null;
        if (text === null) return;
        for (const piece of splitText(text, arg(args, 1) as string | null, arg(args, 2) as string | null))
          yield [piece];
      },
  }),
};
