/** When rotations are due. Source: reference aws-secrets-manager 2.11, "Schedules". */
import type { AwsRotationRecord } from '../../catalog/records.ts';
import { invalidParameter } from '../protocol/errors.ts';
import type { RotationRules } from '../shapes.ts';
import { nextOccurrence, parseCron, ScheduleError, type Cron } from './cron.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MIN_HOURS = 4;
const MAX_DAYS = 1000;

export type Rules = NonNullable<AwsRotationRecord['rules']>;

type Schedule =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'hours'; readonly hours: number }
  | { readonly kind: 'cron'; readonly cron: Cron };

/** A stretch of time in which a rotation runs. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const parsed = new Map<string, Schedule>();
const KEPT = 1000;

/** Listings ask for the same few expressions again and again. */
function parseSchedule(expression: string): Schedule {
  let schedule = parsed.get(expression);
  if (schedule === undefined) {
    schedule = parseAnew(expression);
    if (parsed.size >= KEPT) parsed.clear();
    parsed.set(expression, schedule);
  }
  return schedule;
}

function parseAnew(expression: string): Schedule {
  const rate = /^rate\((\d{1,4}) (hour|day)s?\)$/.exec(expression);
  if (rate !== null) {
    const amount = Number(rate[1]);
    return rate[2] === 'hour' ? { kind: 'hours', hours: amount } : { kind: 'days', days: amount };
  }
  const cron = /^cron\((.*)\)$/.exec(expression);
  if (cron === null) throw new ScheduleError('a schedule is rate(...) or cron(...)');
  return { kind: 'cron', cron: parseCron(cron[1]!) };
}

function scheduleOf(rules: Rules): Schedule | undefined {
  if (rules.scheduleExpression !== undefined) return parseSchedule(rules.scheduleExpression);
  return rules.automaticallyAfterDays === undefined
    ? undefined
    : { kind: 'days', days: rules.automaticallyAfterDays };
}

/** Rules of a request, checked. Throws InvalidParameter. */
export function checkRules(given: RotationRules): Rules {
  if (given.AutomaticallyAfterDays !== undefined && given.ScheduleExpression !== undefined) {
    throw invalidParameter('You cannot specify both rotation frequency and schedule expression together.');
  }
  const rules: Rules = {
    ...(given.AutomaticallyAfterDays === undefined
      ? {}
      : { automaticallyAfterDays: given.AutomaticallyAfterDays }),
    ...(given.Duration === undefined ? {} : { duration: given.Duration }),
    ...(given.ScheduleExpression === undefined ? {} : { scheduleExpression: given.ScheduleExpression }),
  };
  try {
    checkSchedule(rules);
  } catch (error) {
    if (error instanceof ScheduleError)
      throw invalidParameter(`Invalid rotation schedule: ${error.message}.`);
    throw error;
  }
  return rules;
}

function checkSchedule(rules: Rules): void {
  const schedule = scheduleOf(rules);
  if (schedule === undefined) return;
  if (schedule.kind === 'hours' && (schedule.hours < MIN_HOURS || schedule.hours > MAX_DAYS * 24)) {
    throw new ScheduleError('rotation can run at most every four hours');
  }
  if (schedule.kind === 'days' && (schedule.days < 1 || schedule.days > MAX_DAYS)) {
    throw new ScheduleError(`the number of days must be between 1 and ${MAX_DAYS}`);
  }
  if (schedule.kind === 'cron' && nextOccurrence(schedule.cron, 0) === undefined) {
    throw new ScheduleError('the expression never comes true');
  }
  if (rules.duration !== undefined) checkDuration(schedule, durationMs(rules.duration));
}

function checkDuration(schedule: Schedule, duration: number): void {
  const latest = schedule.kind === 'cron' ? schedule.cron.hours.at(-1)! : 0;
  const room = schedule.kind === 'hours' ? Math.min(schedule.hours, 24) : 24 - latest;
  if (duration < HOUR_MS || duration > room * HOUR_MS) {
    throw new ScheduleError('the rotation window must not run into the next UTC day or the next window');
  }
}

function durationMs(duration: string): number {
  return Number(duration.slice(0, -1)) * HOUR_MS;
}

/** The window of the next rotation after a time, or undefined without a schedule. */
export function nextWindow(rules: Rules, configuredAt: number, after: number): Window | undefined {
  const schedule = scheduleOf(rules);
  if (schedule === undefined) return undefined;
  const start = nextStart(schedule, configuredAt, after);
  return start === undefined ? undefined : { start, end: start + lengthOf(schedule, rules, start) };
}

/**
 * The window of the next rotation after `base` that is not over: where nobody rotated in time, the next window of the
 * schedule, or of the day for a schedule of days.
 */
export function openWindow(
  rules: Rules,
  configuredAt: number,
  base: number,
  now: number,
): Window | undefined {
  const schedule = scheduleOf(rules);
  const first = nextWindow(rules, configuredAt, base);
  if (schedule === undefined || first === undefined || first.end > now) return first;
  const length = first.end - first.start;
  if (schedule.kind !== 'days') return nextWindow(rules, configuredAt, now - length);
  const today = midnight(now);
  const start = now < today + length ? today : today + DAY_MS;
  return { start, end: start + length };
}

function midnight(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

function nextStart(schedule: Schedule, configuredAt: number, after: number): number | undefined {
  switch (schedule.kind) {
    case 'days':
      return midnight(after) + schedule.days * DAY_MS;
    case 'hours': {
      // Windows repeat from the midnight before the schedule was set.
      const anchor = midnight(configuredAt);
      const step = schedule.hours * HOUR_MS;
      return anchor + (Math.floor((after - anchor) / step) + 1) * step;
    }
    case 'cron':
      return nextOccurrence(schedule.cron, after);
  }
}

function lengthOf(schedule: Schedule, rules: Rules, start: number): number {
  if (rules.duration !== undefined) return durationMs(rules.duration);
  const hourly = schedule.kind === 'hours' || (schedule.kind === 'cron' && schedule.cron.hours.length > 1);
  return hourly ? HOUR_MS : midnight(start) + DAY_MS - start;
}

/** Days between rotations as DescribeSecret shows them beside an expression. */
export function daysBetween(rules: Rules, from: number): number | undefined {
  if (rules.automaticallyAfterDays !== undefined) return rules.automaticallyAfterDays;
  const first = nextWindow(rules, from, from);
  const second = first === undefined ? undefined : nextWindow(rules, from, first.start);
  if (first === undefined || second === undefined) return undefined;
  return Math.max(1, Math.ceil((second.start - first.start) / DAY_MS));
}
