/**
 * Reading a text by a template, for to_date() and to_timestamp(). Without FX, blanks and separators match loosely: one of
 * either in the template takes one of either in the text, or nothing. Source: PostgreSQL 15, "Data Type Formatting".
 */
import { planError, unsupported } from '../errors.ts';
import {
  DAYS,
  MONTHS,
  parseTemplate,
  ROMAN_MONTHS,
  type TemplateField,
  type TemplateNode,
} from './datetime-template.ts';

/** What was read; 0 and false stand for what was not there. */
export interface Fields {
  year: number;
  /** Digits of the pattern that gave the year. */
  digits: number;
  century: number;
  bc: boolean;
  month: number;
  day: number;
  dayOfYear: number;
  /** 1 is Sunday. */
  weekday: number;
  week: number;
  weekOfMonth: number;
  julian: number;
  hour: number;
  minute: number;
  second: number;
  secondOfDay: number;
  millis: number;
  micros: number;
  twelveHours: boolean;
  afternoon: boolean;
  /** Read and ignored: it does not tell which date of the quarter is meant. */
  quarter: number;
  /** Digits of the second's fraction that FF1 to FF6 ask for; 0 for all. */
  precision: number;
  zoneSign: -1 | 0 | 1;
  zoneHours: number;
  zoneMinutes: number;
  convention: 'none' | 'gregorian' | 'iso';
}

type NumberField = {
  [K in keyof Fields]: Fields[K] extends number ? (number extends Fields[K] ? K : never) : never;
}[keyof Fields];

/** Patterns that are numbers: where they go and how many digits they have. */
const NUMBERS: Readonly<Record<string, readonly [field: NumberField, digits: number]>> = {
  YYYY: ['year', 4],
  YYY: ['year', 3],
  YY: ['year', 2],
  Y: ['year', 1],
  IYYY: ['year', 4],
  IYY: ['year', 3],
  IY: ['year', 2],
  I: ['year', 1],
  CC: ['century', 2],
  MM: ['month', 2],
  DD: ['day', 2],
  DDD: ['dayOfYear', 3],
  IDDD: ['dayOfYear', 3],
  D: ['weekday', 1],
  ID: ['weekday', 1],
  WW: ['week', 2],
  IW: ['week', 2],
  W: ['weekOfMonth', 1],
  Q: ['quarter', 1],
  J: ['julian', 6],
  HH: ['hour', 2],
  HH12: ['hour', 2],
  HH24: ['hour', 2],
  MI: ['minute', 2],
  SS: ['second', 2],
  SSSS: ['secondOfDay', 5],
  SSSSS: ['secondOfDay', 5],
  MS: ['millis', 3],
  US: ['micros', 6],
  FF1: ['micros', 1],
  FF2: ['micros', 2],
  FF3: ['micros', 3],
  FF4: ['micros', 4],
  FF5: ['micros', 5],
  FF6: ['micros', 6],
  TZH: ['zoneHours', 2],
  TZM: ['zoneMinutes', 2],
};

const GREGORIAN = /^(?:Y,YYY|Y{1,4}|MM|MON|MONTH|RM|D{1,3}|WW|W)$/;
const ISO = /^(?:IY{0,3}|IDDD|ID|IW)$/;

const SHORT_MONTHS = MONTHS.map((name) => name.slice(0, 3));
const SHORT_DAYS = DAYS.map((name) => name.slice(0, 3));
/** Longest first where one begins another. */
const ROMAN_DOWN = [...ROMAN_MONTHS].reverse();

type Words = Readonly<{ words: readonly string[]; set: (fields: Fields, index: number) => void }>;

const MERIDIAN = (fields: Fields, index: number): void => {
  fields.afternoon = index === 1;
  fields.twelveHours = true;
};
const ERA = (fields: Fields, index: number): void => {
  fields.bc = index === 1;
};
const setMonth = (fields: Fields, month: number): void => setNumber(fields, 'month', month, 'MONTH');
const setWeekday = (fields: Fields, index: number): void => setNumber(fields, 'weekday', index + 1, 'DAY');

/** Patterns that are words. */
const WORDS: Readonly<Record<string, Words>> = {
  MONTH: { words: MONTHS, set: (fields, i) => setMonth(fields, i + 1) },
  MON: { words: SHORT_MONTHS, set: (fields, i) => setMonth(fields, i + 1) },
  RM: { words: ROMAN_DOWN, set: (fields, i) => setMonth(fields, 12 - i) },
  DAY: { words: DAYS, set: setWeekday },
  DY: { words: SHORT_DAYS, set: setWeekday },
  AM: { words: ['AM', 'PM'], set: MERIDIAN },
  PM: { words: ['AM', 'PM'], set: MERIDIAN },
  'A.M.': { words: ['A.M.', 'P.M.'], set: MERIDIAN },
  'P.M.': { words: ['A.M.', 'P.M.'], set: MERIDIAN },
  AD: { words: ['AD', 'BC'], set: ERA },
  BC: { words: ['AD', 'BC'], set: ERA },
  'A.D.': { words: ['A.D.', 'B.C.'], set: ERA },
  'B.C.': { words: ['A.D.', 'B.C.'], set: ERA },
};

