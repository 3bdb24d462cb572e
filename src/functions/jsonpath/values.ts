/** What paths compute with: JSON values, and the dates and times that .datetime() makes of strings. */
import { planError, SqlError } from '../../errors.ts';
import type { JsonbValue } from '../../types/datum.ts';
import {
  formatDate,
  formatTime,
  formatTimestamp,
  formatTimestampTz,
  formatTimeTz,
} from '../../types/datetime-format.ts';
import type { TimeTz } from '../../types/datum.ts';
import { isObject } from '../../types/jsonb.ts';
import { Numeric } from '../../types/numeric.ts';
import { UTC } from '../../types/time-zone.ts';

export type PathDateTime =
  | { readonly type: 'date'; readonly days: number }
  | { readonly type: 'time without time zone'; readonly micros: bigint }
  | { readonly type: 'time with time zone'; readonly time: TimeTz }
  | { readonly type: 'timestamp without time zone'; readonly micros: bigint }
  /** `offset`: seconds east of UTC, as it was written. */
  | { readonly type: 'timestamp with time zone'; readonly micros: bigint; readonly offset: number };

/** Wraps a date or time, to tell it from the values of JSON. */
export class Moment {
  readonly value: PathDateTime;
  constructor(value: PathDateTime) {
    this.value = value;
  }
}

export type PathValue = JsonbValue | Moment;

/** An error that a path may meet: predicates make it unknown, and silent calls swallow it. */
export class PathError extends Error {
  readonly reason: SqlError;
  constructor(message: string, extra: Parameters<typeof planError>[1] = {}) {
    super(message);
    this.reason = planError(message, extra);
  }
}

/** Errors of what is computed are errors of the path. */
export function suppressible<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof SqlError) throw new PathError(error.message);
    throw error;
  }
}

export const isArray = (value: PathValue): value is readonly JsonbValue[] => Array.isArray(value);
export const isMembers = (value: PathValue): value is ReadonlyMap<string, JsonbValue> =>
  !(value instanceof Moment) && isObject(value);

/** The name that .type() gives. */
export function typeOf(value: PathValue): string {
  if (value === null) return 'null';
  if (value instanceof Moment) return value.value.type;
  if (value instanceof Numeric) return 'number';
  if (isMembers(value)) return 'object';
  return isArray(value) ? 'array' : typeof value;
}

/** The value as JSON: dates and times are strings in ISO form. */
export function toJson(value: PathValue): JsonbValue {
  return value instanceof Moment ? momentText(value.value) : value;
}

/** Offsets in JSON always have minutes. */
const withMinutes = (text: string): string => text.replace(/([+-]\d\d)$/, '$1:00');

function momentText(moment: PathDateTime): string {
  switch (moment.type) {
    case 'date':
      return formatDate(moment.days);
    case 'time without time zone':
      return formatTime(moment.micros);
    case 'time with time zone':
      return withMinutes(formatTimeTz(moment.time));
    case 'timestamp without time zone':
      return formatTimestamp(moment.micros).replace(' ', 'T');
    case 'timestamp with time zone': {
      const { offset } = moment;
      const zone = offset === 0 ? UTC : { name: '', offsetAt: () => offset };
      return withMinutes(formatTimestampTz(moment.micros, zone).replace(' ', 'T'));
    }
  }
}
