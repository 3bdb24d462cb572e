/**
 * Date/time text to fields: what ParseDateTime and DecodeDateTime of PostgreSQL's utils/adt/datetime.c accept, for
 * DateStyle ISO, MDY.
 */
import { invalidInput } from './input-error.ts';
import { findTimeZone, type TimeZone } from './time-zone.ts';

/** Words that stand for a whole value. */
export type SpecialWord = 'infinity' | '-infinity' | 'epoch' | 'now' | 'today' | 'tomorrow' | 'yesterday';

/** What was in the text; fields not given are undefined. The year is astronomical (0 is 1 BC). */
export interface DateTimeFields {
  special: SpecialWord | undefined;
  year: number | undefined;
  month: number | undefined;
  day: number | undefined;
  dayOfYear: number | undefined;
  julianDay: number | undefined;
  /** Microseconds since midnight; can reach past 24:00:00, which callers refuse. */
  time: bigint | undefined;
  zone: TimeZone | undefined;
}

/** Longest text worth reading: PostgreSQL's MAXDATELEN. */
const MAX_LENGTH = 128;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAMES = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const DAY_NAMES =
  /^(?:sun(?:day)?|mon(?:day)?|tue(?:s|sday)?|wed(?:nesday)?|thu(?:rs?|rsday)?|fri(?:day)?|sat(?:urday)?)$/;
const SPECIAL: Readonly<Record<string, SpecialWord>> = {
  infinity: 'infinity',
  inf: 'infinity',
  '+infinity': 'infinity',
  '+inf': 'infinity',
  '-infinity': '-infinity',
  '-inf': '-infinity',
  epoch: 'epoch',
  now: 'now',
  today: 'today',
  tomorrow: 'tomorrow',
  yesterday: 'yesterday',
};

/** Numbers given on their own (`Jan 8 1999`): text decides between day and year. */
interface Reading extends DateTimeFields {
  readonly loose: string[];
  bc: boolean | undefined;
  meridian: 'am' | 'pm' | undefined;
  twoDigitYear: boolean;
}

/** Fails with the type's name and the whole text. */
type Fail = (cause: string) => Error;

/** Reads the text. Throws SqlError XX000 for anything that is no date, time or both. */
export function readFields(text: string, typeName: string): DateTimeFields {
  const fail: Fail = (cause) => invalidInput(typeName, text, cause);
  if (text.length > MAX_LENGTH) throw fail('too long');
  const reading: Reading = {
    special: undefined,
    year: undefined,
    month: undefined,
    day: undefined,
    dayOfYear: undefined,
    julianDay: undefined,
    time: undefined,
    zone: undefined,
    loose: [],
    bc: undefined,
    meridian: undefined,
    twoDigitYear: false,
  };
  const timeOnly = typeName.startsWith('time') && !typeName.startsWith('timestamp');
  for (const token of tokens(text, fail)) readToken(reading, token, timeOnly, fail);
  settleDate(reading, fail);
  settleTime(reading, fail);
  return reading;
}

type Token = {
  readonly kind: 'word' | 'number' | 'offset' | 'julian';
  readonly text: string;
  readonly afterT?: boolean;
};

/** Blanks, commas and the ISO `T` part tokens; a sign starts an offset unless a date is being written. */
function tokens(text: string, fail: Fail): Token[] {
  const pattern =
    /\s+|,|([+-]inf(?:inity)?\b)|([+-]\d[\d:]*)|(\d+(?:[-/.](?:\d+|[a-z]{3,9}(?=[-/.]))[-/.]\d+(?:\.\d+)?|[-/][a-z]{3,9}[-/]\d+|[:.][\d:.]*|[-/]\d+)?)|(etc\/gmt[+-]?\d{1,2}\b|[a-z]{3}\d{1,2}[a-z]{3}\b|[a-z]+(?:[/_][a-z_]+)*\.?)/giy;
  const out: Token[] = [];
  let at = 0;
  let afterT = false;
  while (at < text.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) throw fail('unexpected character');
    const blankBefore = /\s/.test(text[at - 1] ?? '');
    at = pattern.lastIndex;
    const [whole, infinity, offset, number, word] = match;
    const named = monthNumber(out.at(out.at(-1)?.kind === 'number' ? -2 : -1)?.text ?? '') !== undefined;
    if (offset?.startsWith('-') === true && named && !blankBefore) {
      // `Jan-08-1999`: the hyphens belong to the date.
      out.push({ kind: 'number', text: whole.slice(1) });
    } else if (infinity !== undefined) out.push({ kind: 'word', text: whole.toLowerCase() });
    else if (offset !== undefined) out.push({ kind: 'offset', text: whole });
    else if (number !== undefined) out.push({ kind: 'number', text: whole, afterT });
    else if (word !== undefined) {
      const lower = whole.toLowerCase();
      if (lower === 't' && /\d/.test(text[at] ?? '')) {
        afterT = true;
        continue;
      }
      const julian = lower === 'j' ? /^\d{1,7}/.exec(text.slice(at))?.[0] : undefined;
      if (julian !== undefined) {
        at += julian.length;
        out.push({ kind: 'julian', text: julian });
        continue;
      }
      out.push({ kind: 'word', text: lower });
    }
    afterT = false;
  }
  if (out.length === 0) throw fail('empty');
  return out;
}

