/**
 * to_date() and to_timestamp(): fields read by a template to a date and a time of day. How text is read by a template is
 * in from-char-fields.ts. Source: PostgreSQL 15, "Data Type Formatting".
 */
import { planError, type SqlError } from '../errors.ts';
import {
  checkDate,
  checkTimestamp,
  dateFromDays,
  dayOfWeek,
  daysFromDate,
  daysInMonth,
  roundMicros,
} from '../types/calendar.ts';
import { dateToTimestamp, timestampToInstant } from './comparison.ts';
import { parseTemplate } from './datetime-template.ts';
import { withSession, type ScalarTable } from './define.ts';
import { readFields, type Fields } from './from-char-fields.ts';
import { sessionZone } from './session-zone.ts';

const SECOND = 1_000_000n;
/** Day 0 of the Julian count, in days since 2000-01-01. */
const JULIAN_EPOCH = 2_451_545;
/** Largest hours of an offset that are taken. */
const MAX_OFFSET_HOURS = 15;

function outOfRange(text: string): SqlError {
  return planError(`date/time field value out of range: "${text}"`);
}

/** The astronomical year: 0 is 1 BC, which is also what a text without a year means. */
function yearOf({ year, century, digits, bc }: Fields): number {
  const signedCentury = bc ? -century : century;
  if (year === 0) {
    if (century === 0) return 0;
    return signedCentury >= 0 ? (signedCentury - 1) * 100 + 1 : signedCentury * 100 + 1;
  }
  if (century === 0 || digits > 2) {
    const signed = bc ? -year : year;
    return signed < 0 ? signed + 1 : signed;
  }
  // A century and the last two digits; centuries end with their hundredth year.
  const short = year % 100;
  if (short === 0) return signedCentury * 100 + (signedCentury >= 0 ? 0 : 1);
  return signedCentury >= 0 ? (signedCentury - 1) * 100 + short : (signedCentury + 1) * 100 - short + 1;
}

/** Monday of the first ISO week of a year. */
function isoYearStart(year: number): number {
  const fourth = daysFromDate(year, 1, 4);
  return fourth - ((dayOfWeek(fourth) + 6) % 7);
}

/** Day number of what was read; parts that were left out are the first of their kind. */
function dayOf(fields: Fields, text: string): number {
  const year = yearOf(fields);
  const isIso = fields.convention === 'iso';
  let [month, day] = [1, 1];
  let dayOfYear = fields.dayOfYear;
  let whole: number | undefined = fields.julian === 0 ? undefined : fields.julian - JULIAN_EPOCH;
  if (fields.week !== 0) {
    if (isIso) {
      const weekday = fields.weekday === 0 ? 1 : fields.weekday === 1 ? 7 : fields.weekday - 1;
      whole = isoYearStart(year) + (fields.week - 1) * 7 + weekday - 1;
    } else dayOfYear = (fields.week - 1) * 7 + 1;
  }
  if (whole !== undefined) {
    if (fields.day === 0 && fields.month === 0 && fields.weekOfMonth === 0) return whole;
    ({ month, day } = dateFromDays(whole));
  }
  if (fields.weekOfMonth !== 0) day = (fields.weekOfMonth - 1) * 7 + 1;
  else if (fields.day !== 0) day = fields.day;
  if (fields.month !== 0) month = fields.month;
  if (dayOfYear !== 0 && (month <= 1 || day <= 1)) {
    if (year === 0 && !fields.bc) {
      throw planError('cannot calculate day of year without year information');
    }
    if (isIso) return isoYearStart(year) + dayOfYear - 1;
    const first = daysFromDate(year, 1, 1);
    if (dayOfYear < 1 || dayOfYear > daysFromDate(year + 1, 1, 1) - first) throw outOfRange(text);
    const date = dateFromDays(first + dayOfYear - 1);
    if (month <= 1) month = date.month;
    if (day <= 1) day = date.day;
  }
  if (month < 1 || month > 12 || day < 1 || day > 31) throw outOfRange(text);
  const wholeYear = whole === undefined ? year : dateFromDays(whole).year;
  // Without a year nothing says how long the month is: a 31st of April is the 1st of May.
  const hasYear = fields.year !== 0 || fields.century !== 0 || whole !== undefined;
  if (hasYear && day > daysInMonth(wholeYear, month)) throw outOfRange(text);
  return daysFromDate(wholeYear, month, 1) + day - 1;
}

