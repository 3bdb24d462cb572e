/** Reading and editing JSON: -> ->> #> #>>, containment, existence, deletion, jsonb_set, and the row functions. */
import { planError } from '../errors.ts';
import { type Datum, Jsonb, type JsonbValue, type Row, type SqlArray } from '../types/datum.ts';
import { compareJsonb } from '../types/jsonb-order.ts';
import { formatJsonbPretty } from '../types/jsonb.ts';
import { Numeric } from '../types/numeric.ts';
import { arg, made, rowsOf, type RowsTable, type ScalarTable } from './define.ts';
import { formatJsonb, isObject, jsonbObject, parseJsonb } from './json-values.ts';
import { JsonText } from './json-text.ts';

type Items = readonly JsonbValue[];
const isArray = (value: JsonbValue): value is Items => Array.isArray(value);

/** Text of a value for ->> and its kin: strings bare, JSON null as SQL NULL. */
export function jsonbText(value: JsonbValue | undefined): Datum {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : formatJsonb(value);
}

const wrap = (value: JsonbValue | undefined): Datum => (value === undefined ? null : new Jsonb(value));

function field(value: JsonbValue, key: string): JsonbValue | undefined {
  return isObject(value) ? value.get(key) : undefined;
}

/** An element by its index; negative ones count from the end. */
function element(value: JsonbValue, index: number): JsonbValue | undefined {
  return isArray(value) ? value[index < 0 ? value.length + index : index] : undefined;
}

function pathStep(value: JsonbValue, step: string): JsonbValue | undefined {
  if (isObject(value)) return value.get(step);
  return /^\s*[+-]?\d+$/.test(step) ? element(value, Number(step)) : undefined;
}

function atPath(value: JsonbValue, path: SqlArray): JsonbValue | undefined {
  let at: JsonbValue | undefined = value;
  for (const step of path.elements) {
    if (at === undefined || step === null) return undefined;
    at = pathStep(at, step as string);
  }
  return at;
}

const isScalar = (value: JsonbValue): boolean => !isObject(value) && !isArray(value);

/** jsonb containment: objects by members, arrays by elements in any order, an array contains a scalar of it. */
function contains(whole: JsonbValue, part: JsonbValue, top = true): boolean {
  if (isObject(whole) && isObject(part)) {
    for (const [key, value] of part) {
      const own = whole.get(key);
      if (own === undefined || !contains(own, value, false)) return false;
    }
    return true;
  }
  if (isArray(whole) && isArray(part)) {
    return part.every((item) => whole.some((own) => contains(own, item, false)));
  }
  if (top && isArray(whole) && isScalar(part))
    return whole.some((own) => isScalar(own) && compareJsonb(own, part) === 0);
  return isScalar(whole) && isScalar(part) && compareJsonb(whole, part) === 0;
}

function exists(value: JsonbValue, key: string): boolean {
  if (isObject(value)) return value.has(key);
  return isArray(value) ? value.includes(key) : value === key;
}

const keysOf = (keys: SqlArray): readonly string[] =>
  keys.elements.filter((key): key is string => key !== null);

/** jsonb || jsonb: objects merge, anything else becomes arrays joined. */
function concatenate(a: JsonbValue, b: JsonbValue): JsonbValue {
  if (isObject(a) && isObject(b)) return jsonbObject([...a, ...b]);
  return [...(isArray(a) ? a : [a]), ...(isArray(b) ? b : [b])];
}

function withoutKeys(value: JsonbValue, keys: readonly string[]): JsonbValue {
  if (isScalar(value)) throw planError('cannot delete from scalar');
  if (isObject(value)) return jsonbObject([...value].filter(([key]) => !keys.includes(key)));
  return (value as Items).filter((item) => typeof item !== 'string' || !keys.includes(item));
}

function withoutIndex(value: JsonbValue, index: number): JsonbValue {
  if (isScalar(value)) throw planError('cannot delete from scalar');
  if (isObject(value)) throw planError('cannot delete from object using integer index');
  const items = value as Items;
  const at = index < 0 ? items.length + index : index;
  return items.filter((_, i) => i !== at);
}

/** The new value at the end of a path; undefined deletes, and undefined given back means nothing changed. */
type Edit = (
  old: JsonbValue | undefined,
  siblings: 'object' | 'array',
) => { readonly value: JsonbValue | undefined; readonly after?: boolean } | undefined;

