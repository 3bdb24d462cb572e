/** JSON to rows: json(b)_to_record(set) and json(b)_populate_record(set), by PostgreSQL's rules (manual 9.16, jsonfuncs.c). */
import type { SqlError } from '../errors.ts';
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import { type Datum, Jsonb, type JsonbValue, type Row, SqlArray, SqlRecord } from '../types/datum.ts';
import type { SqlType } from '../types/sql-type.ts';
import { decodeText } from '../types/text-decode.ts';
import { castSession } from './cast-session.ts';
import { arg, made, type MadeRows, type RowsTable, type ScalarTable } from './define.ts';
import type { CallTypes } from './function.ts';
import { jsonbText, jsonbTypeOf } from './json-access.ts';
import { JsonText } from './json-text.ts';
import { formatJsonb, isObject, parseJsonb } from './json-values.ts';

/** A JSON value of either type as what is read from it. */
interface Source {
  typeOf(): string;
  /** A string without its quotes, anything else as JSON text. */
  plain(): string | null;
  elements(): readonly Source[];
  field(name: string): Source | undefined;
  /** The value as json and as jsonb have it. */
  json(): string;
  jsonb(): JsonbValue;
}

function ofJson(value: JsonText): Source {
  let members: ReadonlyMap<string, JsonText> | undefined;
  return {
    typeOf: () => value.typeOf(),
    plain: () => value.plain(),
    elements: () => value.elements().map(ofJson),
    field: (name) => {
      members ??= new Map(value.members('json_populate_record'));
      const found = members.get(name);
      return found && ofJson(found);
    },
    json: () => value.text,
    jsonb: () => parseJsonb(value.text).value,
  };
}

function ofJsonb(value: JsonbValue): Source {
  return {
    typeOf: () => jsonbTypeOf(value),
    plain: () => jsonbText(value) as string | null,
    elements: () => (value as readonly JsonbValue[]).map(ofJsonb),
    field: (name) => {
      const found = isObject(value) ? value.get(name) : undefined;
      return found === undefined ? undefined : ofJsonb(found);
    },
    json: () => formatJsonb(value),
    jsonb: () => value,
  };
}

const sourceOf = (value: Datum): Source =>
  value instanceof Jsonb ? ofJsonb(value.value) : ofJson(new JsonText(value as string));

/** What an error says of the place: which function was called. */
interface Reading {
  readonly name: string;
  readonly session: SessionContext;
}

function readValue(reading: Reading, source: Source, type: SqlType, typmod: number): Datum {
  if (source.typeOf() === 'null' && type.name !== 'json' && type.name !== 'jsonb') return null;
  if (type.name === 'json') return source.typeOf() === 'null' ? null : source.json();
  if (type.name === 'jsonb') return source.typeOf() === 'null' ? null : new Jsonb(source.jsonb());
  const isText = source.typeOf() === 'string';
  if (type.kind === 'array' && !isText) return readArray(reading, source, type, typmod);
  if (type.kind === 'record' && !isText) return readRecord(reading, source, type, null);
  return decodeText(type, source.plain() ?? '', typmod, castSession(reading.session));
}

function notAnArray(place: readonly number[]): SqlError {
  if (place.length === 0) return planError('expected JSON array');
  return planError('expected JSON array', {
    hint: `See the array element ${place.map((i) => `[${String(i)}]`).join('')}.`,
  });
}

/** Nested JSON arrays as one SQL array; every part has to have the shape of the first. */
function readArray(reading: Reading, source: Source, type: SqlType, typmod: number): Datum {
  const { element } = type;
  if (source.typeOf() !== 'array' || element === undefined) throw notAnArray([]);
  const dims: number[] = [];
  for (let at: Source | undefined = source; at?.typeOf() === 'array'; at = at.elements()[0]) {
    dims.push(at.elements().length);
  }
  const items: Datum[] = [];
  const read = (value: Source, depth: number, place: readonly number[]): void => {
    if (depth === dims.length) {
      if (value.typeOf() === 'array') throw malformed();
      items.push(readValue(reading, value, element, typmod));
      return;
    }
    if (value.typeOf() !== 'array') throw notAnArray(place);
    const parts = value.elements();
    if (parts.length !== dims[depth]) throw malformed();
    for (const [i, part] of parts.entries()) read(part, depth + 1, [...place, i]);
  };
  read(source, 0, []);
  return items.length === 0 ? new SqlArray([]) : new SqlArray(items, dims);
}

