/** Making JSON: to_json(b), builders, row_to_json, array_to_json, and the json(b) aggregates. */
import { planError } from '../errors.ts';
import type { SqlArray } from '../types/datum.ts';
import { type Datum, Jsonb, type JsonbValue } from '../types/datum.ts';
import { TEXT } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { Collector } from './aggregates-collecting.ts';
import { alike, arg, made, type AggregateTable, type Evaluate, type ScalarTable } from './define.ts';
import type { CallTypes } from './function.ts';
import { jsonbObject, jsonbWriter, jsonWriter, objectKey, prettyArray, quoteJson } from './json-values.ts';

const typeAt = (types: CallTypes, i: number): SqlType => types.args[i] ?? types.args.at(-1) ?? TEXT;

function toJson(types: CallTypes): Evaluate {
  return (args, session) => jsonWriter(typeAt(types, 0), session)(arg(args, 0));
}

function toJsonb(types: CallTypes): Evaluate {
  return (args, session) => new Jsonb(jsonbWriter(typeAt(types, 0), session)(arg(args, 0)));
}

function evenArguments(args: readonly Datum[], name: string): void {
  if (args.length % 2 === 0) return;
  throw planError('argument list must have even number of elements', {
    hint: `The arguments of ${name}() must consist of alternating keys and values.`,
  });
}

function buildObject(types: CallTypes): Evaluate {
  return (args, session) => {
    evenArguments(args, 'json_build_object');
    const members: string[] = [];
    for (let i = 0; i < args.length; i += 2) {
      const key = objectKey(typeAt(types, i), arg(args, i), i + 1, session);
      members.push(`${quoteJson(key)} : ${jsonWriter(typeAt(types, i + 1), session)(arg(args, i + 1))}`);
    }
    return `{${members.join(', ')}}`;
  };
}

function buildObjectB(types: CallTypes): Evaluate {
  return (args, session) => {
    evenArguments(args, 'jsonb_build_object');
    const members: [string, JsonbValue][] = [];
    for (let i = 0; i < args.length; i += 2) {
      const key = objectKey(typeAt(types, i), arg(args, i), i + 1, session);
      members.push([key, jsonbWriter(typeAt(types, i + 1), session)(arg(args, i + 1))]);
    }
    return new Jsonb(jsonbObject(members));
  };
}

function buildArray(types: CallTypes): Evaluate {
  return (args, session) =>
    `[${args.map((value, i) => jsonWriter(typeAt(types, i), session)(value)).join(', ')}]`;
}

function buildArrayB(types: CallTypes): Evaluate {
  return (args, session) => new Jsonb(args.map((value, i) => jsonbWriter(typeAt(types, i), session)(value)));
}

/** Pairs of json_object: a flat array of keys and values, an array of pairs, or two arrays. */
function objectPairs(first: SqlArray, second?: SqlArray): readonly (readonly [string, string | null])[] {
  const keyOf = (key: Datum): string => {
    if (key === null) throw planError('null value not allowed for object key');
    return key as string;
  };
  if (second !== undefined) {
    if (first.dims.length > 1 || second.dims.length > 1) throw planError('wrong number of array subscripts');
    if (first.elements.length !== second.elements.length) throw planError('mismatched array dimensions');
    return first.elements.map((key, i) => [keyOf(key), (second.elements[i] ?? null) as string | null]);
  }
  if (first.dims.length > 2) throw planError('wrong number of array subscripts');
  if (first.dims.length === 2 && first.dims[1] !== 2) throw planError('array must have two columns');
  if (first.elements.length % 2 !== 0) throw planError('array must have even number of elements');
  const pairs: (readonly [string, string | null])[] = [];
  for (let i = 0; i < first.elements.length; i += 2) {
    pairs.push([keyOf(first.elements[i] ?? null), (first.elements[i + 1] ?? null) as string | null]);
  }
  return pairs;
}

function jsonObject(first: SqlArray, second?: SqlArray): string {
  const members = objectPairs(first, second).map(
    ([key, value]) => `${quoteJson(key)} : ${value === null ? 'null' : quoteJson(value)}`,
  );
  return `{${members.join(', ')}}`;
}

