/**
 * Condition blocks of policies: every operator of IAM, with `IfExists`, `ForAllValues` and `ForAnyValue`. Source: IAM user
 * guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
 */
import { BlockList, isIP } from 'node:net';
import { hasWildcard, matchesPattern, plainText } from './patterns.ts';

/** Values of a context key by its name in lower case; undefined: the request has no such key. */
export type Context = (key: string) => readonly string[] | undefined;

/** Replaces policy variables of a text; undefined when one of them has no value. Wildcards of values are literal. */
export type Substitute = (text: string) => string | undefined;

/** One key under one operator: the values of a block hold by any of them. */
export interface Condition {
  readonly operator: Operator;
  readonly ifExists: boolean;
  readonly set: 'single' | 'all' | 'any';
  /** In lower case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** What a comparison of one context value with one value of the policy says. */
interface Comparison {
  /** Holds when no value compares: a key that is missing is none of them. */
  readonly negated: boolean;
  compares(actual: string, wanted: string): boolean;
  /** Whether the policy may name this value. */
  valid(wanted: string): boolean;
  /** Values may hold policy variables. */
  readonly variables?: true;
}

const text = (compares: Comparison['compares'], negated = false): Comparison => ({
  negated,
  compares,
  valid: () => true,
  variables: true,
});

const ordered = (
  read: (value: string) => number | undefined,
  holds: (a: number, b: number) => boolean,
  negated = false,
): Comparison => ({
  negated,
  compares(actual, wanted) {
    const [a, b] = [read(actual), read(wanted)];
    return a !== undefined && b !== undefined && holds(a, b);
  },
  valid: (wanted) => read(wanted) !== undefined,
});

function readNumber(value: string): number | undefined {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : undefined;
}

const ISO = /^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?)?)?$/;

/** Milliseconds of a date in W3C's forms of ISO 8601, or of seconds since the Unix epoch. */
function readDate(value: string): number | undefined {
  if (ISO.test(value)) {
    const time = Date.parse(value);
    if (!Number.isNaN(time)) return time;
  }
  return /^\d{5,}$/.test(value) ? Number(value) * 1000 : undefined;
}

function readBlock(value: string): BlockList | undefined {
  const [address = '', bits, ...more] = value.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const width = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? width : Number(bits);
  if (!/^\d{1,3}$/.test(bits ?? '0') || prefix > width) return undefined;
  const block = new BlockList();
  block.addSubnet(address, prefix, family);
  return block;
}

function inBlock(actual: string, wanted: string): boolean {
  const address = actual.replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(address);
  return version !== 0 && readBlock(wanted)?.check(address, version === 4 ? 'ipv4' : 'ipv6') === true;
}

const address = (negated: boolean): Comparison => ({
  negated,
  compares: inBlock,
  valid: (wanted) => readBlock(wanted) !== undefined,
});

