/**
 * From the bytes of a request to typed, checked input. Types are looked at first, constraints after: a member of the
 * wrong JSON type answers SerializationException, whatever else is wrong. Source: reference 1.4 and 1.7.
 */
import { frontEndError, validationError, type AwsError } from './errors.ts';
import type { ListShape, Shape, StructureShape, ValueOf } from './shape.ts';

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

/** Deepest nesting of a body. Requests nest three deep; a policy document is a string. */
const MAX_DEPTH = 32;

/** Problems that one answer tells of: a long list of bad members must not make a longer answer and audit record. */
const MAX_PROBLEMS = 50;

/** The body as a JSON object. Throws SerializationException. */
export function parseBody(bytes: Uint8Array): Fields {
  let parsed: Json;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw frontEndError('SerializationException');
  }
  if (Array.isArray(parsed)) {
    throw frontEndError('SerializationException', 'Start of list found where not expected');
  }
  if (parsed === null || typeof parsed !== 'object') throw frontEndError('SerializationException');
  return parsed as Fields;
}

/** Reads a structure: unknown members are skipped, null ones are absent. */
export function readInput<S extends StructureShape>(shape: S, body: Fields): ValueOf<S> {
  const value = read(shape, body, 0);
  const problems: string[] = [];
  for (const problem of violations(shape, value, '')) {
    if (problems.push(problem) === MAX_PROBLEMS) break;
  }
  if (problems.length > 0) {
    const count = problems.length;
    throw validationError(
      `${count} validation error${count === 1 ? '' : 's'} detected: ${problems.join('; ')}`,
    );
  }
  return value as ValueOf<S>;
}

function wrongType(found: Json, wanted: string): AwsError {
  if (Array.isArray(found)) {
    return frontEndError('SerializationException', 'Start of list found where not expected');
  }
  if (typeof found === 'object') {
    return frontEndError('SerializationException', 'Start of structure or map found where not expected.');
  }
  const token =
    typeof found === 'string'
      ? 'STRING_VALUE'
      : typeof found === 'number'
        ? 'NUMBER_VALUE'
        : boolToken(found);
  return frontEndError('SerializationException', `${token} can not be converted to ${wanted}`);
}

/** Half of a surrogate pair: it has no bytes, and would come back as another character. */
const HALF_CHARACTER = /\p{Surrogate}/u;

function malformedText(): AwsError {
  return frontEndError('SerializationException', 'A text holds half of a surrogate pair.');
}

function boolToken(found: Json): string {
  return found === true ? 'TRUE_VALUE' : 'FALSE_VALUE';
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function read(shape: Shape, json: Json, depth: number): Json {
  if (depth > MAX_DEPTH) throw frontEndError('SerializationException');
  switch (shape.kind) {
    case 'string':
      if (typeof json !== 'string') throw wrongType(json, 'a String');
      if (HALF_CHARACTER.test(json)) throw malformedText();
      return json;
    case 'integer':
      if (typeof json !== 'number') throw wrongType(json, 'an Integer');
      return Math.trunc(json);
    case 'timestamp':
      if (typeof json !== 'number') throw wrongType(json, 'a Timestamp');
      return json;
    case 'boolean':
      if (typeof json !== 'boolean') throw wrongType(json, 'a Boolean');
      return json;
    case 'blob':
      if (typeof json !== 'string') throw wrongType(json, 'a Blob');
      if (!BASE64.test(json)) {
        throw frontEndError('SerializationException', 'The base64 text of a blob could not be decoded');
      }
      return Buffer.from(json, 'base64');
    case 'list':
      return readList(shape, json, depth);
    case 'map':
      return readMap(json);
    case 'structure':
      return readStructure(shape, json, depth);
  }
}

function readList(shape: ListShape, json: Json, depth: number): readonly Json[] {
  if (!Array.isArray(json)) {
    if (json !== null && typeof json === 'object') {
      throw frontEndError('SerializationException', 'Start of structure or map found where not expected.');
    }
    throw frontEndError('SerializationException', 'Expected list or null');
  }
  return json
    .filter((element) => element !== null)
    .map((element: Json) => read(shape.of, element, depth + 1));
}

function readMap(json: Json): Fields {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) throw wrongType(json, 'a Map');
  for (const value of Object.values(json)) if (typeof value !== 'string') throw wrongType(value, 'a String');
  return json as Fields;
}