function nothingRead(): Fields {
  return {
    year: 0,
    digits: 0,
    century: 0,
    bc: false,
    month: 0,
    day: 0,
    dayOfYear: 0,
    weekday: 0,
    week: 0,
    weekOfMonth: 0,
    julian: 0,
    hour: 0,
    minute: 0,
    second: 0,
    secondOfDay: 0,
    millis: 0,
    micros: 0,
    twelveHours: false,
    afternoon: false,
    quarter: 0,
    precision: 0,
    zoneSign: 0,
    zoneHours: 0,
    zoneMinutes: 0,
    convention: 'none',
  };
}

function setNumber(fields: Fields, field: NumberField, value: number, pattern: string): void {
  if (fields[field] !== 0 && fields[field] !== value) {
    throw planError(`conflicting values for "${pattern}" field in formatting string`, {
      detail: 'This value contradicts a previous setting for the same field type.',
    });
  }
  fields[field] = value;
}

function setConvention(fields: Fields, pattern: string): void {
  const wanted = ISO.test(pattern) ? 'iso' : GREGORIAN.test(pattern) ? 'gregorian' : 'none';
  if (wanted === 'none' || wanted === fields.convention) return;
  if (fields.convention !== 'none') {
    throw planError('invalid combination of date conventions', {
      hint: 'Do not mix Gregorian and ISO week date conventions in a formatting template.',
    });
  }
  fields.convention = wanted;
}

/** Years of up to three digits are the nearest to 2020. */
function nearestYear(year: number): number {
  if (year < 70) return year + 2000;
  if (year < 100) return year + 1900;
  if (year < 520) return year + 2000;
  return year < 1000 ? year + 1000 : year;
}

const isBlank = (char: string | undefined): boolean => char !== undefined && /\s/.test(char);
const isSeparator = (char: string | undefined): boolean =>
  char !== undefined && char > ' ' && char < '\x7f' && !/[A-Za-z0-9]/.test(char);

/** Fields of a text by a template. Throws SqlError for what does not fit; whole dates are checked by the caller. */
export function readFields(text: string, template: string): Fields {
  return new Reader(text, parseTemplate(template)).read();
}

class Reader {
  readonly #text: string;
  readonly #nodes: readonly TemplateNode[];
  readonly #fields = nothingRead();
  #at = 0;
  /** Characters taken beyond those of the template. */
  #extra = 0;

  constructor(text: string, nodes: readonly TemplateNode[]) {
    this.#text = text;
    this.#nodes = nodes;
  }

