/** to_char() of timestamps and intervals. Source: PostgreSQL 15, "Data Type Formatting". */
import { planError } from '../errors.ts';
import {
  clockFromMicros,
  dateFromDays,
  dayOfWeek,
  daysFromDate,
  MICROS_PER_DAY,
  splitTimestamp,
} from '../types/calendar.ts';
import type { Interval } from '../types/datum.ts';
import { formatOffset } from '../types/time-zone.ts';
import { isoWeek, periodOf } from './datetime-extract.ts';
import { withSession, type ScalarTable } from './define.ts';
import { sessionZone } from './session-zone.ts';
import { isInfinite, toLocal } from './timestamp-arithmetic.ts';
import { ordinalSuffix } from './to-char-number.ts';

import { DAYS, MONTHS, parseTemplate, ROMAN_MONTHS, type TemplateField } from './datetime-template.ts';

/** Everything a template can ask of a moment. */
interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly days: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
  readonly interval: boolean;
  /** Seconds east of UTC and the zone's name, for timestamptz. */
  readonly offset?: number;
  readonly zone?: string;
}

/** A word in the case its pattern is written in. */
function cased(word: string, written: string): string {
  if (written === written.toUpperCase() && written.length > 1 && written[1] !== written[1]?.toLowerCase())
    return word.toUpperCase();
  return written[0] === written[0]?.toUpperCase() ? word : word.toLowerCase();
}

const shown = (moment: Moment, year: number): number => (moment.interval || year > 0 ? year : 1 - year);

/** The number a pattern shows, and how wide it is without FM; undefined for words. */
function numberField(pattern: string, m: Moment): readonly [value: number, width: number] | undefined {
  const iso = (): { readonly year: number; readonly week: number } => isoWeek(m.days);
  switch (pattern) {
    case 'HH':
    case 'HH12':
      return [m.hour % 12 === 0 ? 12 : m.hour % 12, 2];
    case 'HH24':
      return [m.hour, 2];
    case 'MI':
      return [m.minute, 2];
    case 'SS':
      return [m.second, 2];
    case 'MS':
    case 'FF3':
      return [Math.trunc(m.micros / 1000), 3];
    case 'US':
    case 'FF6':
      return [m.micros, 6];
    case 'FF1':
      return [Math.trunc(m.micros / 100_000), 1];
    case 'FF2':
      return [Math.trunc(m.micros / 10_000), 2];
    case 'FF4':
      return [Math.trunc(m.micros / 100), 4];
    case 'FF5':
      return [Math.trunc(m.micros / 10), 5];
    case 'SSSS':
    case 'SSSSS':
      return [m.hour * 3600 + m.minute * 60 + m.second, 0];
    case 'YYYY':
      return [shown(m, m.year), 4];
    case 'YYY':
      return [shown(m, m.year) % 1000, 3];
    case 'YY':
      return [shown(m, m.year) % 100, 2];
    case 'Y':
      return [shown(m, m.year) % 10, 1];
    case 'IYYY':
      return [shown(m, iso().year), 4];
    case 'IYY':
      return [shown(m, iso().year) % 1000, 3];
    case 'IY':
      return [shown(m, iso().year) % 100, 2];
    case 'I':
      return [shown(m, iso().year) % 10, 1];
    case 'MM':
      return [m.month, 2];
    case 'DD':
      return [m.day, 2];
    case 'DDD':
      return [m.interval ? m.days : m.days - daysFromDate(m.year, 1, 1) + 1, 3];
    case 'IDDD':
      return [(iso().week - 1) * 7 + ((dayOfWeek(m.days) + 6) % 7) + 1, 3];
    case 'D':
      return [dayOfWeek(m.days) + 1, 0];
    case 'ID':
      return [((dayOfWeek(m.days) + 6) % 7) + 1, 0];
    case 'WW':
      return [Math.floor((m.days - daysFromDate(m.year, 1, 1)) / 7) + 1, 2];
    case 'W':
      return [Math.floor((m.day - 1) / 7) + 1, 0];
    case 'IW':
      return [iso().week, 2];
    case 'CC':
      return [m.interval ? Math.trunc(m.year / 100) : periodOf(m.year, 100), 2];
    case 'J':
      return [m.days + 2451545, 0];
    case 'Q':
      return [Math.floor((m.month - 1) / 3) + 1, 0];
    default:
      return undefined;
  }
}

function pad(text: string, width: number, fill: boolean): string {
  return fill ? text : text.padEnd(width);
}