function readStructure(shape: StructureShape, json: Json, depth: number): Fields {
  if (typeof json !== 'object' || json === null) {
    throw frontEndError('SerializationException', 'Expected structure or null');
  }
  if (Array.isArray(json)) throw wrongType(json, 'a structure');
  const fields: Record<string, Json> = {};
  for (const [name, member] of Object.entries(shape.members)) {
    const value = Object.hasOwn(json, name) ? (json as Fields)[name] : undefined;
    if (value !== undefined && value !== null) fields[name] = read(member.shape, value, depth + 1);
  }
  return fields;
}

/** `SecretId` as paths have it: `secretId`. Runs of capitals at the start follow the model's own member names. */
function pathName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function* violations(shape: Shape, value: Json, path: string): Iterable<string> {
  if (shape.kind === 'structure') {
    for (const [name, member] of Object.entries(shape.members)) {
      const at = path === '' ? pathName(name) : `${path}.${pathName(name)}`;
      const inner = (value as Fields)[name];
      if (inner !== undefined) yield* violations(member.shape, inner, at);
      else if (member.required) {
        yield `Value null at '${at}' failed to satisfy constraint: Member must not be null`;
      }
    }
    return;
  }
  const problem = check(shape, value);
  if (problem !== undefined) {
    const sensitive = 'sensitive' in shape && shape.sensitive === true;
    const shown = sensitive ? 'Value' : `Value '${display(value)}'`;
    yield `${shown} at '${path}' failed to satisfy constraint: Member must ${problem}`;
  }
  if (shape.kind === 'list') {
    for (const [i, element] of (value as readonly Json[]).entries()) {
      yield* violations(shape.of, element, `${path}.${i + 1}.member`);
    }
  }
}

/** How a value is echoed; never more than a screen of it. */
function display(value: Json): string {
  const text = Array.isArray(value)
    ? `[${value.map((v: Json) => (typeof v === 'object' ? JSON.stringify(v) : String(v))).join(', ')}]`
    : String(value);
  return text.length > 1024 ? `${text.slice(0, 1024)}...` : text;
}

function check(shape: Exclude<Shape, StructureShape>, value: Json): string | undefined {
  switch (shape.kind) {
    case 'string':
      return checkLength(shape, (value as string).length) ?? checkText(shape, value as string);
    case 'blob':
      return checkLength(shape, (value as Buffer).length);
    case 'list':
      return checkLength(shape, (value as readonly Json[]).length);
    case 'integer':
      return checkRange(shape, value as number);
    case 'boolean':
    case 'timestamp':
    case 'map':
      return undefined;
  }
}

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

function checkLength({ min, max }: Limits, length: number): string | undefined {
  if (min !== undefined && length < min) return `have length greater than or equal to ${min}`;
  if (max !== undefined && length > max) return `have length less than or equal to ${max}`;
  return undefined;
}

function checkRange({ min, max }: Limits, value: number): string | undefined {
  if (min !== undefined && value < min) return `have value greater than or equal to ${min}`;
  if (max !== undefined && value > max) return `have value less than or equal to ${max}`;
  return undefined;
}

/** A pattern means the whole text, with or without its own anchors. */
const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  let regex = patterns.get(pattern);
  if (regex === undefined) patterns.set(pattern, (regex = new RegExp(`^(?:${pattern})$`)));
  return regex;
}

function checkText(
  { pattern, values }: { readonly pattern?: string; readonly values?: readonly string[] },
  value: string,
): string | undefined {
  if (values !== undefined && !values.includes(value)) {
    return `satisfy enum value set: [${values.join(', ')}]`;
  }
  if (pattern !== undefined && !compiled(pattern).test(value)) {
    return `satisfy regular expression pattern: ${pattern}`;
  }
  return undefined;
}
