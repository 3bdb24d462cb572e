/** Methods of path items: .type(), .size(), .double(), .ceiling(), .floor(), .abs(), .datetime(), .keyvalue(). */
import { jsonbObject } from '../../types/jsonb.ts';
import { Numeric } from '../../types/numeric.ts';
import type { PathMethod, PathStep } from '../../types/jsonpath/syntax.ts';
import { parseFloat8 } from '../../types/float-text.ts';
import { readMoment } from './datetime.ts';
import type { PathRun, Place } from './evaluate.ts';
import { isArray, isMembers, PathError, suppressible, typeOf, type PathValue } from './values.ts';

type Method = Extract<PathStep, { kind: 'method' | 'datetime' }>;

export function* applyMethod(
  run: PathRun,
  step: Method,
  item: PathValue,
  place: Place,
): Generator<PathValue> {
  if (step.kind === 'datetime') {
    if (typeof item !== 'string') throw wrongKind('datetime', 'a string');
    yield readMoment(item, step.template);
    return;
  }
  yield* METHODS[step.name](item, run, place);
}

function wrongKind(method: string, wanted: string): PathError {
  return new PathError(`jsonpath item method .${method}() can only be applied to ${wanted}`);
}

function numeric(name: PathMethod, compute: (value: Numeric) => Numeric) {
  return function* (item: PathValue): Generator<PathValue> {
    if (!(item instanceof Numeric)) throw wrongKind(name, 'a numeric value');
    yield compute(item);
  };
}

const METHODS = {
  *type(item) {
    yield typeOf(item);
  },
  *size(item, run, place) {
    if (isArray(item)) yield Numeric.fromNumber(item.length);
    else if (run.lax) yield Numeric.ONE;
    else if (!place.lenient) throw wrongKind('size', 'an array');
  },
  abs: numeric('abs', (value) => value.abs()),
  floor: numeric('floor', (value) => value.floor()),
  ceiling: numeric('ceiling', (value) => value.ceil()),
  *double(item) {
    if (item instanceof Numeric) {
      if (Number.isFinite(item.toNumber())) yield item;
      else
        throw new PathError(
          'numeric argument of jsonpath item method .double() is out of range for type double precision',
        );
      return;
    }
    if (typeof item !== 'string') throw wrongKind('double', 'a string or numeric value');
    yield doubleOf(item);
  },
  *keyvalue(item) {
    if (!isMembers(item)) throw wrongKind('keyvalue', 'an object');
    for (const [key, value] of item) {
      yield jsonbObject([
        ['id', Numeric.ZERO],
        ['key', key],
        ['value', value],
      ]);
    }
  },
} satisfies Record<PathMethod, (item: PathValue, run: PathRun, place: Place) => Generator<PathValue>>;

function doubleOf(text: string): Numeric {
  const invalid =
    'string argument of jsonpath item method .double() is not a valid representation of a double precision number';
  let value: number;
  try {
    value = parseFloat8(text);
  } catch {
    throw new PathError(invalid);
  }
  if (!Number.isFinite(value)) throw new PathError(invalid);
  return suppressible(() => Numeric.fromNumber(value));
}
