/** to_date() and to_timestamp(): reads a text by a template. Source: PostgreSQL 15, "Data Type Formatting". */
import { planError } from '../errors.ts';
import { checkDate, dayOfWeek, daysFromDate, daysInMonth, MICROS_PER_SECOND } from '../types/calendar.ts';
import { dateToTimestamp, timestampToInstant } from './comparison.ts';
import { withSession, type ScalarTable } from './define.ts';
import { sessionZone } from './session-zone.ts';

import {
  DAYS,
  MONTHS,
  parseTemplate,
  ROMAN_MONTHS,
  type TemplateField,
  type TemplateNode,
} from './datetime-template.ts';

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
  const nodes = parseTemplate(template);
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

function readField(node: TemplateField, next: TemplateNode | undefined, text: string, parts: Parts): number {
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

export const datetimeReading: ScalarTable = {
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