function arrayIndex(step: string, position: number): number {
  if (!/^\s*[+-]?\d+\s*$/.test(step))
    throw planError(`path element at position ${String(position + 1)} is not an integer: "${step}"`);
  return Number(step);
}

function editPath(
  value: JsonbValue,
  path: readonly (string | null)[],
  position: number,
  edit: Edit,
): JsonbValue {
  const step = path[position];
  if (step === undefined || step === null) {
    if (step === null) throw planError(`path element at position ${String(position + 1)} is null`);
    return value;
  }
  const last = position === path.length - 1;
  if (isObject(value)) {
    const old = value.get(step);
    if (!last)
      return old === undefined
        ? value
        : jsonbObject([...value, [step, editPath(old, path, position + 1, edit)]]);
    const change = edit(old, 'object');
    if (change === undefined) return value;
    if (change.value === undefined) return jsonbObject([...value].filter(([key]) => key !== step));
    return jsonbObject([...value, [step, change.value]]);
  }
  if (!isArray(value)) return value;
  return editArray(
    value,
    arrayIndex(step, position),
    last,
    (old) => editPath(old, path, position + 1, edit),
    edit,
  );
}

function editArray(
  items: Items,
  index: number,
  last: boolean,
  deeper: (old: JsonbValue) => JsonbValue,
  edit: Edit,
): JsonbValue {
  const at = index < 0 ? items.length + index : index;
  const old = at < 0 ? undefined : items[at];
  if (!last) return old === undefined ? items : items.map((item, i) => (i === at ? deeper(item) : item));
  const change = edit(old, 'array');
  if (change === undefined) return items;
  if (change.value === undefined) return items.filter((_, i) => i !== at);
  if (change.after !== undefined && old !== undefined)
    return items.toSpliced(change.after ? at + 1 : at, 0, change.value);
  if (old !== undefined) return items.map((item, i) => (i === at ? (change.value as JsonbValue) : item));
  return at < 0 ? [change.value, ...items] : [...items, change.value];
}

function checkContainer(value: JsonbValue, verb: string): void {
  if (isScalar(value)) throw planError(`cannot ${verb} scalar`);
}

function pathOf(path: SqlArray): readonly (string | null)[] {
  if (path.dims.length > 1) throw planError('wrong number of array subscripts');
  return path.elements as readonly (string | null)[];
}

function set(target: Jsonb, path: SqlArray, value: Jsonb, create: boolean | null): Jsonb {
  checkContainer(target.value, 'set path in');
  return new Jsonb(
    editPath(target.value, pathOf(path), 0, (old) =>
      old === undefined && create === false ? undefined : { value: value.value },
    ),
  );
}

function insert(target: Jsonb, path: SqlArray, value: Jsonb, after: boolean | null): Jsonb {
  checkContainer(target.value, 'set path in');
  return new Jsonb(
    editPath(target.value, pathOf(path), 0, (old, siblings) => {
      if (siblings === 'object' && old !== undefined) {
        throw planError('cannot replace existing key', {
          hint: 'Try using the function jsonb_set to replace key value.',
        });
      }
      return { value: value.value, after: after === true };
    }),
  );
}

/** jsonb_set_lax: what a SQL NULL does is told by the last argument. */
function setLax(args: readonly Datum[]): Datum {
  const [target = null, path = null, value = null, create = true, treatment = 'use_json_null'] = args;
  if (target === null || path === null || create === null) return null;
  if (treatment === null) throw planError('null_value_treatment must not be null');
  const doc = target as Jsonb;
  const at = path as SqlArray;
  if (value !== null) return set(doc, at, value as Jsonb, create as boolean);
  switch (treatment) {
    case 'use_json_null':
      return set(doc, at, new Jsonb(null), create as boolean);
    case 'delete_key':
      return deletePath(doc, at);
    case 'return_target':
      return doc;
    case 'raise_exception':
      throw planError('JSON value must not be null');
    default:
      throw planError(
        'null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"',
      );
  }
}