const jsonbObjectOf = (first: SqlArray, second?: SqlArray): Jsonb =>
  new Jsonb(jsonbObject(objectPairs(first, second)));

/** row_to_json: pretty puts a line feed between members. */
function rowToJson(types: CallTypes): Evaluate {
  return (args, session) => {
    const type = typeAt(types, 0);
    const text = jsonWriter(type, session)(arg(args, 0));
    if (arg(args, 1) !== true) return text;
    const record = arg(args, 0) as { readonly fields: readonly Datum[] };
    const members = record.fields.map((value, i) => {
      const field = type.fields?.[i];
      return `${quoteJson(field?.name ?? `f${String(i + 1)}`)}:${jsonWriter(field?.type ?? TEXT, session)(value)}`;
    });
    return `{${members.join(',\n ')}}`;
  };
}

function arrayToJson(types: CallTypes): Evaluate {
  return (args, session) => {
    const array = arg(args, 0) as SqlArray;
    if (arg(args, 1) === true) return prettyArray(array, typeAt(types, 0), session);
    return jsonWriter(typeAt(types, 0), session)(array);
  };
}

export const jsonBuilders: ScalarTable = {
  'to_json(anyelement)': made(toJson),
  'to_jsonb(anyelement)': made(toJsonb),
  ...alike(['json_build_object()', 'json_build_object(any)'], made(buildObject)),
  ...alike(['jsonb_build_object()', 'jsonb_build_object(any)'], made(buildObjectB)),
  ...alike(['json_build_array()', 'json_build_array(any)'], made(buildArray)),
  ...alike(['jsonb_build_array()', 'jsonb_build_array(any)'], made(buildArrayB)),
  'json_object(_text)': (pairs: SqlArray) => jsonObject(pairs),
  'json_object(_text,_text)': jsonObject,
  'jsonb_object(_text)': (pairs: SqlArray) => jsonbObjectOf(pairs),
  'jsonb_object(_text,_text)': jsonbObjectOf,
  ...alike(['row_to_json(record)', 'row_to_json(record,bool)'], made(rowToJson)),
  ...alike(['array_to_json(anyarray)', 'array_to_json(anyarray,bool)'], made(arrayToJson)),
};

export const jsonAggregates: AggregateTable = {
  'json_agg(anyelement)': {
    strict: false,
    make: (types) => (session) => {
      const type = typeAt(types, 0);
      const write = jsonWriter(type, session);
      // Arrays and rows stand on lines of their own.
      const separator = type.kind === 'array' || type.kind === 'record' ? ', \n ' : ', ';
      return new Collector<string>(
        (args) => write(arg(args, 0)),
        (parts) => (parts.length === 0 ? null : `[${parts.join(separator)}]`),
      );
    },
  },
  'jsonb_agg(anyelement)': {
    strict: false,
    make: (types) => (session) => {
      const write = jsonbWriter(typeAt(types, 0), session);
      return new Collector<{ readonly item: JsonbValue }>(
        (args) => ({ item: write(arg(args, 0)) }),
        (parts) => (parts.length === 0 ? null : new Jsonb(parts.map((part) => part.item))),
      );
    },
  },
  'json_object_agg(any,any)': {
    strict: false,
    make: (types) => (session) => {
      const write = jsonWriter(typeAt(types, 1), session);
      return new Collector<string>(
        (args) =>
          `${quoteJson(objectKey(typeAt(types, 0), arg(args, 0), undefined, session))} : ${write(arg(args, 1))}`,
        (parts) => (parts.length === 0 ? null : `{ ${parts.join(', ')} }`),
      );
    },
  },
  'jsonb_object_agg(any,any)': {
    strict: false,
    make: (types) => (session) => {
      const write = jsonbWriter(typeAt(types, 1), session);
      return new Collector<readonly [string, JsonbValue]>(
        (args) => [objectKey(typeAt(types, 0), arg(args, 0), undefined, session), write(arg(args, 1))],
        (parts) => (parts.length === 0 ? null : new Jsonb(jsonbObject(parts))),
      );
    },
  },
};
