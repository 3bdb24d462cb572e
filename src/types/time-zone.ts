/**
 * Offsets of time zones: IANA names through Intl, abbreviations, and fixed offsets as PostgreSQL writes them.
 * Offsets are seconds EAST of UTC.
 */
import { planError } from '../errors.ts';
import { UNIX_EPOCH_MICROS } from './calendar.ts';

/** A zone that can tell its offset at an instant. */
export interface TimeZone {
  readonly name: string;
  /** Seconds east of UTC at an instant, in microseconds since 2000-01-01 UTC. */
  offsetAt(micros: bigint): number;
}

/** Offsets of the abbreviations in common use, hours east of UTC (PostgreSQL's default set, the part without doubt). */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  utc: 0,
  gmt: 0,
  z: 0,
  zulu: 0,
  ut: 0,
  wet: 0,
  west: 1,
  bst: 1,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  akst: -9,
  akdt: -8,
  hst: -10,
  jst: 9,
  kst: 9,
  nzst: 12,
  nzdt: 13,
};

/** Largest offset PostgreSQL takes: MAX_TZDISP_HOUR. */
const MAX_OFFSET_SECONDS = 16 * 3600;
/** Names come from clients; past this many the cache starts again. */
const MAX_CACHED_ZONES = 1000;

const cache = new Map<string, TimeZone | null>();

export const UTC: TimeZone = { name: 'UTC', offsetAt: () => 0 };

/**
 * Finds a zone by name, abbreviation or ISO offset (`+02`, `-03:30`, `+05:45:12`: east is positive).
 * undefined when there is none.
 */
export function findTimeZone(name: string): TimeZone | undefined {
  const key = name.trim().toLowerCase();
  if (key === 'utc') return UTC;
  let zone = cache.get(key);
  if (zone === undefined) {
    zone = fixedZone(name.trim()) ?? abbreviation(key) ?? namedZone(name.trim()) ?? null;
    if (cache.size >= MAX_CACHED_ZONES) cache.clear();
    cache.set(key, zone);
  }
  return zone ?? undefined;
}

/** As {@link findTimeZone}; throws `invalid time zone '<z>'`. */
export function timeZone(name: string): TimeZone {
  const zone = findTimeZone(name);
  if (zone === undefined) throw planError(`invalid time zone '${name}'`);
  return zone;
}

/** Reads `+hh[:mm[:ss]]`, `+hhmm`, `+hhmmss`: seconds east, or undefined. */
export function parseOffset(text: string): number | undefined {
  const match = /^([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, hours, minutes = '0', seconds = '0'] = match;
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (total >= MAX_OFFSET_SECONDS) return undefined;
  return sign === '-' ? -total : total;
}

/** `+02`, `-03:30`, `+00:19:32`: an offset as PostgreSQL prints it. */
export function formatOffset(secondsEast: number): string {
  const sign = secondsEast < 0 ? '-' : '+';
  const total = Math.abs(secondsEast);
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = two(Math.floor(total / 3600));
  const minutes = Math.floor(total / 60) % 60;
  const seconds = total % 60;
  if (seconds !== 0) return `${sign}${hours}:${two(minutes)}:${two(seconds)}`;
  return minutes === 0 ? sign + hours : `${sign}${hours}:${two(minutes)}`;
}

function fixedZone(name: string): TimeZone | undefined {
  const offset = parseOffset(name);
  return offset === undefined ? undefined : { name, offsetAt: () => offset };
}

function abbreviation(key: string): TimeZone | undefined {
  const hours = Object.hasOwn(ABBREVIATIONS, key) ? ABBREVIATIONS[key] : undefined;
  return hours === undefined ? undefined : { name: key.toUpperCase(), offsetAt: () => hours * 3600 };
}

/** Remembers offsets by quarter hour, the finest step at which zones have ever changed in recent times. */
function namedZone(name: string): TimeZone | undefined {
  // Intl also takes offsets such as "+01:00"; those were read above with PostgreSQL's own limits.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  const known = new Map<number, number>();
  return {
    name: format.resolvedOptions().timeZone,
    offsetAt(micros) {
      const seconds = Number((micros + UNIX_EPOCH_MICROS) / 1_000_000n);
      // Outside Date's range the rules of its ends go on.
      const bounded = Math.min(Math.max(seconds, -8_640_000_000_000), 8_640_000_000_000 - 1);
      const quarter = Math.floor(bounded / 900);
      let offset = known.get(quarter);
      if (offset === undefined) {
        offset = intlOffset(format, quarter * 900);
        if (known.size > 10_000) known.clear();
        known.set(quarter, offset);
      }
      return offset;
    },
  };
}

function intlOffset(format: Intl.DateTimeFormat, unixSeconds: number): number {
  const parts: Record<string, string> = {};
  for (const part of format.formatToParts(new Date(unixSeconds * 1000))) parts[part.type] = part.value;
  const written = Number(parts['year']);
  // Intl counts Julian-free Gregorian years with eras: 1 BC is astronomical year 0.
  const year = parts['era']?.startsWith('B') === true ? 1 - written : written;
  const local = new Date(0);
  local.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']));
  local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
  return Math.round(local.getTime() / 1000) - unixSeconds;
}

/**
 * The instant at which a clock in the zone shows `local` (microseconds since 2000-01-01 of that clock). In a gap the
 * offset before the change counts, and so for an overlap: PostgreSQL's DetermineTimeZoneOffset prefers standard time.
 */
export function localToUtc(zone: TimeZone, local: bigint): bigint {
  const day = 86_400_000_000n;
  const before = zone.offsetAt(local - day);
  const after = zone.offsetAt(local + day);
  const early = local - BigInt(before) * 1_000_000n;
  const late = local - BigInt(after) * 1_000_000n;
  const earlyHolds = zone.offsetAt(early) === before;
  const lateHolds = zone.offsetAt(late) === after;
  if (before === after) return earlyHolds ? early : searchLocal(zone, local, early);
  if (earlyHolds && lateHolds) return after < before ? late : early;
  if (earlyHolds) return early;
  return lateHolds ? late : early;
}

/** Two changes within two days: settle by iteration. */
function searchLocal(zone: TimeZone, local: bigint, guess: bigint): bigint {
  const offset = zone.offsetAt(guess);
  return local - BigInt(offset) * 1_000_000n;
}
