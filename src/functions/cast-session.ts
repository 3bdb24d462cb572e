/** A session as reading and printing values see it: its zone and clock, and the names behind OIDs. */
import type { RoleRecord } from '../catalog/records.ts';
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { CastSession, RegKind } from '../types/cast-session.ts';
import {
  ANYARRAY,
  ANYCOMPATIBLE,
  ANYCOMPATIBLEARRAY,
  ANYELEMENT,
  arrayOf,
  typeByOid,
} from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { parseTypeName } from '../types/type-names.ts';
import { formatType } from '../types/typmod.ts';
import { functionDirectory } from './directory.ts';
import type { FunctionDef } from './function.ts';
import { procFacts, type ProcFact } from './pg-facts.ts';
import { findObject, minimalName, nameParts, notFound, objectByOid, schemaIdByName } from './objects.ts';
import { quoteIdentifier } from './quote.ts';
import { parseIdentifiers } from './strings.ts';

const made = new WeakMap<SessionContext, CastSession>();

/** The CastSession over a SessionContext; one for each context. */
export function castSession(session: SessionContext): CastSession {
  let known = made.get(session);
  if (known === undefined) {
    known = create(session);
    made.set(session, known);
  }
  return known;
}

function create(session: SessionContext): CastSession {
  return {
    get timeZone() {
      return session.setting('timezone') ?? 'UTC';
    },
    now: session.transactionTime,
    resolveReg: (kind, name) => RESOLVERS[kind](session, name),
    regName: (kind, oid) => PRINTERS[kind](session, oid),
    roleNameById: (id) => session.snapshot.roles.get(id)?.name,
    roleByOid: (oid) => roleByOid(session, oid),
    roleOidById: (id) => session.snapshot.roles.get(id)?.oid,
    roleIdByName: (name) => session.snapshot.roleByName.get(name),
  };
}

const roleIdsByOid = new WeakMap<object, ReadonlyMap<number, RoleRecord>>();

/** The role with this OID; the index is made once for each version of the roles. */
export function roleByOid(session: SessionContext, oid: number): RoleRecord | undefined {
  const { roles } = session.snapshot;
  let index = roleIdsByOid.get(roles);
  if (index === undefined) {
    index = new Map([...roles.values()].map((role) => [role.oid, role]));
    roleIdsByOid.set(roles, index);
  }
  return index.get(oid);
}

type Resolver = (session: SessionContext, name: string) => number;
type Printer = (session: SessionContext, oid: number) => string | undefined;

const RELATION_KINDS = new Set([
  'table',
  'view',
  'materialized-view',
  'source',
  'index',
  'continual-task',
  'sink',
  'secret',
  'connection',
]);

function resolveClass(session: SessionContext, name: string): number {
  const object = findObject(session, name);
  if (object === undefined || !RELATION_KINDS.has(object.kind)) throw notFound('relation', name);
  return object.oid;
}

function resolveType(session: SessionContext, name: string): number {
  const builtIn = parseTypeName(name);
  const found = builtIn?.type ?? undefined;
  if (found !== undefined) return found.oid;
  const array = name.trim().endsWith('[]');
  const object = findObject(session, array ? name.trim().slice(0, -2) : name, 'type');
  if (object === undefined) throw notFound('type', name);
  const item = session.snapshot.items.get(object.id);
  return array && item?.kind === 'type' ? item.arrayOid : object.oid;
}

function functionsNamed(session: SessionContext, name: string): readonly FunctionDef[] {
  const parts = nameParts(name, 2);
  const schema = parts.length === 2 ? parts[0] : undefined;
  const all = functionDirectory().functionsByName(parts.at(-1) ?? '');
  return all.filter((f) => (schema === undefined ? onPath(session, f.schema) : f.schema === schema));
}

function onPath(session: SessionContext, schema: string): boolean {
  const id = session.snapshot.schemaByName.get(`/${schema}`);
  return id === undefined
    ? schema === 'pg_catalog' || schema === 'mz_catalog'
    : session.effectiveSchemas.includes(id);
}