function readToken(reading: Reading, token: Token, timeOnly: boolean, fail: Fail): void {
  if (token.kind === 'word') readWord(reading, token.text, fail);
  else if (token.kind === 'julian') reading.julianDay = Number(token.text);
  else if (token.kind === 'offset') readOffset(reading, token.text, fail);
  else readNumber(reading, token.text, token.afterT === true, timeOnly, fail);
}

function readWord(reading: Reading, word: string, fail: Fail): void {
  const plain = word.endsWith('.') ? word.slice(0, -1) : word;
  const special = Object.hasOwn(SPECIAL, plain) ? SPECIAL[plain] : undefined;
  const month = monthNumber(plain);
  if (special !== undefined) {
    if (reading.special !== undefined) throw fail('more than one value');
    reading.special = special;
  } else if (month !== undefined) {
    if (reading.month !== undefined) throw fail('more than one month');
    reading.month = month;
  } else if (plain === 'bc' || plain === 'ad') {
    reading.bc = plain === 'bc';
  } else if (plain === 'am' || plain === 'pm') {
    reading.meridian = plain;
  } else if (plain === 'allballs') {
    reading.time = 0n;
    reading.zone = findTimeZone('UTC');
  } else if (plain !== 'at' && plain !== 'on' && !DAY_NAMES.test(plain)) {
    readZone(reading, plain, fail);
  }
}

function monthNumber(word: string): number | undefined {
  const index = MONTH_NAMES.findIndex((name, i) => word === name || word === MONTHS[i]);
  if (index >= 0) return index + 1;
  return word === 'sept' ? 9 : undefined;
}

function readZone(reading: Reading, name: string, fail: Fail): void {
  const zone = findTimeZone(name);
  if (zone === undefined || reading.zone !== undefined) throw fail(`unknown word ${name}`);
  reading.zone = zone;
}

/** A sign after a time is an offset; `+` or `-` on anything else is none. */
function readOffset(reading: Reading, text: string, fail: Fail): void {
  if (reading.time === undefined && reading.loose.length === 0) throw fail('unexpected sign');
  const zone = findTimeZone(text);
  if (zone === undefined || reading.zone !== undefined) throw fail('invalid time zone offset');
  reading.zone = zone;
}

function readNumber(reading: Reading, text: string, afterT: boolean, timeOnly: boolean, fail: Fail): void {
  if (text.includes(':')) {
    setTime(reading, text, fail);
    return;
  }
  const withOffset = /^(\d{4}|\d{6}(?:\.\d*)?)(-\d{2,4})$/.exec(text);
  if (withOffset !== null && reading.time === undefined && (afterT || timeOnly || hasDate(reading))) {
    readNumber(reading, withOffset[1] ?? '', true, timeOnly, fail);
    readOffset(reading, withOffset[2] ?? '', fail);
    return;
  }
  const runTogether = /^\d{6}(?:\.\d*)?$/.test(text) || /^\d{4}$/.test(text);
  if (
    runTogether &&
    reading.time === undefined &&
    (afterT || timeOnly || (hasDate(reading) && /^\d{6}/.test(text)))
  ) {
    const whole = text.slice(0, 4).replace(/(..)(..)/, '$1:$2');
    setTime(reading, text.length > 4 ? `${whole}:${text.slice(4)}` : whole, fail);
    return;
  }
  if (/^\d+$/.test(text)) {
    readPlainNumber(reading, text, fail);
    return;
  }
  readDate(reading, text, fail);
}

function hasDate(reading: Reading): boolean {
  return reading.year !== undefined || reading.julianDay !== undefined;
}

