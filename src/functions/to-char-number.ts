/**
 * to_char() of numbers and to_number(). Templates and their corners (blanks for the sign, fill mode, # for numbers that do
 * not fit) follow utils/adt/formatting.c of PostgreSQL 15, with the C locale's separators.
 */
import { planError } from '../errors.ts';
import { Numeric, pow10 } from '../types/numeric.ts';
import { invalidInput } from '../types/input-error.ts';
import { alike, type Plain, type ScalarTable } from './define.ts';

type Key =
  | '9'
  | '0'
  | '.'
  | 'D'
  | ','
  | 'G'
  | 'S'
  | 'MI'
  | 'PL'
  | 'SG'
  | 'PR'
  | 'L'
  | 'FM'
  | 'RN'
  | 'rn'
  | 'TH'
  | 'th'
  | 'V'
  | 'EEEE'
  | 'B';

type Node = { readonly key: Key } | { readonly text: string };

interface Template {
  readonly nodes: readonly Node[];
  pre: number;
  post: number;
  multi: number;
  decimal: boolean;
  zero: boolean;
  zeroStart: number;
  zeroEnd: number;
  fill: boolean;
  bracket: boolean;
  plus: boolean;
  minus: boolean;
  roman: boolean;
  scientific: boolean;
  sign: 'none' | 'before' | 'after';
  digitsBeforeSign: number;
}

const TOKEN = /"((?:[^"\\]|\\.)*)"|\\(")|EEEE|FM|MI|PL|PR|RN|SG|TH|[90.,DGSLVB]|([\s\S])/giu;
const MAX_CACHED = 200;
const cache = new Map<string, Template>();

function templateOf(format: string): Template {
  let template = cache.get(format);
  if (template === undefined) {
    template = parse(format);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(format, template);
  }
  return template;
}

function tokens(format: string): Node[] {
  const nodes: Node[] = [];
  for (const match of format.matchAll(TOKEN)) {
    const [whole, quoted, escaped, other] = match;
    const literal = quoted?.replace(/\\(.)/gsu, '$1') ?? escaped ?? other;
    if (literal !== undefined) nodes.push({ text: literal });
    else if (whole === 'rn' || whole === 'th') nodes.push({ key: whole });
    else nodes.push({ key: whole.toUpperCase() as Key });
  }
  return nodes;
}

function parse(format: string): Template {
  const nodes = tokens(format);
  const t: Template = {
    nodes,
    pre: 0,
    post: 0,
    multi: 0,
    decimal: false,
    zero: false,
    zeroStart: 0,
    zeroEnd: 0,
    fill: false,
    bracket: false,
    plus: false,
    minus: false,
    roman: false,
    scientific: false,
    sign: 'none',
    digitsBeforeSign: 0,
  };
  let multiplying = false;
  for (const node of nodes) {
    if (!('key' in node)) continue;
    if (t.scientific) throw planError('"EEEE" must be the last pattern used');
    switch (node.key) {
      case '9':
      case '0':
        if (t.bracket) throw planError(`"${node.key}" must be ahead of "PR"`);
        if (multiplying) {
          t.multi++;
          break;
        }
        if (node.key === '0' && !t.zero && !t.decimal) {
          t.zero = true;
          t.zeroStart = t.pre + 1;
        }
        if (t.decimal) t.post++;
        else t.pre++;
        if (node.key === '0') t.zeroEnd = t.pre + t.post;
        break;
      case '.':
      case 'D':
        if (t.decimal) throw planError('multiple decimal points');
        if (multiplying) throw planError('cannot use "V" and decimal point together');
        t.decimal = true;
        break;
      case 'FM':
        t.fill = true;
        break;
      case 'S':
        if (t.sign !== 'none') throw planError('cannot use "S" twice');
        if (t.plus || t.minus || t.bracket)
          throw planError('cannot use "S" and "PL"/"MI"/"SG"/"PR" together');
        t.sign = t.decimal ? 'after' : 'before';
        t.digitsBeforeSign = t.pre;
        break;
      case 'MI':
        if (t.sign !== 'none') throw planError('cannot use "S" and "MI" together');
        t.minus = true;
        break;
      case 'PL':
        if (t.sign !== 'none') throw planError('cannot use "S" and "PL" together');
        t.plus = true;
        break;
      case 'SG':
        if (t.sign !== 'none') throw planError('cannot use "S" and "SG" together');
        t.plus = t.minus = true;
        break;
      case 'PR':
        if (t.sign !== 'none' || t.plus || t.minus)
          throw planError('cannot use "PR" and "S"/"PL"/"MI"/"SG" together');
        t.bracket = true;
        break;
      case 'RN':
      case 'rn':
        t.roman = true;
        break;
      case 'V':
        if (t.decimal) throw planError('cannot use "V" and decimal point together');
        multiplying = true;
        break;
      case 'EEEE':
        t.scientific = true;
        break;
      default:
    }
  }
  return t;
}