function resolveFunction(session: SessionContext, name: string): number {
  const found = functionsNamed(session, name);
  if (found.length > 1) throw planError(`more than one function named "${name}"`);
  const oid = found[0]?.oid ?? ioFunctions(name)[0]?.oid;
  if (oid === undefined) throw notFound('function', name);
  return oid;
}

function resolveProcedure(session: SessionContext, text: string): number {
  const match = /^((?:"[^"]*"|[^("])*)\((.*)\)\s*$/s.exec(text);
  if (match === null) throw planError('expected a left parenthesis');
  const name = (match[1] ?? '').trim();
  const wanted = (match[2] ?? '').trim();
  const types = wanted === '' ? [] : splitTypes(wanted).map((type) => resolveType(session, type.trim()));
  const fits = (f: Signature): boolean => {
    const declared = declaredArguments(f);
    return declared.length === types.length && declared.every((type, i) => type.oid === types[i]);
  };
  const found = functionsNamed(session, name).find(fits) ?? ioFunctions(name).find(fits);
  if (found === undefined) throw notFound('function', text);
  return found.oid;
}

/** Types of a signature: commas stand between them, and within the modifiers of one. */
function splitTypes(list: string): readonly string[] {
  return list.match(/(?:"[^"]*"|\([^)]*\)|[^,("])+/g) ?? [];
}

type Signature = Pick<FunctionDef, 'args' | 'variadic'>;

/** Declared argument types; a VARIADIC tail is an array of its element type. */
export function declaredArguments({ args, variadic }: Signature): readonly SqlType[] {
  if (variadic === undefined) return args;
  if (variadic === ANYELEMENT) return [...args, ANYARRAY];
  if (variadic === ANYCOMPATIBLE) return [...args, ANYCOMPATIBLEARRAY];
  return [...args, arrayOf(variadic) ?? variadic];
}

function resolveOperator(_session: SessionContext, name: string): number {
  const found = functionDirectory().operatorsByName(name.replace(/^.*\./, ''));
  if (found.length > 1) throw planError(`more than one operator named ${name}`);
  const [only] = found;
  if (only === undefined) throw planError(`operator does not exist: ${name}`);
  return only.oid;
}