function deletePath(target: Jsonb, path: SqlArray): Jsonb {
  checkContainer(target.value, 'delete path in');
  const steps = pathOf(path);
  return new Jsonb(
    editPath(target.value, steps, 0, (old) => (old === undefined ? undefined : { value: undefined })),
  );
}

function stripNulls(value: JsonbValue): JsonbValue {
  if (isObject(value))
    return jsonbObject(
      [...value].filter(([, item]) => item !== null).map(([key, item]) => [key, stripNulls(item)]),
    );
  return isArray(value) ? value.map(stripNulls) : value;
}

export function jsonbTypeOf(value: JsonbValue): string {
  if (value === null) return 'null';
  if (value instanceof Numeric) return 'number';
  if (isObject(value)) return 'object';
  return isArray(value) ? 'array' : typeof value;
}

function arrayLength(value: JsonbValue): number {
  if (isArray(value)) return value.length;
  throw planError(
    isObject(value) ? 'cannot get array length of a non-array' : 'cannot get array length of a scalar',
  );
}

const extract = (value: Jsonb, path: SqlArray): Datum => wrap(atPath(value.value, path));

const jsonbScalars: ScalarTable = {
  'jsonb_object_field(jsonb,text)': (value: Jsonb, key: string) => wrap(field(value.value, key)),
  'jsonb_object_field_text(jsonb,text)': (value: Jsonb, key: string) => jsonbText(field(value.value, key)),
  'jsonb_array_element(jsonb,int4)': (value: Jsonb, index: number) => wrap(element(value.value, index)),
  'jsonb_array_element_text(jsonb,int4)': (value: Jsonb, index: number) =>
    jsonbText(element(value.value, index)),
  'jsonb_extract_path(jsonb,_text)': made(() => pathCall((value, path) => extract(value as Jsonb, path))),
  'jsonb_extract_path_text(jsonb,_text)': made(() =>
    pathCall((value, path) => jsonbText(atPath((value as Jsonb).value, path))),
  ),
  'jsonb_contains(jsonb,jsonb)': (a: Jsonb, b: Jsonb) => contains(a.value, b.value),
  'jsonb_contained(jsonb,jsonb)': (a: Jsonb, b: Jsonb) => contains(b.value, a.value),
  'jsonb_exists(jsonb,text)': (value: Jsonb, key: string) => exists(value.value, key),
  'jsonb_exists_any(jsonb,_text)': (value: Jsonb, keys: SqlArray) =>
    keysOf(keys).some((key) => exists(value.value, key)),
  'jsonb_exists_all(jsonb,_text)': (value: Jsonb, keys: SqlArray) =>
    keysOf(keys).every((key) => exists(value.value, key)),
  'jsonb_concat(jsonb,jsonb)': (a: Jsonb, b: Jsonb) => new Jsonb(concatenate(a.value, b.value)),
  'jsonb_delete(jsonb,text)': (value: Jsonb, key: string) => new Jsonb(withoutKeys(value.value, [key])),
  'jsonb_delete(jsonb,_text)': made(
    () => (args) => new Jsonb(withoutKeys((arg(args, 0) as Jsonb).value, keysOf(tail(args)))),
  ),
  'jsonb_delete(jsonb,int4)': (value: Jsonb, index: number) => new Jsonb(withoutIndex(value.value, index)),
  'jsonb_delete_path(jsonb,_text)': deletePath,
  'jsonb_set(jsonb,_text,jsonb,bool)': set,
  'jsonb_set_lax(jsonb,_text,jsonb,bool,text)': made(() => setLax),
  'jsonb_insert(jsonb,_text,jsonb,bool)': insert,
  'jsonb_strip_nulls(jsonb)': (value: Jsonb) => new Jsonb(stripNulls(value.value)),
  'jsonb_pretty(jsonb)': (value: Jsonb) => formatJsonbPretty(value.value),
  'jsonb_typeof(jsonb)': (value: Jsonb) => jsonbTypeOf(value.value),
  'jsonb_array_length(jsonb)': (value: Jsonb) => arrayLength(value.value),
};

/** The arguments behind the first: one array (VARIADIC or an operator), or loose values. */
function tail(args: readonly Datum[]): SqlArray {
  const [, first] = args;
  if (args.length === 2 && first !== null && typeof first === 'object' && 'dims' in first) return first;
  return { elements: args.slice(1), dims: [args.length - 1], lowerBounds: [1] };
}

