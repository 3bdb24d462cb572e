/**
 * Value syntax of session and system variables: how each type is read, checked and shown.
 * Source: Materialize documentation of SET and ALTER SYSTEM SET; texts as the running system gives them.
 */
import { SqlError } from '../../errors.ts';

/** A way to read values; gives the canonical text that SHOW prints. Throws 22023. */
export interface VariableType {
  readonly name: string;
  parse(variable: string, values: readonly string[]): string;
}

function invalid(message: string, hint?: string): SqlError {
  return new SqlError('22023', message, { hint });
}

function cannotHave(variable: string, values: readonly string[], reason: string): SqlError {
  const shown = values.map((v) => `"${v}"`).join(',');
  return invalid(`parameter "${variable}" cannot have value ${shown}: ${reason}`);
}

function requires(variable: string, type: string): SqlError {
  return invalid(`parameter "${variable}" requires a "${type}" value`);
}

function single(variable: string, values: readonly string[]): string {
  if (values.length !== 1) throw cannotHave(variable, values, 'expects a single value');
  return values[0]!;
}

export const STRING: VariableType = { name: 'string', parse: single };

/** Several identifiers, shown joined with `, `. */
export const IDENTIFIER_LIST: VariableType = {
  name: 'identifier list',
  parse: (_variable, values) => values.join(', '),
};

const TRUE = new Set(['t', 'true', 'on']);
const FALSE = new Set(['f', 'false', 'off']);

export const BOOLEAN: VariableType = {
  name: 'boolean',
  parse(variable, values) {
    const text = single(variable, values).toLowerCase();
    if (TRUE.has(text)) return 'on';
    if (FALSE.has(text)) return 'off';
    throw requires(variable, 'boolean');
  },
};

/** A whole number within bounds. */
export function integer(name: string, min: number, max: number): VariableType {
  return {
    name,
    parse(variable, values) {
      const text = single(variable, values).trim();
      const value = Number(text);
      if (!/^[+-]?\d+$/.test(text) || value < min || value > max) throw requires(variable, name);
      return String(value);
    },
  };
}

export const INTEGER = integer('integer', -2147483648, 2147483647);
export const UNSIGNED = integer('unsigned integer', 0, 4294967295);

/** A number within bounds; `reason` is the text after the colon. */
export function numeric(min: number, max: number, reason: string): VariableType {
  return {
    name: 'numeric',
    parse(variable, values) {
      const text = single(variable, values).trim();
      const value = Number(text);
      if (text === '' || Number.isNaN(value)) throw requires(variable, 'numeric');
      if (value < min || value > max) throw cannotHave(variable, values, reason);
      return String(value);
    },
  };
}

const DURATION_UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Milliseconds (microseconds round up to one); shown in the largest unit that stays whole. */
export const DURATION: VariableType = {
  name: 'duration',
  parse(variable, values) {
    const text = single(variable, values).trim();
    const match = /^(\d+)\s*([a-zA-Z]*)$/.exec(text);
    if (match === null) throw requires(variable, 'duration');
    const amount = Number(match[1]);
    const unit = match[2]!;
    if (unit === 'us') return showDuration(amount === 0 ? 0 : Math.max(1, Math.round(amount / 1000)));
    const factor = unit === '' ? 1 : DURATION_UNITS.find(([u]) => u === unit)?.[1];
    if (factor === undefined) {
      throw cannotHave(variable, values, `expected us, ms, s, min, h, or d but got "${unit}"`);
    }
    return showDuration(amount * factor);
  },
};

function showDuration(ms: number): string {
  if (ms === 0) return '0 s';
  for (const [unit, factor] of DURATION_UNITS) {
    if (ms % factor === 0) return `${ms / factor} ${unit}`;
  }
  return `${ms} ms`;
}

/** Milliseconds of a duration as {@link DURATION} shows it. */
export function durationMs(shown: string): number {
  const [amount, unit] = shown.split(' ');
  return Number(amount) * (DURATION_UNITS.find(([u]) => u === unit)?.[1] ?? 1);
}

const BYTE_UNITS: readonly (readonly [string, number])[] = [
  ['TB', 1024 ** 4],
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['kB', 1024],
  ['B', 1],
];

/** Bytes with case-sensitive units; fractions go down to whole units of the next size. */
export function bytes(minimum = 0): VariableType {
  return {
    name: 'byte size',
    parse(variable, values) {
      const text = single(variable, values).trim();
      const match = /^(\d+(?:\.\d+)?)\s*([a-zA-Z]*)$/.exec(text);
      const factor =
        match === null ? undefined : match[2] === '' ? 1 : BYTE_UNITS.find(([u]) => u === match[2])?.[1];
      if (match === null || factor === undefined) throw requires(variable, 'byte size');
      const next = factor >= 1024 ? factor / 1024 : 1;
      const size = Math.round((Number(match[1]) * factor) / next) * next;
      if (size < minimum) throw cannotHave(variable, values, `must be at least ${showBytes(minimum)}`);
      return showBytes(size);
    },
  };
}

function showBytes(size: number): string {
  if (size === 0) return '0';
  for (const [unit, factor] of BYTE_UNITS) {
    if (size % factor === 0) return factor === 1 ? String(size) : `${size / factor}${unit}`;
  }
  return String(size);
}

/** Bytes of a size as {@link bytes} shows it. */
export function byteSize(shown: string): number {
  const match = /^(\d+)([a-zA-Z]*)$/.exec(shown);
  if (match === null) return 0;
  return Number(match[1]) * (BYTE_UNITS.find(([u]) => u === match[2])?.[1] ?? 1);
}

/** One of a list, in any letter case; `hint` says whether the allowed values are listed, as for most enums. */
export function oneOf(
  values: readonly string[],
  options: { hint: boolean; aliases?: Readonly<Record<string, string>> },
): VariableType {
  return {
    name: 'string',
    parse(variable, given) {
      const text = single(variable, given);
      const folded = options.aliases?.[text.toLowerCase()] ?? text;
      const found = values.find((v) => v.toLowerCase() === folded.toLowerCase());
      if (found !== undefined) return found;
      const hint = options.hint ? `Available values: ${values.join(', ')}.` : undefined;
      throw invalid(`invalid value for parameter "${variable}": "${text}"`, hint);
    },
  };
}

/** A variable that accepts only what it already is (in any letter case, plus spellings). */
export function fixed(value: string, accepts: (text: string) => boolean = () => false): VariableType {
  return {
    name: 'string',
    parse(variable, values) {
      const text = values.join(', ');
      if (text.toLowerCase() === value.toLowerCase() || accepts(text)) return value;
      throw invalid(`parameter "${variable}" can only be set to "${value}"`);
    },
  };
}