/** Microseconds since midnight. */
function timeOf(fields: Fields, text: string): bigint {
  const ofDay = fields.secondOfDay;
  let hour = fields.hour || Math.floor(ofDay / 3600);
  const minute = fields.minute || Math.floor(ofDay / 60) % 60;
  const second = fields.second || ofDay % 60;
  if (fields.twelveHours) {
    if (hour < 1 || hour > 12) {
      throw planError(`hour "${String(hour)}" is invalid for the 12-hour clock`, {
        hint: 'Use the 24-hour clock, or give an hour between 1 and 12.',
      });
    }
    if (fields.afternoon && hour < 12) hour += 12;
    else if (!fields.afternoon && hour === 12) hour = 0;
  }
  const micros = fields.millis * 1000 + fields.micros;
  const fits = (value: number, limit: number): boolean => value >= 0 && value < limit;
  if (!fits(hour, 24) || !fits(minute, 60) || !fits(second, 60) || !fits(micros, 1_000_000)) {
    throw outOfRange(text);
  }
  return BigInt(hour * 3600 + minute * 60 + second) * SECOND + BigInt(micros);
}

/** Seconds east of UTC that TZH and TZM gave; undefined without them. */
function offsetOf({ zoneSign, zoneHours, zoneMinutes }: Fields, text: string): number | undefined {
  if (zoneSign === 0) return undefined;
  if (zoneHours < 0 || zoneHours > MAX_OFFSET_HOURS || zoneMinutes < 0 || zoneMinutes > 59) {
    throw outOfRange(text);
  }
  return zoneSign * (zoneHours * 3600 + zoneMinutes * 60);
}

/** What a template says of a text, for callers that decide about the type by it. */
export interface TemplateValue {
  readonly days: number;
  readonly micros: bigint;
  readonly offset: number | undefined;
  readonly hasDate: boolean;
  readonly hasTime: boolean;
}

const TIME_PATTERN = /^(?:HH(?:12|24)?|MI|SS|S{4,5}|MS|US|FF\d|[AP]\.?M\.?)$/;

export function readTemplate(text: string, template: string): TemplateValue {
  const fields = readFields(text, template);
  const patterns = parseTemplate(template).flatMap((node) => ('pattern' in node ? [node.pattern] : []));
  return {
    days: dayOf(fields, text),
    micros: timeOf(fields, text),
    offset: offsetOf(fields, text),
    hasTime: patterns.some((pattern) => TIME_PATTERN.test(pattern)),
    hasDate: patterns.some((pattern) => !TIME_PATTERN.test(pattern) && !pattern.startsWith('TZ')),
  };
}

export const datetimeReading: ScalarTable = {
  'to_date(text,text)': (text: string, template: string) => {
    const fields = readFields(text, template);
    // The time of day is not part of the date, but it has to be one.
    timeOf(fields, text);
    offsetOf(fields, text);
    return checkDate(dayOf(fields, text));
  },
  'to_timestamp(text,text)': withSession((session, text: string, template: string) => {
    const fields = readFields(text, template);
    const local = checkTimestamp(dateToTimestamp(checkDate(dayOf(fields, text))) + timeOf(fields, text));
    const east = offsetOf(fields, text);
    const instant =
      east === undefined
        ? timestampToInstant(local, sessionZone(session))
        : checkTimestamp(local - BigInt(east) * SECOND);
    return fields.precision === 0 ? instant : roundMicros(instant, fields.precision);
  }),
};
