/** Texts made of values of any type: concat, format, quote_literal. */
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { Datum } from '../types/datum.ts';
import { decodeText } from '../types/text-decode.ts';
import { textEncoder } from '../types/text-encode.ts';
import { INT4, TEXT } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { castSession } from './cast-session.ts';
import { arg, made, type Evaluate, type ScalarTable } from './define.ts';
import type { CallTypes } from './function.ts';
import { quoteIdentifier, quoteLiteral } from './quote.ts';
import { charLength, checkLength } from './text-units.ts';

/** Text of one argument by its resolved type. */
function encode(types: CallTypes, position: number, value: Datum, session: SessionContext): string {
  return textEncoder(typeAt(types, position), castSession(session))(value);
}

function typeAt(types: CallTypes, position: number): SqlType {
  return types.args[position] ?? TEXT;
}

function concat(types: CallTypes): Evaluate {
  return (args, session) => {
    let result = '';
    for (const [i, value] of args.entries()) if (value !== null) result += encode(types, i, value, session);
    checkLength(result.length);
    return result;
  };
}

function concatWithSeparator(types: CallTypes): Evaluate {
  return (args, session) => {
    const separator = arg(args, 0);
    if (separator === null) return null;
    const parts: string[] = [];
    for (let i = 1; i < args.length; i++) {
      const value = arg(args, i);
      if (value !== null) parts.push(encode(types, i, value, session));
    }
    return parts.join(separator as string);
  };
}

/** One % of a format: position, flags, width, kind. */
const SPECIFIER = /%(?:(%)|(?:(\d+)\$)?(-)*(?:(\d+)|\*(?:(\d+)\$)?|)(.)?)/gsu;

class Formatter {
  readonly #types: CallTypes;
  readonly #args: readonly Datum[];
  readonly #session: SessionContext;
  #next = 1;

  constructor(types: CallTypes, args: readonly Datum[], session: SessionContext) {
    this.#types = types;
    this.#args = args;
    this.#session = session;
  }

  format(pattern: string): string {
    return pattern.replace(
      SPECIFIER,
      (whole: string, percent?: string, position?: string, ...rest: unknown[]) => {
        if (percent !== undefined) return '%';
        const [minus, width, widthPosition, kind] = rest as (string | undefined)[];
        if (kind === undefined) {
          throw planError('unterminated format() type specifier', { hint: 'For a single "%" use "%%".' });
        }
        let size = width === undefined ? 0 : Number(width);
        let left = minus !== undefined;
        if (whole.includes('*')) {
          const given = this.#width(widthPosition);
          size = Math.abs(given ?? 0);
          left ||= (given ?? 0) < 0;
        }
        checkLength(size);
        return pad(this.#convert(kind, position), size, left);
      },
    );
  }

  /** A width that is an argument: at a given place, or the next one. NULL for none. */
  #width(position: string | undefined): number | null {
    const at = this.#place(position);
    const value = arg(this.#args, at);
    if (value === null) return null;
    const text = encode(this.#types, at, value, this.#session);
    return decodeText(INT4, text) as number;
  }

  #place(position: string | undefined): number {
    const at = position === undefined ? this.#next : Number(position);
    if (at === 0) throw planError('format specifies argument 0, but arguments are numbered from 1');
    if (at >= this.#args.length) throw planError('too few arguments for format()');
    this.#next = at + 1;
    return at;
  }

  #convert(kind: string, position: string | undefined): string {
    if (!'sIL'.includes(kind)) {
      throw planError(`unrecognized format() type specifier "${kind}"`, {
        hint: 'For a single "%" use "%%".',
      });
    }
    const at = this.#place(position);
    const value = arg(this.#args, at);
    if (value === null) {
      if (kind === 'I') throw planError('null values cannot be formatted as an SQL identifier');
      return kind === 'L' ? 'NULL' : '';
    }
    const text = encode(this.#types, at, value, this.#session);
    return kind === 's' ? text : kind === 'I' ? quoteIdentifier(text) : quoteLiteral(text);
  }
}

function pad(text: string, width: number, left: boolean): string {
  const missing = width - charLength(text);
  if (missing <= 0) return text;
  return left ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

function format(types: CallTypes): Evaluate {
  return (args, session) => {
    const pattern = arg(args, 0);
    return pattern === null ? null : new Formatter(types, args, session).format(pattern as string);
  };
}

function quoted(types: CallTypes): Evaluate {
  return (args, session) => quoteLiteral(encode(types, 0, arg(args, 0), session));
}

function quotedOrNull(types: CallTypes): Evaluate {
  return (args, session) => {
    const value = arg(args, 0);
    return value === null ? 'NULL' : quoteLiteral(encode(types, 0, value, session));
  };
}

function countNulls(wanted: boolean): Evaluate {
  return (args) => args.filter((value) => (value === null) === wanted).length;
}

export const textBuilding: ScalarTable = {
  'concat(any)': made(concat),
  'concat_ws(text,any)': made(concatWithSeparator),
  'format(text)': made(format),
  'format(text,any)': made(format),
  'quote_literal(text)': quoteLiteral,
  'quote_literal(anyelement)': made(quoted),
  'quote_nullable(text)': made(quotedOrNull),
  'quote_nullable(anyelement)': made(quotedOrNull),
  'num_nulls(any)': made(() => countNulls(true)),
  'num_nonnulls(any)': made(() => countNulls(false)),
};