function wordField({ pattern, written, fill }: TemplateField, m: Moment): string {
  switch (pattern) {
    case 'MONTH':
      return pad(cased(MONTHS[m.month - 1] ?? '', written), 9, fill);
    case 'MON':
      return cased((MONTHS[m.month - 1] ?? '').slice(0, 3), written);
    case 'DAY':
      return pad(cased(DAYS[dayOfWeek(m.days)] ?? '', written), 9, fill);
    case 'DY':
      return cased((DAYS[dayOfWeek(m.days)] ?? '').slice(0, 3), written);
    case 'RM':
      return pad(cased(ROMAN_MONTHS[m.month - 1] ?? '', written), 4, fill);
    case 'AM':
    case 'PM':
      return halfDay(m.hour % 24 >= 12 ? 'PM' : 'AM', written);
    case 'A.M.':
    case 'P.M.':
      return halfDay(m.hour % 24 >= 12 ? 'P.M.' : 'A.M.', written);
    case 'AD':
    case 'BC':
      return halfDay(m.year <= 0 ? 'BC' : 'AD', written);
    case 'A.D.':
    case 'B.C.':
      return halfDay(m.year <= 0 ? 'B.C.' : 'A.D.', written);
    case 'Y,YYY': {
      const year = shown(m, m.year);
      const rest = String(year % 1000).padStart(3, '0');
      return `${String(Math.trunc(year / 1000))},${rest}`;
    }
    default:
      return zoneField(pattern, written, m);
  }
}

function halfDay(text: string, written: string): string {
  return written[0] === written[0]?.toLowerCase() ? text.toLowerCase() : text;
}

function zoneField(pattern: string, written: string, m: Moment): string {
  const east = m.offset ?? 0;
  const two = (n: number): string => String(n).padStart(2, '0');
  if (pattern === 'OF') return formatOffset(east);
  if (pattern === 'TZH') return `${east < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(east) / 3600))}`;
  if (pattern === 'TZM') return two(Math.trunc(Math.abs(east) / 60) % 60);
  return halfDay(m.zone ?? '', written);
}

/** Patterns that mean nothing for an interval, which has no place in the calendar. */
const NO_INTERVAL = /^(?:D|ID|DY|DAY|MON|MONTH|AD|BC|A\.D\.|B\.C\.|TZ|TZH|TZM|OF)$/;

function format(m: Moment, template: string): string {
  let result = '';
  for (const node of parseTemplate(template)) {
    if ('text' in node) {
      result += node.text;
      continue;
    }
    if (m.interval && NO_INTERVAL.test(node.pattern)) {
      throw planError('invalid format specification for an interval value', {
        hint: 'Intervals are not tied to specific calendar dates.',
      });
    }
    if (m.interval && m.month === 0 && /^(?:RM|Q)$/.test(node.pattern)) continue;
    const number = numberField(node.pattern, m);
    if (number === undefined) {
      result += wordField(node, m);
      continue;
    }
    const [value, width] = number;
    const digits = String(Math.abs(value));
    // Fractions keep their zeros also in fill mode: .050 is not .50.
    const plain = node.fill && !/^(MS|US|FF\d)$/.test(node.pattern);
    // Days are as wide with their minus as without.
    const wide = value < 0 && /^D{2,3}$/.test(node.pattern) ? width - 1 : width;
    const padded = plain ? digits : digits.padStart(wide, '0');
    const suffix = node.suffix === '' ? '' : ordinalSuffix(digits);
    result += (value < 0 ? '-' : '') + padded + (node.suffix === 'TH' ? suffix.toUpperCase() : suffix);
  }
  return result;
}

function momentOf(local: bigint, extra: { readonly offset?: number; readonly zone?: string } = {}): Moment {
  const [days, rest] = splitTimestamp(local);
  return { ...dateFromDays(days), days, ...clockFromMicros(rest), interval: false, ...extra };
}

function ofInterval(value: Interval, template: string): string {
  const negative = value.micros < 0n;
  const clock = clockFromMicros((negative ? -value.micros : value.micros) % MICROS_PER_DAY);
  const hours = Number(value.micros / 3_600_000_000n);
  const sign = negative ? -1 : 1;
  const year = Math.trunc(value.months / 12);
  const month = value.months % 12;
  const days = year * 360 + month * 30 + value.days;
  return format(
    {
      year,
      month,
      day: value.days,
      days,
      hour: hours,
      minute: clock.minute * sign,
      second: clock.second * sign,
      micros: clock.micros * sign,
      interval: true,
    },
    template,
  );
}

export const datetimeFormatting: ScalarTable = {
  'to_char(timestamp,text)': (value: bigint, template: string) =>
    isInfinite(value) || template === '' ? null : format(momentOf(value), template),
  'to_char(timestamptz,text)': withSession((session, value: bigint, template: string) => {
    if (isInfinite(value) || template === '') return null;
    const zone = sessionZone(session);
    const offset = zone.offsetAt(value);
    return format(
      momentOf(toLocal(value, zone), { offset, zone: zone.name === 'UTC' ? 'UTC' : formatOffset(offset) }),
      template,
    );
  }),
  'to_char(interval,text)': (value: Interval, template: string) =>
    template === '' ? null : ofInterval(value, template),
};
