/**
 * Reads the generic option lists of statements: each option once, each of its type.
 * Texts: `<OPTION> specified more than once`, `invalid <OPTION>: ...`.
 */
import { planError } from '../../errors.ts';
import type { Option, OptionValue } from '../../sql/nodes.ts';
import { decodeText } from '../../types/codec.ts';
import type { Interval } from '../../types/datum.ts';
import { INTERVAL } from '../../types/registry.ts';

/** Options by name, each given at most once. */
export class OptionList {
  readonly #options: ReadonlyMap<string, Option>;

  constructor(options: readonly Option[]) {
    const map = new Map<string, Option>();
    for (const option of options) {
      if (map.has(option.name)) throw planError(`${option.name} specified more than once`);
      map.set(option.name, option);
    }
    this.#options = map;
  }

  has(name: string): boolean {
    return this.#options.has(name);
  }

  names(): readonly string[] {
    return [...this.#options.keys()];
  }

  value(name: string): OptionValue | null | undefined {
    return this.#options.get(name)?.value;
  }

  /** Text of a string or an identifier; undefined when not given. */
  text(name: string): string | undefined {
    return this.#read(name, readText);
  }

  /** A whole number within 0 and `max`. */
  unsigned(name: string, max = 4_294_967_295): number | undefined {
    return this.#read(name, (value) => readUnsigned(value, max));
  }

  /** A boolean; the bare name is true. */
  flag(name: string): boolean | undefined {
    return this.#read(name, readBoolean);
  }

  /** Strings of a list, or one string. */
  texts(name: string): readonly string[] | undefined {
    return this.#read(name, (value) => {
      if (value === null) throw new BadValue('must provide an array value');
      if (value.kind !== 'list') throw new BadValue('cannot use value as array');
      return value.items.map((item) => readText(item));
    });
  }

  /** Milliseconds of an interval; `0` and NULL give null. */
  interval(name: string): number | null | undefined {
    return this.#read(name, readInterval);
  }

  #read<T>(name: string, read: (value: OptionValue | null) => T): T | undefined {
    const option = this.#options.get(name);
    if (option === undefined) return undefined;
    try {
      return read(option.value);
    } catch (error) {
      if (error instanceof BadValue) throw planError(`invalid ${name}: ${error.message}`);
      throw error;
    }
  }
}

/** Why a value does not fit; the caller knows the option's name. */
class BadValue extends Error {}

function readText(value: OptionValue | null): string {
  switch (value?.kind) {
    case 'string':
    case 'ident':
      return value.value;
    case undefined:
      throw new BadValue('must provide a string value');
    case 'secret':
      throw new BadValue('incompatible value types: cannot convert secrets to text');
    default:
      throw new BadValue('cannot use value as string');
  }
}

function readUnsigned(value: OptionValue | null, max: number): number {
  if (value === null) throw new BadValue('must provide an integer value');
  const text = value.kind === 'number' ? value.text : value.kind === 'string' ? value.value : undefined;
  if (text === undefined) throw new BadValue('cannot use value as number');
  if (!/^\d+$/.test(text)) throw new BadValue('invalid numeric value: invalid digit found in string');
  const number = Number(text);
  if (number > max) throw new BadValue('invalid numeric value: number too large to fit in target type');
  return number;
}

function readBoolean(value: OptionValue | null): boolean {
  if (value === null) return true;
  if (value.kind !== 'boolean') throw new BadValue('cannot use value as boolean');
  return value.value;
}

const DAY_MS = 86_400_000;

function readInterval(value: OptionValue | null): number | null {
  if (value === null) throw new BadValue('must provide an interval value');
  if (value.kind === 'null') return null;
  if (value.kind === 'number' && value.text === '0') return null;
  if (value.kind !== 'string' && value.kind !== 'interval')
    throw new BadValue('cannot use value as interval');
  const interval = decodeText(INTERVAL, value.value) as Interval;
  const ms = Number(interval.micros / 1000n) + (interval.months * 30 + interval.days) * DAY_MS;
  return ms === 0 ? null : ms;
}
