/** to_char() of timestamps and intervals; to_date() and to_timestamp(). Templates: PostgreSQL 15, "Data Type Formatting". */
import { planError } from '../errors.ts';
import {
  checkDate,
  clockFromMicros,
  dateFromDays,
  dayOfWeek,
  daysFromDate,
  daysInMonth,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  splitTimestamp,
} from '../types/calendar.ts';
import type { Interval } from '../types/datum.ts';
import { formatOffset } from '../types/time-zone.ts';
import { dateToTimestamp, timestampToInstant } from './comparison.ts';
import { isoWeek, periodOf } from './datetime-extract.ts';
import { withSession, type ScalarTable } from './define.ts';
import { sessionZone } from './session-zone.ts';
import { isInfinite, toLocal } from './timestamp-arithmetic.ts';
import { ordinalSuffix } from './to-char-number.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const ROMAN_MONTHS = 'I II III IV V VI VII VIII IX X XI XII'.split(' ');

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

/** Patterns, longest first where one begins another. Case matters only for words; each is matched in any case. */
const PATTERNS =
  'SSSSS SSSS Y,YYY YYYY YYY YY Y IYYY IYY IY IDDD ID IW I HH24 HH12 HH MI MS MM SS US FF1 FF2 FF3 FF4 FF5 FF6 A.M. P.M. AM PM A.D. B.C. AD BC MONTH MON DAY DDD DD DY D WW W CC J Q RM TZH TZM TZ OF'.split(
    ' ',
  );

interface Field {
  readonly pattern: string;
  /** As written: its case decides the case of words. */
  readonly written: string;
  readonly fill: boolean;
  readonly suffix: '' | 'th' | 'TH';
}

type Node = Field | { readonly text: string };

const MAX_CACHED = 200;
const cache = new Map<string, readonly Node[]>();

function parse(format: string): readonly Node[] {
  let nodes = cache.get(format);
  if (nodes === undefined) {
    nodes = tokens(format);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(format, nodes);
  }
  return nodes;
}