/** The six parts of an ARN are compared each by itself: a wildcard does not reach past a colon. */
function sameArn(actual: string, wanted: string): boolean {
  const [a, b] = [arnParts(actual), arnParts(wanted)];
  return a.length === b.length && b.every((part, i) => matchesPattern(part, a[i]!));
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length < 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

const arn = (negated: boolean): Comparison => text(sameArn, negated);
const lower = (value: string): string => value.toLowerCase();
const isBool = (value: string): boolean => /^(?:true|false)$/i.test(value);
const exactly = (actual: string, wanted: string): boolean => actual === plainText(wanted);
const anyCase = (actual: string, wanted: string): boolean => lower(actual) === lower(plainText(wanted));
const like = (actual: string, wanted: string): boolean => matchesPattern(wanted, actual);
const same = (a: number, b: number): boolean => a === b;

const COMPARISONS = {
  StringEquals: text(exactly),
  StringNotEquals: text(exactly, true),
  StringEqualsIgnoreCase: text(anyCase),
  StringNotEqualsIgnoreCase: text(anyCase, true),
  StringLike: text(like),
  StringNotLike: text(like, true),
  NumericEquals: ordered(readNumber, same),
  NumericNotEquals: ordered(readNumber, same, true),
  NumericLessThan: ordered(readNumber, (a, b) => a < b),
  NumericLessThanEquals: ordered(readNumber, (a, b) => a <= b),
  NumericGreaterThan: ordered(readNumber, (a, b) => a > b),
  NumericGreaterThanEquals: ordered(readNumber, (a, b) => a >= b),
  DateEquals: ordered(readDate, same),
  DateNotEquals: ordered(readDate, same, true),
  DateLessThan: ordered(readDate, (a, b) => a < b),
  DateLessThanEquals: ordered(readDate, (a, b) => a <= b),
  DateGreaterThan: ordered(readDate, (a, b) => a > b),
  DateGreaterThanEquals: ordered(readDate, (a, b) => a >= b),
  Bool: { negated: false, compares: (actual, wanted) => lower(actual) === lower(wanted), valid: isBool },
  BinaryEquals: { negated: false, compares: (actual, wanted) => actual === wanted, valid: () => true },
  IpAddress: address(false),
  NotIpAddress: address(true),
  ArnEquals: arn(false),
  ArnLike: arn(false),
  ArnNotEquals: arn(true),
  ArnNotLike: arn(true),
} as const satisfies Record<string, Comparison>;

type Compared = keyof typeof COMPARISONS;
export type Operator = Compared | 'Null';

/** In lower case, as operators may be written in any. */
const BY_NAME: ReadonlyMap<string, Operator> = new Map(
  [...(Object.keys(COMPARISONS) as Compared[]), 'Null' as const].map((name) => [lower(name), name]),
);

const SETS: Readonly<Record<string, Condition['set']>> = { forallvalues: 'all', foranyvalue: 'any' };

/** Reads an operator as a policy writes it. Undefined: there is none of that name. */
export function readOperator(written: string): Pick<Condition, 'operator' | 'ifExists' | 'set'> | undefined {
  const parts = /^(?:(\w+):)?(\w+?)(IfExists)?$/i.exec(written);
  if (parts === null) return undefined;
  const [, prefix, name = '', suffix] = parts;
  const operator = BY_NAME.get(lower(name));
  const set = prefix === undefined ? 'single' : SETS[lower(prefix)];
  if (operator === undefined || set === undefined) return undefined;
  if (operator === 'Null' && suffix !== undefined) return undefined;
  return { operator, ifExists: suffix !== undefined, set };
}

/** Whether a policy may compare with this value. */
export function isValidValue(operator: Operator, value: string): boolean {
  if (operator === 'Null') return isBool(value);
  const comparison: Comparison = COMPARISONS[operator];
  return comparison.valid(value) || (comparison.variables === true && value.includes('${'));
}

/** Whether a condition holds for a request. */
export function holds(condition: Condition, context: Context, substitute: Substitute): boolean {
  const { operator, ifExists, set, key } = condition;
  const actual = context(key);
  const missing = actual === undefined || actual.length === 0;
  if (operator === 'Null') return condition.values.some((value) => (lower(value) === 'true') === missing);
  const comparison: Comparison = COMPARISONS[operator];
  if (missing) return ifExists || set === 'all' || (set === 'single' && comparison.negated);
  const wanted = comparison.variables === true ? substituted(condition.values, substitute) : condition.values;
  const test = (value: string): boolean =>
    wanted.some((one) => comparison.compares(value, one)) !== comparison.negated;
  // Without a set operator a key has one value; one with several holds as `ForAnyValue` would.
  return set === 'all' ? actual.every(test) : actual.some(test);
}

/** A value with a variable that has none equals nothing. */
function substituted(values: readonly string[], substitute: Substitute): readonly string[] {
  return values.flatMap((value) => substitute(value) ?? []);
}

/** Whether a condition's values are fixed: they hold no wildcard and no variable. */
export function hasFixedValues({ values }: Condition): boolean {
  return values.length > 0 && values.every((value) => !hasWildcard(value) && !value.includes('${'));
}