function resolveOperatorSignature(session: SessionContext, text: string): number {
  const match = /^(?:\w+\.)?([^\s(]+)\s*\(\s*([^,]+),\s*([^,]+)\)\s*$/s.exec(text);
  const typeOid = (name: string): number =>
    /^none$/i.test(name.trim()) ? 0 : resolveType(session, name.trim());
  const found =
    match === null
      ? undefined
      : functionDirectory()
          .operatorsByName(match[1] ?? '')
          .find(
            (o) => (o.left?.oid ?? 0) === typeOid(match[2] ?? '') && o.right.oid === typeOid(match[3] ?? ''),
          );
  if (found === undefined) throw planError(`operator does not exist: ${text}`);
  return found.oid;
}

function resolveSchema(session: SessionContext, text: string): number {
  const [name = '', ...more] = parseIdentifiers(text).toReversed();
  const id = schemaIdByName(session, name, more[0]);
  const schema = id === undefined ? undefined : session.snapshot.schemas.get(id);
  if (schema === undefined) throw notFound('schema', text);
  return schema.oid;
}

function resolveRole(session: SessionContext, text: string): number {
  const [name = ''] = parseIdentifiers(text);
  const id = session.snapshot.roleByName.get(name);
  const role = id === undefined ? undefined : session.snapshot.roles.get(id);
  if (role === undefined) throw notFound('role', text);
  return role.oid;
}

/** Collations are PostgreSQL's fixed three. */
const COLLATIONS: Readonly<Record<string, number>> = { default: 100, C: 950, POSIX: 951 };

function resolveCollation(_session: SessionContext, text: string): number {
  const oid = COLLATIONS[parseIdentifiers(text).at(-1) ?? ''];
  if (oid === undefined) throw planError(`collation "${text}" for encoding "UTF8" does not exist`);
  return oid;
}

function textSearch(what: string): Resolver {
  return (_session, text) => {
    throw planError(`text search ${what} "${text}" does not exist`);
  };
}

const RESOLVERS = {
  regclass: resolveClass,
  regtype: resolveType,
  regproc: resolveFunction,
  regprocedure: resolveProcedure,
  regoper: resolveOperator,
  regoperator: resolveOperatorSignature,
  regnamespace: resolveSchema,
  regrole: resolveRole,
  regcollation: resolveCollation,
  regconfig: textSearch('configuration'),
  regdictionary: textSearch('dictionary'),
} satisfies Record<RegKind, Resolver>;

/** OID that a reg* text names. Throws SqlError XX000 when there is none. */
export function resolveReg(session: SessionContext, kind: RegKind, text: string): number {
  return RESOLVERS[kind](session, text);
}

function functionName(session: SessionContext, f: FunctionDef): string {
  const name = quoteIdentifier(f.name);
  return onPath(session, f.schema) ? name : `${quoteIdentifier(f.schema)}.${name}`;
}

/** Argument types of a signature as PostgreSQL prints them. */
export function signatureText(f: Signature): string {
  return declaredArguments(f)
    .map((type) => type.displayName)
    .join(',');
}

function printOperator(oid: number, withTypes: boolean): string | undefined {
  const operator = functionDirectory().operatorByOid(oid);
  if (operator === undefined) return undefined;
  const types = `(${operator.left?.displayName ?? 'NONE'},${operator.right.displayName})`;
  return withTypes ? operator.name + types : operator.name;
}

/** SQL name of a type OID, users' types included; undefined when there is none. */
export function typeName(session: SessionContext, oid: number, typmod?: number): string | undefined {
  const builtIn = typeByOid(oid);
  if (builtIn !== undefined) return formatType(builtIn, typmod);
  const object = objectByOid(session, oid);
  if (object !== undefined) return object.kind === 'type' ? minimalName(session, object) : undefined;
  for (const item of session.snapshot.items.values()) {
    if (item.kind === 'type' && item.arrayOid === oid) return `${minimalName(session, item)}[]`;
  }
  return undefined;
}

function schemaName(session: SessionContext, oid: number): string | undefined {
  for (const schema of session.snapshot.schemas.values())
    if (schema.oid === oid) return quoteIdentifier(schema.name);
  return undefined;
}

const PRINTERS = {
  regclass: (session, oid) => {
    const object = objectByOid(session, oid);
    return object === undefined || !RELATION_KINDS.has(object.kind)
      ? undefined
      : minimalName(session, object);
  },
  regtype: (session, oid) => typeName(session, oid),
  regproc: (session, oid) => {
    const f = functionDirectory().functionByOid(oid);
    return f === undefined ? procFacts.ofOid(oid)?.name : functionName(session, f);
  },
  regprocedure: (session, oid) => {
    const f = functionDirectory().functionByOid(oid);
    if (f !== undefined) return `${functionName(session, f)}(${signatureText(f)})`;
    const fact = procFacts.ofOid(oid);
    return fact && `${fact.name}(${signatureText(fact)})`;
  },
  regoper: (_session, oid) => printOperator(oid, false),
  regoperator: (_session, oid) => printOperator(oid, true),
  regnamespace: schemaName,
  regrole: (session, oid) => {
    const role = roleByOid(session, oid);
    return role === undefined ? undefined : quoteIdentifier(role.name);
  },
  regcollation: (_session, oid) => {
    const name = Object.keys(COLLATIONS).find((key) => COLLATIONS[key] === oid);
    return name === undefined ? undefined : quoteIdentifier(name);
  },
  regconfig: () => undefined,
  regdictionary: () => undefined,
} satisfies Record<RegKind, Printer>;

/** Functions that read and write types (array_in, record_recv, ...): pg_type names them, but SQL cannot call them. */
function ioFunctions(text: string): readonly ProcFact[] {
  const parts = nameParts(text, 2);
  const name = parts.at(-1) ?? '';
  if ((parts.length === 2 && parts[0] !== 'pg_catalog') || !/(?:in|out|recv|send)$/.test(name)) return [];
  return procFacts.named(name);
}
