/**
 * Cron expressions of rotation schedules: `cron(0 H DOM MON DOW *)`, in UTC, on the hour. Source: reference
 * aws-secrets-manager 2.11, "Schedules".
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** How far ahead an occurrence is looked for: past every leap day. */
const HORIZON_DAYS = 366 * 9;

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** A date as the fields of an expression see it. */
interface Day {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  /** 1 to 31 */
  readonly day: number;
  /** 1 (Sunday) to 7 */
  readonly weekday: number;
  readonly lastDay: number;
}

type DayTest = (day: Day) => boolean;

export interface Cron {
  /** Ascending. */
  readonly hours: readonly number[];
  readonly onDay: DayTest;
}

/** An expression that is not one; the text says why. */
export class ScheduleError extends Error {}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const HOURS: Range = { min: 0, max: 23 };
const MONTH_DAYS: Range = { min: 1, max: 31 };
const MONTH_NUMBERS: Range = { min: 1, max: 12, names: MONTHS };
const WEEKDAYS: Range = { min: 1, max: 7, names: DAYS };

/** Parses the text between the parentheses. Throws {@link ScheduleError}. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  const [minute, hour, dom, month, dow, year] = fields;
  if (fields.length !== 6) throw new ScheduleError('a cron expression has six fields');
  if (minute !== '0') throw new ScheduleError('the minutes field of a cron expression must be 0');
  if (year !== '*') throw new ScheduleError('the year field of a cron expression must be *');
  if ((dom === '?') === (dow === '?')) {
    throw new ScheduleError('one of day-of-month and day-of-week must be ? in a cron expression');
  }
  const hours = [...numbers(hour!, HOURS)].sort((a, b) => a - b);
  if (/\/[123]$/.test(hour!)) throw new ScheduleError('rotation can run at most every four hours');
  const months = numbers(month!, MONTH_NUMBERS);
  const onDay = dom === '?' ? weekdayTest(dow!) : monthDayTest(dom!);
  return { hours, onDay: (day) => months.has(day.month) && onDay(day) };
}

function number(text: string, { min, max, names }: Range): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + min : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) throw new ScheduleError(`${text} is not valid in a cron expression`);
  return value;
}

/** Numbers a field stands for: lists of numbers, ranges and steps. */
function numbers(field: string, range: Range): ReadonlySet<number> {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [span, step, ...more] = part.split('/');
    if (span === undefined || span === '' || more.length > 0)
      throw new ScheduleError(`${field} is not valid in a cron expression`);
    const by = step === undefined ? 1 : stepOf(step);
    const [from, to, ...rest] = span.split('-');
    if (rest.length > 0) throw new ScheduleError(`${field} is not valid in a cron expression`);
    const low = span === '*' ? range.min : number(from!, range);
    const high =
      span === '*' || (to === undefined && step !== undefined)
        ? range.max
        : to === undefined
          ? low
          : number(to, range);
    if (high < low) throw new ScheduleError(`${span} is not valid in a cron expression`);
    for (let value = low; value <= high; value += by) found.add(value);
  }
  return found;
}

function stepOf(text: string): number {
  const step = Number(text);
  if (!/^\d{1,3}$/.test(text) || step < 1) throw new ScheduleError(`${text} is not a step`);
  return step;
}

function monthDayTest(field: string): DayTest {
  if (field === 'L') return (day) => day.day === day.lastDay;
  if (field === 'LW') return (day) => day.day === nearestWeekday(day, day.lastDay);
  const near = /^(\d{1,2})W$/.exec(field);
  if (near !== null) {
    const wanted = number(near[1]!, MONTH_DAYS);
    return (day) => wanted <= day.lastDay && day.day === nearestWeekday(day, wanted);
  }
  const days = numbers(field, MONTH_DAYS);
  return (day) => days.has(day.day);
}

/** The weekday nearest to a day of the month, within the month. */
function nearestWeekday({ year, month, lastDay }: Day, wanted: number): number {
  const weekday = new Date(Date.UTC(year, month - 1, wanted)).getUTCDay();
  if (weekday === 6) return wanted > 1 ? wanted - 1 : wanted + 2;
  if (weekday === 0) return wanted < lastDay ? wanted + 1 : wanted - 2;
  return wanted;
}

function weekdayTest(field: string): DayTest {
  if (field === 'L') return (day) => day.weekday === 7;
  const last = /^(\w+)L$/.exec(field);
  if (last !== null && last[1] !== '') {
    const wanted = number(last[1]!, WEEKDAYS);
    return (day) => day.weekday === wanted && day.day + 7 > day.lastDay;
  }
  const nth = /^(\w+)#([1-5])$/.exec(field);
  if (nth !== null) {
    const wanted = number(nth[1]!, WEEKDAYS);
    const which = Number(nth[2]);
    return (day) => day.weekday === wanted && Math.ceil(day.day / 7) === which;
  }
  const days = numbers(field, WEEKDAYS);
  return (day) => days.has(day.weekday);
}

function dayAt(midnight: number): Day {
  const date = new Date(midnight);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    year,
    month: month + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay() + 1,
    lastDay: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(),
  };
}

/** First occurrence after a time, or undefined when there is none for years. */
export function nextOccurrence(cron: Cron, after: number): number | undefined {
  const first = Math.floor(after / DAY_MS) * DAY_MS;
  for (let days = 0; days < HORIZON_DAYS; days += 1) {
    const midnight = first + days * DAY_MS;
    if (!cron.onDay(dayAt(midnight))) continue;
    for (const hour of cron.hours) {
      const at = midnight + hour * HOUR_MS;
      if (at > after) return at;
    }
  }
  return undefined;
}
