/** For tests of this room: a session over an empty catalog, and calls of functions by signature with argument texts. */
import { List } from 'immutable';
import { PersistentMap } from '../catalog/persistent-map.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { SqlError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { Datum } from '../types/datum.ts';
import { typeByName, TEXT } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { decodeText } from '../types/text-decode.ts';
import { textEncoder } from '../types/text-encode.ts';
import { castSession } from './cast-session.ts';
import type { Case } from './differential/case.ts';
import type { CallTypes, FunctionDef, OperatorDef } from './function.ts';
import { isPolymorphic } from './polymorphic.ts';
import { functionsByName, operatorsByName } from './registry.ts';

const EMPTY = PersistentMap.empty<never, never>();

const EMPTY_SNAPSHOT = new Proxy({} as Snapshot, {
  get(_, property) {
    if (property === 'version' || property === 'schemaVersion') return 1;
    if (property === 'small') return new Proxy({}, { get: () => EMPTY });
    return property === 'auditEvents' || property === 'statusEvents' ? List() : EMPTY;
  },
});

/** A session that belongs to nobody: UTC unless told otherwise, no objects. */
export function testSession(
  settings: Readonly<Record<string, string>> = {},
  snapshot = EMPTY_SNAPSHOT,
): SessionContext {
  return {
    snapshot,
    facts: { now: () => 0, startedAt: 0 },
    session: { connectionId: 7, roleId: 'u1', databaseId: 'u1', databaseName: 'materialize' },
    userName: 'materialize',
    sessionUserName: 'materialize',
    superuser: false,
    searchPath: ['public'],
    effectiveSchemas: [],
    temporarySchemaId: null,
    transactionTime: 0n,
    mzNow: 0n,
    serverVersion: '9.5.0',
    mzVersion: 'v26.0.0 (abc)',
    environmentId: 'local-az1-00000000-0000-0000-0000-000000000000-0',
    sessionId: '00000000-0000-0000-0000-000000000000',
    setting: (name: string) => settings[name.toLowerCase()] ?? null,
    setSetting: () => {},
    cancelBackend: () => false,
    pendingRows: () => undefined,
  } as unknown as SessionContext;
}

function known(name: string): SqlType {
  const type = typeByName(name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

function fits(declared: SqlType, actual: SqlType): boolean {
  if (declared === actual || declared.name === 'any') return true;
  if (!isPolymorphic(declared)) return false;
  if (declared.name.endsWith('nonarray')) return actual.kind !== 'array';
  if (declared.name.endsWith('array')) return actual.kind === 'array';
  return declared.name.endsWith('range') ? actual.kind === 'range' : true;
}

/** Exact resolution, polymorphic types included: enough for tests, where types are written out. */
export function find(name: string, types: readonly SqlType[]): FunctionDef | OperatorDef {
  const candidates: readonly (FunctionDef | OperatorDef)[] = /^[a-z_]/.test(name)
    ? functionsByName(name)
    : operatorsByName(name);
  const argsOf = (def: FunctionDef | OperatorDef): readonly SqlType[] =>
    'right' in def ? (def.left === null ? [def.right] : [def.left, def.right]) : def.args;
  const matching = candidates.filter((def) => {
    const args = argsOf(def);
    const variadic = 'variadic' in def ? def.variadic : undefined;
    const optional = 'optionalArgs' in def ? (def.optionalArgs ?? 0) : 0;
    if (types.length > args.length && variadic === undefined) return false;
    if (types.length < args.length - optional) return false;
    return types.every((type, i) => fits(args[i] ?? variadic ?? type, type));
  });
  const exact = matching.find((def) => argsOf(def).every((type, i) => type === types[i]));
  // Of polymorphic candidates the one that says more about its arguments.
  const specific = (def: FunctionDef | OperatorDef): number =>
    argsOf(def).filter((type) => /array|range/.test(type.name)).length;
  const found = exact ?? [...matching].sort((a, b) => specific(b) - specific(a))[0];
  if (found === undefined) throw new Error(`no ${name}(${types.map((type) => type.name).join(',')})`);
  return found;
}

export function resultOf(def: FunctionDef | OperatorDef, types: readonly SqlType[]): SqlType {
  if ('kind' in def && def.kind === 'table') return def.columns(types)[0]?.type ?? TEXT;
  return typeof def.returns === 'function' ? def.returns(types) : def.returns;
}

/** Text of the result of a case, or the message of its failure. */
export function evaluateCase(
  [signature, ...texts]: Case,
  session: SessionContext = testSession(),
): { readonly value: string | null } | { readonly error: string } {
  const match = /^(.*?)\(([^()]*)\)$/.exec(signature);
  const names = (match?.[2] ?? '') === '' ? [] : (match?.[2] ?? '').split(',');
  const types = texts.map((_, i) => known(names[i] ?? names.at(-1) ?? 'text'));
  const def = find(match?.[1] ?? '', types);
  const result = resultOf(def, types);
  const call: CallTypes = { args: types, typmods: types.map(() => -1), result };
  if ('kind' in def && def.kind !== 'scalar') throw new Error(`${signature} is no scalar function`);
  try {
    const args = texts.map((text, i): Datum =>
      text === null ? null : decodeText(types[i] ?? TEXT, text, -1, castSession(session)),
    );
    const value = def.strict && args.includes(null) ? null : def.make(call)(args, session);
    if (value === null) return { value: null };
    // A cast of bool to text writes the whole word, unlike bool's output.
    if (result.name === 'bool') return { value: value === true ? 'true' : 'false' };
    return { value: textEncoder(result, castSession(session))(value) };
  } catch (error) {
    if (error instanceof SqlError) return { error: error.message };
    throw error;
  }
}