const ROMAN: readonly (readonly [number, string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

/** Roman numerals up to 3999, else fifteen #. */
function roman(value: Numeric): string {
  let rest = Number(value.round(0).toString());
  if (!(rest >= 1 && rest <= 3999)) return '#'.repeat(15);
  let text = '';
  for (const [amount, letters] of ROMAN) {
    while (rest >= amount) {
      text += letters;
      rest -= amount;
    }
  }
  return text;
}

/** st, nd, rd, th. */
export function ordinalSuffix(digits: string): string {
  if (/1\d$/.test(digits)) return 'th';
  return { '1': 'st', '2': 'nd', '3': 'rd' }[digits.at(-1) ?? ''] ?? 'th';
}

/** Writes one number by one template. */
class Writer {
  readonly #t: Template;
  readonly #negative: boolean;
  readonly #number: string;
  readonly #blanks: number;
  readonly #lastRelevant: number | undefined;
  readonly #count: number;
  readonly #signPlace: Template['sign'];
  readonly #bracket: boolean;
  readonly #zeroStart: number;
  #signWritten: boolean;
  #at = 0;
  #current = 0;
  #inNumber = false;
  #out = '';

  constructor(t: Template, pre: number, number: string, negative: boolean) {
    this.#t = t;
    this.#negative = negative;
    const digits = number.split('.')[0]?.length ?? 0;
    this.#blanks = Math.max(pre - digits, 0);
    // Too long: # in every place.
    this.#number = digits > pre ? `${'#'.repeat(pre)}${t.decimal ? `.${'#'.repeat(t.post)}` : ''}` : number;
    this.#bracket = t.bracket && !(t.fill && !negative);
    if (t.plus || t.minus) this.#signWritten = t.minus;
    else this.#signWritten = !negative && t.fill && t.sign === 'none';
    this.#signPlace =
      t.sign === 'before' && pre === t.digitsBeforeSign && !t.plus && !t.minus ? 'after' : t.sign;
    this.#zeroStart = t.zeroStart > 0 ? t.zeroStart - 1 : 0;
    this.#lastRelevant = t.fill && t.decimal ? this.#lastRelevantDigit() : undefined;
    this.#count = t.post + pre - 1 + (!this.#signWritten && this.#blanks === 0 ? 1 : 0);
  }

  /** Offset of the last digit after the point that is no zero; of the point itself when all are. */
  #lastRelevantDigit(): number | undefined {
    const point = this.#number.indexOf('.');
    if (point < 0) return undefined;
    let last = point;
    for (let i = point + 1; i < this.#number.length; i++) if (this.#number[i] !== '0') last = i;
    if (this.#t.zeroEnd > this.#blanks) {
      last = Math.max(last, Math.min(this.#number.length - 1, this.#t.zeroEnd - this.#blanks));
    }
    return last;
  }

  get #endsAtPoint(): boolean {
    return this.#lastRelevant !== undefined && this.#number[this.#lastRelevant] === '.';
  }

  /** The only digit before the point is a zero that 9 leaves out. */
  get #hiddenZero(): boolean {
    return !this.#t.zero && this.#at === 0 && this.#number.startsWith('0') && this.#t.post !== 0;
  }

  write(): string {
    for (const node of this.#t.nodes) {
      if ('text' in node) this.#out += node.text;
      else this.#key(node.key);
    }
    return this.#out;
  }

  #key(key: Key): void {
    const { fill } = this.#t;
    switch (key) {
      case '9':
      case '0':
      case '.':
      case 'D':
        this.#part(key);
        break;
      case ',':
      case 'G':
        if (this.#inNumber) this.#out += ',';
        else if (!fill) this.#out += ' ';
        break;
      case 'L':
        this.#out += ' ';
        break;
      case 'TH':
      case 'th':
        if (this.#number.startsWith('#') || this.#negative || this.#t.decimal) break;
        this.#out += key === 'th' ? ordinalSuffix(this.#number) : ordinalSuffix(this.#number).toUpperCase();
        break;
      case 'MI':
        this.#out += this.#negative ? '-' : fill ? '' : ' ';
        break;
      case 'PL':
        this.#out += !this.#negative ? '+' : fill ? '' : ' ';
        break;
      case 'SG':
        this.#out += this.#negative ? '-' : '+';
        break;
      default:
    }
  }

  #sign(): void {
    const { fill, zero } = this.#t;
    const reached = this.#current >= this.#blanks || (zero && this.#zeroStart === this.#current);
    if (this.#signWritten || !reached || (this.#hiddenZero && !this.#endsAtPoint)) return;
    if (this.#signPlace !== 'none') {
      if (this.#signPlace !== 'before') return;
      this.#out += this.#negative ? '-' : '+';
    } else if (this.#bracket) {
      this.#out += this.#negative ? '<' : ' ';
    } else if (this.#negative) {
      this.#out += '-';
    } else if (!fill) {
      this.#out += ' ';
    }
    this.#signWritten = true;
  }

  #part(key: Key): void {
    const { fill, zero } = this.#t;
    this.#sign();
    if (this.#current < this.#blanks && (this.#zeroStart > this.#current || !zero)) {
      if (!fill) this.#out += ' ';
    } else if (zero && this.#current < this.#blanks && this.#zeroStart <= this.#current) {
      this.#out += '0';
      this.#inNumber = true;
    } else {
      this.#digit(key);
      if (this.#at < this.#number.length) this.#at++;
    }
    let end = this.#count + (this.#blanks > 0 ? 1 : 0) + (this.#t.decimal ? 1 : 0);
    if (this.#lastRelevant !== undefined && this.#lastRelevant === this.#at) end = this.#current;
    if (this.#current + 1 === end) this.#close();
    this.#current++;
  }

  #digit(key: Key): void {
    const char = this.#number[this.#at] ?? '';
    if (char === '.') {
      if (!this.#endsAtPoint || this.#t.fill) this.#out += '.';
      return;
    }
    if (this.#lastRelevant !== undefined && this.#at > this.#lastRelevant && key !== '0') return;
    if (this.#hiddenZero) {
      if (!this.#t.fill) this.#out += ' ';
      else if (this.#endsAtPoint) this.#out += '0';
      return;
    }
    this.#out += char;
    this.#inNumber = true;
  }

  #close(): void {
    if (this.#signWritten && this.#bracket) this.#out += this.#negative ? '>' : ' ';
    else if (this.#signPlace === 'after') this.#out += this.#negative ? '-' : '+';
  }
}

function scientific(value: Numeric, post: number): string {
  if (!value.isFinite) return ` ${'#'.repeat(1)}.${'#'.repeat(post)}####`;
  const digits = (value.digits < 0n ? -value.digits : value.digits).toString();
  const exponent = value.digits === 0n ? 0 : digits.length - 1 - value.scale;
  // PostgreSQL does not carry a mantissa rounded up to ten into the exponent.
  const mantissa = new Numeric(BigInt(digits), digits.length - 1).round(post);
  const sign = exponent < 0 ? '-' : '+';
  return `${value.sign < 0 ? '-' : ' '}${mantissa.toString()}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** to_char() of a number. */
export function formatNumber(value: Numeric, format: string): string {
  const t = templateOf(format);
  if (format === '') return '';
  if (t.roman) {
    const lower = t.nodes.some((node) => 'key' in node && node.key === 'rn');
    const text = lower ? roman(value).toLowerCase() : roman(value);
    return t.nodes
      .map((node) =>
        'text' in node ? node.text : /^rn$/i.test(node.key) ? (t.fill ? text : text.padStart(15)) : '',
      )
      .join('');
  }
  if (t.scientific) return scientific(value, t.post);
  const shifted = t.multi > 0 && value.isFinite ? value.mul(new Numeric(pow10(t.multi), 0)) : value;
  const pre = t.pre + t.multi;
  if (!shifted.isFinite) return writeSpecial(t, pre, shifted);
  const rounded = shifted.round(t.post);
  return new Writer(t.multi > 0 ? withMulti(t) : t, pre, rounded.abs().toString(), rounded.sign < 0).write();
}

/** NaN and the infinities go through the template as if they were digits. */
function writeSpecial(t: Template, pre: number, value: Numeric): string {
  const text = value.isNaN ? 'NaN' : 'Infinity';
  if (t.nodes.some((node) => 'key' in node && /^th$/i.test(node.key)) && !t.decimal)
    throw planError(`"${text}" is not a number`);
  return new Writer(t.multi > 0 ? withMulti(t) : t, pre, text, value.sign < 0).write();
}

/** With V the digits behind it are digits of the whole number. */
function withMulti(t: Template): Template {
  return { ...t, pre: t.pre + t.multi };
}

/** Doubles are rounded as C's printf does it. */
function formatFloat(value: number, format: string): string {
  const { scientific, multi, post } = templateOf(format);
  const plain = Number.isFinite(value) && !scientific && multi === 0 && Math.abs(value) < 1e15;
  return formatNumber(plain ? printed(value, Math.max(post, 0)) : Numeric.fromNumber(value), format);
}

/** A double with so many digits after the point: a tie, which only the exact value shows, goes to the even digit. */
function printed(value: number, digits: number): Numeric {
  const exact = Math.abs(value).toFixed(100);
  const cut = exact.length - 100 + digits;
  const isTie = /^50*$/.test(exact.slice(cut));
  const kept = exact.slice(0, cut);
  const text = isTie && /[02468]\.?$/.test(kept) ? kept : Math.abs(value).toFixed(digits);
  return Numeric.fromString(value < 0 ? `-${text}` : text);
}

/** Reads a number by a template: digits and the point count, everything else is skipped. */
function parseNumber(text: string, format: string): Numeric {
  const t = templateOf(format);
  let digits = '';
  let negative = false;
  let at = 0;
  for (const node of t.nodes) {
    if (at >= text.length) break;
    if ('text' in node) {
      at += node.text.length;
      continue;
    }
    switch (node.key) {
      case '9':
      case '0':
        while (/[\s+\-<]/.test(text[at] ?? '') && digits === '')
          negative = /[-<]/.test(text[at++] ?? '') || negative;
        if (/\d/.test(text[at] ?? '')) digits += text[at++] ?? '';
        break;
      case '.':
      case 'D':
        if (text[at] === '.') {
          digits += '.';
          at++;
        }
        break;
      case ',':
      case 'G':
        if (text[at] === ',') at++;
        break;
      case 'S':
      case 'MI':
      case 'SG':
      case 'PL':
        if (/[+\- ]/.test(text[at] ?? '')) negative = text[at++] === '-' || negative;
        break;
      case 'L':
        if (!/[\d+-]/.test(text[at] ?? '')) at++;
        break;
      default:
    }
  }
  if (!/\d/.test(digits)) throw invalidInput('numeric', text);
  const value = Numeric.fromString(digits);
  const scaled = t.multi > 0 ? value.div(new Numeric(pow10(t.multi), 0)) : value;
  const fitted = scaled.round(Math.max(t.post, 0));
  return negative ? fitted.negate() : fitted;
}

const ofInteger: Plain = (value: number | bigint, format: string) =>
  formatNumber(Numeric.fromBigInt(BigInt(value)), format);
const ofFloat: Plain = formatFloat;

export const numberFormatting: ScalarTable = {
  'to_char(numeric,text)': formatNumber,
  ...alike(['to_char(int4,text)', 'to_char(int8,text)'], ofInteger),
  ...alike(['to_char(float4,text)', 'to_char(float8,text)'], ofFloat),
  'to_number(text,text)': parseNumber,
};