  read(): Fields {
    for (const [i, node] of this.#nodes.entries()) {
      if (this.#at >= this.#text.length) break;
      if ('text' in node) this.#passText(node.text, node.quoted, node.exact, i === 0);
      else this.#readField(node, i);
    }
    return this.#fields;
  }

  #skipBlanks(): void {
    for (; isBlank(this.#text[this.#at]); this.#at++) this.#extra++;
  }

  #passText(text: string, quoted: boolean, exact: boolean, first: boolean): void {
    if (exact) {
      this.#at += text.length;
      return;
    }
    const loose = !quoted && (isBlank(text) || isSeparator(text));
    if (first || loose) this.#skipBlanks();
    if (loose) {
      this.#extra--;
      const char = this.#text[this.#at];
      if (isBlank(char) || isSeparator(char)) {
        this.#at++;
        this.#extra++;
      }
      return;
    }
    for (const char of text) {
      // What was skipped before may have been this character.
      if (this.#extra > 0) this.#extra--;
      else this.#at += char.length;
    }
  }

  #readField(node: TemplateField, index: number): void {
    const { pattern, exact } = node;
    if (!exact) this.#skipBlanks();
    setConvention(this.#fields, pattern);
    const words = WORDS[pattern];
    if (words !== undefined) this.#readWord(node, words);
    else if (pattern === 'Y,YYY') this.#readLongYear();
    else if (pattern === 'TZ' || pattern === 'OF') {
      throw unsupported(`formatting field "${pattern}" outside of to_char`);
    } else this.#readNumber(node, this.#nodes[index + 1]);
    if (node.suffix !== '' && words === undefined) this.#at += 2;
    if (exact) return;
    this.#extra = 0;
    this.#skipBlanks();
  }

  #readWord({ pattern }: TemplateField, { words, set }: Words): void {
    const rest = this.#text.slice(this.#at).toLowerCase();
    const index = words.findIndex((word) => rest.startsWith(word.toLowerCase()));
    if (index < 0) {
      const shown = this.#text.slice(this.#at).split(/\s/)[0] ?? '';
      throw planError(`invalid value "${shown}" for "${pattern}"`, {
        detail: 'The given value did not match any of the allowed values for this field.',
      });
    }
    this.#at += words[index]?.length ?? 0;
    set(this.#fields, index);
  }

  #readLongYear(): void {
    const match = /^\s*([+-]?\d+),\s*(\d{1,3})/.exec(this.#text.slice(this.#at));
    if (match === null) throw planError('invalid input string for "Y,YYY"');
    this.#at += match[0].length;
    setNumber(this.#fields, 'year', Number(match[1]) * 1000 + Number(match[2]), 'Y,YYY');
    this.#fields.digits = 4;
  }

  #readNumber(node: TemplateField, next: TemplateNode | undefined): void {
    const { pattern, written } = node;
    const [field, digits] = NUMBERS[pattern] ?? ['day', 2];
    if (pattern === 'TZH') this.#readZoneSign();
    if (pattern === 'TZM' && this.#fields.zoneSign === 0) this.#fields.zoneSign = 1;
    const start = this.#at;
    const value = this.#integer(written, digits, node.fill || isOpenEnded(node, next));
    const length = this.#at - start;
    const fraction = field === 'millis' || field === 'micros';
    if (pattern !== 'Q') setNumber(this.#fields, field, this.#adjusted(pattern, value, length), written);
    if (fraction) this.#fields[field] = scaled(field, value, length);
    if (/^FF\d$/.test(pattern)) this.#fields.precision = digits;
    if (field === 'year') this.#fields.digits = digits;
    if (pattern === 'HH' || pattern === 'HH12') this.#fields.twelveHours = true;
  }

  /** Short years are completed, ISO weekdays counted from Sunday. */
  #adjusted(pattern: string, value: number, length: number): number {
    if (/^(?:Y{1,3}|IY{0,2})$/.test(pattern)) return length < 4 ? nearestYear(value) : value;
    return pattern === 'ID' ? (value % 7) + 1 : value;
  }

  #readZoneSign(): void {
    const char = this.#text[this.#at];
    if (char === '+' || char === '-' || char === ' ') {
      this.#fields.zoneSign = char === '-' ? -1 : 1;
      this.#at++;
      return;
    }
    // A minus may have been taken for a separator.
    this.#fields.zoneSign = this.#extra > 0 && this.#text[this.#at - 1] === '-' ? -1 : 1;
  }

  #integer(pattern: string, digits: number, open: boolean): number {
    const blanks = /^\s*/.exec(this.#text.slice(this.#at))?.[0].length ?? 0;
    const from = this.#at + blanks;
    const rest = open ? this.#text.slice(from) : this.#text.slice(from, from + digits);
    if (!open && rest.length < digits) {
      throw planError(`source string too short for "${pattern}" formatting field`, {
        detail: `Field requires ${String(digits)} characters, but only ${String(rest.length)} remain.`,
        hint: 'If your source string is not fixed-width, try using the "FM" modifier.',
      });
    }
    const match = /^[+-]?\d+/.exec(rest);
    const shown = this.#text.slice(from, from + digits);
    if (match === null) {
      throw planError(`invalid value "${shown}" for "${pattern}"`, { detail: 'Value must be an integer.' });
    }
    if (!open && match[0].length < digits) {
      throw planError(`invalid value "${shown}" for "${pattern}"`, {
        detail: `Field requires ${String(digits)} characters, but only ${String(match[0].length)} could be parsed.`,
        hint: 'If your source string is not fixed-width, try using the "FM" modifier.',
      });
    }
    const value = Number(match[0]);
    if (Math.abs(value) > 2_147_483_647) {
      throw planError(`value for "${pattern}" in source string is out of range`, {
        detail: 'Value must be in the range -2147483648 to 2147483647.',
      });
    }
    this.#at = from + match[0].length;
    return value;
  }
}

/** Whether a number may be of any length, since no digit can follow it. */
function isOpenEnded(node: TemplateField, next: TemplateNode | undefined): boolean {
  if (node.suffix !== '' || next === undefined) return true;
  if ('text' in next) return !/^\d$/.test(next.text);
  return next.pattern === 'TZH' || (next.pattern !== 'Y,YYY' && NUMBERS[next.pattern] === undefined);
}

/** A fraction of fewer digits than its unit has. */
function scaled(unit: 'millis' | 'micros', value: number, length: number): number {
  return value * 10 ** Math.max((unit === 'millis' ? 3 : 6) - length, 0);
}