function malformed(): SqlError {
  return planError('malformed JSON array', {
    detail: 'Multidimensional arrays must have sub-arrays with matching dimensions.',
  });
}

/** One row: fields that the object lacks keep the value of `base`. Throws for what is no object. */
function readRecord(reading: Reading, source: Source, type: SqlType, base: SqlRecord | null): SqlRecord {
  if (source.typeOf() !== 'object') {
    const what = source.typeOf() === 'array' ? 'an array' : 'a scalar';
    throw planError(`cannot call ${reading.name} on ${what}`);
  }
  const { fields } = type;
  if (fields === undefined) {
    throw planError('could not determine row type for result of json_populate_record', {
      hint: 'Provide a non-null record argument, or call the function in the FROM clause using a column definition list.',
    });
  }
  return new SqlRecord(
    fields.map((field, i) => {
      const value = source.field(field.name);
      if (value === undefined) return base?.fields[i] ?? null;
      return readValue(reading, value, field.type, field.typmod ?? -1);
    }),
  );
}

/** The rows of a JSON array of objects. */
function* readRows(reading: Reading, source: Source, type: SqlType, base: SqlRecord | null): Generator<Row> {
  if (source.typeOf() !== 'array') {
    const what = source.typeOf() === 'object' ? 'an object' : 'a scalar';
    throw planError(`cannot call ${reading.name} on ${what}`);
  }
  for (const item of source.elements()) {
    if (item.typeOf() !== 'object') {
      throw planError(`argument of ${reading.name} must be an array of objects`);
    }
    yield [readRecord(reading, item, type, base)];
  }
}

function toRecord(name: string) {
  return made((types: CallTypes) => (args, session) => {
    const value = arg(args, 0);
    return value === null ? null : readRecord({ name, session }, sourceOf(value), types.result, null);
  });
}

/** The row type asked for: that of the base, or the column definition list where the base is any record. */
function baseType(name: string, { args, result }: CallTypes): SqlType {
  const [base] = args;
  if (base?.kind !== 'record') throw planError(`first argument of ${name} must be a row type`);
  return base.fields === undefined ? result : base;
}

function populateRecord(name: string) {
  return made((types: CallTypes) => {
    const type = baseType(name, types);
    return (args, session) => {
      const [base, value] = [arg(args, 0) as SqlRecord | null, arg(args, 1)];
      return value === null ? base : readRecord({ name, session }, sourceOf(value), type, base);
    };
  });
}

function toRows(name: string): MadeRows {
  return {
    make: (types) => (args, session) =>
      arg(args, 0) === null ? [] : readRows({ name, session }, sourceOf(arg(args, 0)), types.result, null),
  };
}

function populateRows(name: string): MadeRows {
  return {
    make: (types) => {
      const type = baseType(name, types);
      return (args, session) =>
        arg(args, 1) === null
          ? []
          : readRows({ name, session }, sourceOf(arg(args, 1)), type, arg(args, 0) as SqlRecord | null);
    },
  };
}

export const jsonRecords: ScalarTable = {
  'json_to_record(json)': toRecord('json_to_record'),
  'jsonb_to_record(jsonb)': toRecord('jsonb_to_record'),
  'json_populate_record(anyelement,json,bool)': populateRecord('json_populate_record'),
  'jsonb_populate_record(anyelement,jsonb)': populateRecord('jsonb_populate_record'),
};

export const jsonRecordRows: RowsTable = {
  'json_to_recordset(json)': toRows('json_to_recordset'),
  'jsonb_to_recordset(jsonb)': toRows('jsonb_to_recordset'),
  'json_populate_recordset(anyelement,json,bool)': populateRows('json_populate_recordset'),
  'jsonb_populate_recordset(anyelement,jsonb)': populateRows('jsonb_populate_recordset'),
};