/** `20240229`, `240229`, or a day or year beside a month's name. */
function readPlainNumber(reading: Reading, text: string, fail: Fail): void {
  if (text.length >= 6 && reading.month === undefined && !hasDate(reading)) {
    setYear(reading, text.slice(0, -4));
    reading.month = Number(text.slice(-4, -2));
    reading.day = Number(text.slice(-2));
    return;
  }
  if (reading.loose.length >= 2) throw fail('too many numbers');
  reading.loose.push(text);
}

/** Dates with separators: `2024-02-29`, `2/29/2024`, `29-Feb-2024`, `2024-Feb-29`, `2024.060`. */
function readDate(reading: Reading, text: string, fail: Fail): void {
  if (hasDate(reading)) throw fail('more than one date');
  const ordinal = /^(\d{3,})[.-](\d{3})$/.exec(text);
  if (ordinal !== null) {
    setYear(reading, ordinal[1] ?? '');
    reading.dayOfYear = Number(ordinal[2]);
    return;
  }
  const parts = text.toLowerCase().split(/[-/.]/);
  const [first = '', second = '', third] = parts;
  if (third === undefined || parts.length !== 3) throw fail('incomplete date');
  const named = monthNumber(second);
  if (named === undefined && !/^\d+$/.test(second)) throw fail(`unknown month ${second}`);
  if (named !== undefined) {
    reading.month = named;
    const yearFirst = first.length > 2;
    setYear(reading, yearFirst ? first : third);
    reading.day = Number(yearFirst ? third : first);
  } else if (first.length > 2) {
    setYear(reading, first);
    reading.month = Number(second);
    reading.day = Number(third);
  } else {
    reading.month = Number(first);
    reading.day = Number(second);
    setYear(reading, third);
  }
}

function setYear(reading: Reading, digits: string): void {
  reading.year = Number(digits);
  reading.twoDigitYear = digits.length <= 2;
}

function setTime(reading: Reading, text: string, fail: Fail): void {
  const match = /^(\d{1,7}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?$/.exec(text);
  if (match === null || reading.time !== undefined) throw fail('invalid time of day');
  const [, hours, minutes, seconds = '0', fraction = ''] = match;
  if (Number(minutes) > 59 || Number(seconds) > 60) throw fail('time of day out of range');
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  reading.time = BigInt(whole) * 1_000_000n + BigInt(fractionMicros(fraction));
}

/** Digits after the point to microseconds; halves go to the even one, as C's rint() of the double has it. */
export function fractionMicros(fraction: string): number {
  const micros = Number(`0.${fraction}0`) * 1_000_000;
  const floor = Math.floor(micros);
  return micros - floor === 0.5 ? floor + (floor % 2) : Math.round(micros);
}

/** Numbers beside a month's name are day and year; a three-digit or longer one, or one past 31, is the year. */
function settleDate(reading: Reading, fail: Fail): void {
  const [first, second] = reading.loose;
  if (first !== undefined) {
    if (reading.month === undefined || hasDate(reading)) throw fail('unexpected number');
    if (second === undefined) throw fail('incomplete date');
    const yearFirst = first.length > 2;
    setYear(reading, yearFirst ? first : second);
    reading.day = Number(yearFirst ? second : first);
  }
  if (reading.year === undefined) {
    if (reading.bc !== undefined || reading.month !== undefined) throw fail('incomplete date');
    return;
  }
  if (reading.special !== undefined) throw fail('more than one date');
  if (reading.bc === true) {
    if (reading.year === 0) throw fail('year out of range');
    reading.year = 1 - reading.year;
  } else if (reading.twoDigitYear) {
    reading.year += reading.year < 70 ? 2000 : 1900;
  } else if (reading.year === 0) {
    throw fail('year out of range');
  }
}

function settleTime(reading: Reading, fail: Fail): void {
  if (reading.meridian === undefined) {
    const alone =
      reading.year === undefined && reading.julianDay === undefined && reading.special === undefined;
    if (alone && reading.time === undefined) throw fail('no date or time');
    return;
  }
  if (reading.time === undefined) throw fail('no time of day');
  const hour = reading.time / 3_600_000_000n;
  if (hour > 12n) throw fail('hour out of range');
  const half = 43_200_000_000n;
  if (reading.meridian === 'pm' && hour < 12n) reading.time += half;
  if (reading.meridian === 'am' && hour === 12n) reading.time -= half;
}