function tokens(format: string): readonly Node[] {
  const nodes: Node[] = [];
  const upper = format.toUpperCase();
  for (let at = 0; at < format.length;) {
    let fill = false;
    let start = at;
    while (upper.startsWith('FM', start) || upper.startsWith('FX', start) || upper.startsWith('TM', start)) {
      if (upper.startsWith('FM', start)) fill = true;
      start += 2;
    }
    const pattern = PATTERNS.find((candidate) => upper.startsWith(candidate, start));
    if (pattern !== undefined) {
      at = start + pattern.length;
      const written = format.slice(start, at);
      let suffix: Field['suffix'] = '';
      if (upper.startsWith('TH', at)) {
        suffix = format.startsWith('th', at) ? 'th' : 'TH';
        at += 2;
      }
      nodes.push({ pattern, written, fill, suffix });
      continue;
    }
    if (start > at) {
      at = start;
      continue;
    }
    const quoted = /^"((?:[^"\\]|\\.)*)"?/su.exec(format.slice(at));
    const literal = quoted === null ? (/^(?:\\(?="))?(.)/su.exec(format.slice(at))?.[0] ?? '') : quoted[0];
    nodes.push({
      text: quoted === null ? literal.replace(/^\\(?=")/s, '') : (quoted[1] ?? '').replace(/\\(.)/gs, '$1'),
    });
    at += literal.length;
  }
  return nodes;
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

function wordField({ pattern, written, fill }: Field, m: Moment): string {
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
  if (m.interval) {
    throw planError('invalid format specification for an interval value', {
      hint: 'Intervals are not tied to specific calendar dates.',
    });
  }
  const east = m.offset ?? 0;
  const two = (n: number): string => String(n).padStart(2, '0');
  if (pattern === 'OF') return formatOffset(east);
  if (pattern === 'TZH') return `${east < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(east) / 3600))}`;
  if (pattern === 'TZM') return two(Math.trunc(Math.abs(east) / 60) % 60);
  return halfDay(m.zone ?? '', written);
}

/** Patterns that mean nothing for an interval. */
const NO_INTERVAL = new Set([
  'D',
  'DY',
  'DAY',
  'ID',
  'WW',
  'W',
  'IW',
  'AD',
  'BC',
  'A.D.',
  'B.C.',
  'TZ',
  'OF',
  'IYYY',
  'IYY',
  'IY',
  'I',
  'IDDD',
]);

function format(m: Moment, template: string): string {
  let result = '';
  for (const node of parse(template)) {
    if ('text' in node) {
      result += node.text;
      continue;
    }
    if (m.interval && NO_INTERVAL.has(node.pattern) && ['D', 'DY', 'DAY'].includes(node.pattern)) {
      throw planError('invalid format specification for an interval value', {
        hint: 'Intervals are not tied to specific calendar dates.',
      });
    }
    const number = numberField(node.pattern, m);
    if (number === undefined) {
      result +=
        m.interval && /^(MONTH|MON|RM)$/.test(node.pattern) && m.month === 0 ? '' : wordField(node, m);
      continue;
    }
    const [value, width] = number;
    const digits = String(Math.abs(value));
    // Fractions keep their zeros also in fill mode: .050 is not .50.
    const padded = node.fill && !/^(MS|US|FF\d)$/.test(node.pattern) ? digits : digits.padStart(width, '0');
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

/** Parts that reading a text by a template can give. */
interface Parts {
  [pattern: string]: number;
}

function invalidValue(value: string, pattern: string, detail?: string): Error {
  return planError(`invalid value "${value}" for "${pattern}"`, {
    detail: detail ?? 'Value must be an integer.',
  });
}

/** Widths of numbers when another number follows directly. */
const WIDTHS: Readonly<Record<string, number>> = {
  YYYY: 4,
  YYY: 3,
  YY: 2,
  Y: 1,
  IYYY: 4,
  IYY: 3,
  IY: 2,
  I: 1,
  MM: 2,
  DD: 2,
  DDD: 3,
  IDDD: 3,
  D: 1,
  ID: 1,
  WW: 2,
  W: 1,
  IW: 2,
  CC: 2,
  Q: 1,
  HH: 2,
  HH12: 2,
  HH24: 2,
  MI: 2,
  SS: 2,
  MS: 3,
  US: 6,
  FF1: 1,
  FF2: 2,
  FF3: 3,
  FF4: 4,
  FF5: 5,
  FF6: 6,
  SSSS: 5,
  SSSSS: 5,
  J: 7,
  TZH: 3,
  TZM: 2,
};

function wordIndex(
  text: string,
  words: readonly string[],
  length?: number,
): readonly [index: number, size: number] | undefined {
  for (const [i, word] of words.entries()) {
    const wanted = length === undefined ? word : word.slice(0, length);
    if (text.slice(0, wanted.length).toLowerCase() === wanted.toLowerCase()) return [i, wanted.length];
  }
  return undefined;
}

/** Reads fields in the order of the template; blanks and separators match loosely, as PostgreSQL's do without FX. */
function read(text: string, template: string): Parts {
  const parts: Parts = {};
  const nodes = parse(template);
  let at = 0;
  const skipBlanks = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  for (const [i, node] of nodes.entries()) {
    if (at >= text.length) break;
    if ('text' in node) {
      if (/^\s+$/.test(node.text)) skipBlanks();
      else if (/^[^A-Za-z0-9\s]$/.test(node.text)) {
        if (/[^A-Za-z0-9+\-\s]/.test(text[at] ?? '') || text[at] === node.text) at++;
        else skipBlanks();
      } else at += node.text.length;
      continue;
    }
    skipBlanks();
    at += readField(node, nodes[i + 1], text.slice(at), parts);
  }
  return parts;
}

function readField(node: Field, next: Node | undefined, text: string, parts: Parts): number {
  const { pattern } = node;
  const named = readWord(pattern, text, parts);
  if (named !== undefined) return named;
  const width = WIDTHS[pattern] ?? 0;
  const bounded = next !== undefined && !('text' in next) && WIDTHS[next.pattern] !== undefined;
  const most = bounded || !/^(YYYY|J|IYYY|SSSS|SSSSS|DDD)$/.test(pattern) ? width : 9;
  const match = new RegExp(
    pattern === 'Y,YYY' ? '^[+-]?\\d{1,3},\\d{3}' : `^[+-]?\\d{1,${String(Math.max(most, 1))}}`,
  ).exec(text);
  if (match === null) throw invalidValue(text.slice(0, Math.max(width, 1)), node.written);
  const value = Number(match[0].replace(',', ''));
  const fraction = /^(MS|US|FF\d)$/.test(pattern);
  parts[fraction ? 'fraction' : pattern] = fraction ? Number(match[0].padEnd(6, '0').slice(0, 6)) : value;
  let used = match[0].length;
  if (node.suffix !== '') used += 2;
  return used;
}

function readWord(pattern: string, text: string, parts: Parts): number | undefined {
  const take = (name: string, found: readonly [number, number] | undefined, add: number): number => {
    if (found === undefined)
      throw invalidValue(
        text.split(/\s/)[0] ?? '',
        pattern,
        'The given value did not match any of the allowed values for this field.',
      );
    parts[name] = found[0] + add;
    return found[1];
  };
  switch (pattern) {
    case 'MONTH':
      return take('MM', wordIndex(text, MONTHS) ?? wordIndex(text, MONTHS, 3), 1);
    case 'MON':
      return take('MM', wordIndex(text, MONTHS, 3), 1);
    case 'RM': {
      const longestFirst = [...ROMAN_MONTHS.keys()].sort(
        (a, b) => (ROMAN_MONTHS[b]?.length ?? 0) - (ROMAN_MONTHS[a]?.length ?? 0),
      );
      const found = wordIndex(
        text,
        longestFirst.map((i) => ROMAN_MONTHS[i] ?? ''),
      );
      return take('MM', found === undefined ? undefined : [longestFirst[found[0]] ?? 0, found[1]], 1);
    }
    case 'DAY':
      return wordIndex(text, DAYS)?.[1] ?? take('D', undefined, 0);
    case 'DY':
      return wordIndex(text, DAYS, 3)?.[1] ?? take('D', undefined, 0);
    case 'AM':
    case 'PM':
      return take('PM', wordIndex(text, ['AM', 'PM']), 0);
    case 'A.M.':
    case 'P.M.':
      return take('PM', wordIndex(text, ['A.M.', 'P.M.']), 0);
    case 'AD':
    case 'BC':
      return take('BC', wordIndex(text, ['AD', 'BC']), 0);
    case 'A.D.':
    case 'B.C.':
      return take('BC', wordIndex(text, ['A.D.', 'B.C.']), 0);
    case 'TZ':
    case 'OF':
      throw planError(`formatting field "${pattern}" is only supported in to_char`).with({ code: '0A000' });
    default:
      return undefined;
  }
}

/** Two-digit years fall into 1970 to 2069, as do three-digit ones near them. */
function fullYear(parts: Parts): number {
  const year = parts['YYYY'] ?? parts['Y,YYY'];
  const century = parts['CC'];
  const short = parts['YYY'] ?? parts['YY'] ?? parts['Y'];
  let result = year ?? 0;
  if (year === undefined && short !== undefined) {
    if (century !== undefined) result = (century - 1) * 100 + (short === 0 ? 100 : short);
    else if (short < 70) result = short + 2000;
    else if (short < 100) result = short + 1900;
    else result = short < 520 ? short + 2000 : short + 1000;
  } else if (year === undefined && century !== undefined) {
    result = (century - 1) * 100 + 1;
  }
  return parts['BC'] === 1
    ? 1 - result
    : year === undefined && short === undefined && century === undefined
      ? 0
      : result;
}

function dayOf(parts: Parts, text: string): number {
  if (parts['J'] !== undefined) return parts['J'] - 2451545;
  const isoYear = parts['IYYY'];
  if (isoYear !== undefined) {
    const fourth = daysFromDate(isoYear, 1, 4);
    const first = fourth - ((dayOfWeek(fourth) + 6) % 7);
    if (parts['IDDD'] !== undefined) return first + parts['IDDD'] - 1;
    return first + ((parts['IW'] ?? 1) - 1) * 7 + (parts['ID'] ?? 1) - 1;
  }
  const year = fullYear(parts);
  if (parts['DDD'] !== undefined) return daysFromDate(year, 1, 1) + parts['DDD'] - 1;
  if (parts['WW'] !== undefined) return daysFromDate(year, 1, 1) + (parts['WW'] - 1) * 7;
  const month = parts['MM'] ?? (parts['Q'] === undefined ? 1 : 1);
  const day = parts['DD'] ?? (parts['W'] === undefined ? 1 : (parts['W'] - 1) * 7 + 1);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    throw planError(`date/time field value out of range: "${text}"`);
  }
  return daysFromDate(year, month, day);
}

function timeOf(parts: Parts, text: string): bigint {
  let hour = parts['HH24'] ?? parts['HH12'] ?? parts['HH'] ?? 0;
  const twelve = parts['HH24'] === undefined && (parts['HH12'] !== undefined || parts['HH'] !== undefined);
  if (twelve) {
    if (hour < 1 || hour > 12) {
      throw planError(`hour "${String(hour)}" is invalid for the 12-hour clock`, {
        hint: 'Use the 24-hour clock, or give an hour between 1 and 12.',
      });
    }
    if (parts['PM'] === 1 && hour < 12) hour += 12;
    else if (parts['PM'] === 0 && hour === 12) hour = 0;
  }
  const minute = parts['MI'] ?? 0;
  const second = parts['SS'] ?? 0;
  if (hour > 23 || minute > 59 || second > 59)
    throw planError(`date/time field value out of range: "${text}"`);
  const ofDay = parts['SSSS'] ?? parts['SSSSS'];
  const seconds = ofDay ?? hour * 3600 + minute * 60 + second;
  return BigInt(seconds) * MICROS_PER_SECOND + BigInt(parts['fraction'] ?? 0);
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
  'to_date(text,text)': (text: string, template: string) => checkDate(dayOf(read(text, template), text)),
  'to_timestamp(text,text)': withSession((session, text: string, template: string) => {
    const parts = read(text, template);
    const local = dateToTimestamp(dayOf(parts, text)) + timeOf(parts, text);
    const hours = parts['TZH'];
    if (hours === undefined) return timestampToInstant(local, sessionZone(session));
    const east = hours * 3600 + Math.sign(hours) * (parts['TZM'] ?? 0) * 60;
    return local - BigInt(east) * MICROS_PER_SECOND;
  }),
};