function pathCall(f: (value: Datum, path: SqlArray) => Datum) {
  return (args: readonly Datum[]): Datum => f(arg(args, 0), tail(args));
}

/** json keeps its text: parts of it are cut out as they were written. */
const jsonScalars: ScalarTable = {
  'json_object_field(json,text)': (text: string, key: string) => new JsonText(text).field(key)?.text ?? null,
  'json_object_field_text(json,text)': (text: string, key: string) =>
    new JsonText(text).field(key)?.plain() ?? null,
  'json_array_element(json,int4)': (text: string, index: number) =>
    new JsonText(text).element(index)?.text ?? null,
  'json_array_element_text(json,int4)': (text: string, index: number) =>
    new JsonText(text).element(index)?.plain() ?? null,
  'json_extract_path(json,_text)': made(() =>
    pathCall((text, path) => new JsonText(text as string).path(path)?.text ?? null),
  ),
  'json_extract_path_text(json,_text)': made(() =>
    pathCall((text, path) => new JsonText(text as string).path(path)?.plain() ?? null),
  ),
  'json_typeof(json)': (text: string) => new JsonText(text).typeOf(),
  'json_array_length(json)': (text: string) => {
    const value = new JsonText(text);
    if (value.typeOf() !== 'array') {
      throw planError(
        value.typeOf() === 'object'
          ? 'cannot get array length of a non-array'
          : 'cannot get array length of a scalar',
      );
    }
    return value.elements().length;
  },
  'json_strip_nulls(json)': (text: string) => formatJsonb(stripNulls(parseJsonb(text, 'json').value)),
};

export const jsonAccess: ScalarTable = { ...jsonbScalars, ...jsonScalars };

function members(value: JsonbValue, name: string): Iterable<readonly [string, JsonbValue]> {
  if (isObject(value)) return value;
  throw planError(`cannot call ${name} on a non-object`);
}

function items(value: JsonbValue): Items {
  if (isArray(value)) return value;
  throw planError(
    isObject(value) ? 'cannot extract elements from an object' : 'cannot extract elements from a scalar',
  );
}

function* mapRows<T>(values: Iterable<T>, row: (value: T) => Row): Generator<Row> {
  for (const value of values) yield row(value);
}

export const jsonRows: RowsTable = {
  'jsonb_each(jsonb)': rowsOf((v: Jsonb) =>
    mapRows(members(v.value, 'jsonb_each'), ([key, item]) => [key, new Jsonb(item)]),
  ),
  'jsonb_each_text(jsonb)': rowsOf((v: Jsonb) =>
    mapRows(members(v.value, 'jsonb_each_text'), ([key, item]) => [key, jsonbText(item)]),
  ),
  'jsonb_object_keys(jsonb)': rowsOf((v: Jsonb) => mapRows(objectOnly(v.value), ([key]) => [key])),
  'jsonb_array_elements(jsonb)': rowsOf((v: Jsonb) => mapRows(items(v.value), (item) => [new Jsonb(item)])),
  'jsonb_array_elements_text(jsonb)': rowsOf((v: Jsonb) =>
    mapRows(items(v.value), (item) => [jsonbText(item)]),
  ),
  'json_each(json)': rowsOf((text: string) =>
    mapRows(new JsonText(text).members('json_each'), ([key, v]) => [key, v.text]),
  ),
  'json_each_text(json)': rowsOf((text: string) =>
    mapRows(new JsonText(text).members('json_each_text'), ([key, v]) => [key, v.plain()]),
  ),
  'json_object_keys(json)': rowsOf((text: string) =>
    mapRows(new JsonText(text).members('json_object_keys'), ([key]) => [key]),
  ),
  'json_array_elements(json)': rowsOf((text: string) =>
    mapRows(new JsonText(text).elements(), (v) => [v.text]),
  ),
  'json_array_elements_text(json)': rowsOf((text: string) =>
    mapRows(new JsonText(text).elements(), (v) => [v.plain()]),
  ),
};

function objectOnly(value: JsonbValue): Iterable<readonly [string, JsonbValue]> {
  if (isObject(value)) return value;
  throw planError(`cannot call jsonb_object_keys on ${isArray(value) ? 'an array' : 'a scalar'}`);
}
