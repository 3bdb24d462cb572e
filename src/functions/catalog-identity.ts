/** pg_describe_object and its kin: what an object is and is called, by the catalog that lists it and its OID there. */
import type { SessionContext } from '../query/session-context.ts';
import { type Datum, SqlArray, SqlRecord } from '../types/datum.ts';
import { signatureText, typeName } from './cast-session.ts';
import { withSession, type ScalarTable } from './define.ts';
import { functionDirectory } from './directory.ts';
import { itemByOid, minimalName, objectByOid, systemObjectByOid } from './objects.ts';
import { quoteIdentifier } from './quote.ts';

/** What is known of an object for these functions. */
interface Identity {
  /** `table`, `type`, `function`, ... */
  readonly kind: string;
  readonly schema: string | null;
  /** Bare name, where it tells the object within its schema. */
  readonly name: string | null;
  /** Shortest name from the session, and the qualified one. */
  readonly short: string;
  readonly full: string;
  readonly address: readonly string[];
  readonly arguments?: readonly string[];
}

const qualified = (schema: string, name: string): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;

function relation(session: SessionContext, oid: number): Identity | undefined {
  const object = objectByOid(session, oid);
  if (object === undefined || object.kind === 'type' || object.kind === 'function') return undefined;
  const schema = session.snapshot.schemas.get(object.schemaId)?.name ?? '';
  return {
    kind: object.kind.replaceAll('-', ' '),
    schema,
    name: object.name,
    short: minimalName(session, object),
    full: qualified(schema, object.name),
    address: [schema, object.name],
  };
}

function type(session: SessionContext, oid: number): Identity | undefined {
  const short = typeName(session, oid);
  const object = objectByOid(session, oid);
  if (short === undefined) return undefined;
  const schema = session.snapshot.schemas.get(object?.schemaId ?? '')?.name ?? 'pg_catalog';
  return { kind: 'type', schema, name: object?.name ?? null, short, full: short, address: [short] };
}

function routine(_session: SessionContext, oid: number): Identity | undefined {
  const def = functionDirectory().functionByOid(oid);
  if (def === undefined) return undefined;
  const signature = signatureText(def);
  return {
    kind: def.kind === 'aggregate' ? 'aggregate' : 'function',
    schema: def.schema,
    name: null,
    short: `${quoteIdentifier(def.name)}(${signature})`,
    full: `${qualified(def.schema, def.name)}(${signature})`,
    address: [def.schema, def.name],
    arguments: def.args.map((argument) => argument.displayName),
  };
}

function operator(_session: SessionContext, oid: number): Identity | undefined {
  const def = functionDirectory().operatorByOid(oid);
  if (def === undefined) return undefined;
  const signature = `${def.name}(${def.left?.displayName ?? 'NONE'},${def.right.displayName})`;
  return {
    kind: 'operator',
    schema: 'pg_catalog',
    name: null,
    short: signature,
    full: `pg_catalog.${signature}`,
    address: ['pg_catalog', def.name],
    arguments: [def.left?.displayName ?? '-', def.right.displayName],
  };
}

/** Schemas, databases and roles: records with a name and an OID. */
function named(
  kind: string,
  records: (session: SessionContext) => Iterable<{ readonly oid: number; readonly name: string }>,
): Finder {
  return (session, oid) => {
    for (const { oid: own, name } of records(session)) {
      const short = quoteIdentifier(name);
      if (own === oid) return { kind, schema: null, name: short, short, full: short, address: [name] };
    }
    return undefined;
  };
}

type Finder = (session: SessionContext, oid: number) => Identity | undefined;

/** By the catalog's name. */
const FINDERS: Readonly<Record<string, Finder>> = {
  pg_class: relation,
  pg_type: type,
  pg_proc: routine,
  pg_operator: operator,
  pg_namespace: named('schema', ({ snapshot }) => snapshot.schemas.values()),
  pg_database: named('database', ({ snapshot }) => snapshot.databases.values()),
  pg_authid: named('role', ({ snapshot }) => snapshot.roles.values()),
};

function find(session: SessionContext, catalog: number, oid: number): Identity | undefined {
  const name = objectByOid(session, catalog)?.name ?? '';
  return Object.hasOwn(FINDERS, name) ? FINDERS[name]?.(session, oid) : undefined;
}

function columnName(session: SessionContext, oid: number, position: number): string | undefined {
  const item = itemByOid(session, oid);
  if (item === undefined) return systemObjectByOid(oid)?.columns?.[position - 1];
  return 'columns' in item ? item.columns[position - 1]?.name : undefined;
}

/** As {@link find}, down to the column that a third number other than 0 means. */
function findPart(session: SessionContext, catalog: number, oid: number, part: number): Identity | undefined {
  const whole = find(session, catalog, oid);
  if (whole === undefined || part === 0) return whole;
  const column = whole.address.length === 2 ? columnName(session, oid, part) : undefined;
  if (column === undefined) return undefined;
  const name = quoteIdentifier(column);
  return {
    ...whole,
    kind: `${whole.kind} column`,
    short: `column ${name} of ${whole.kind} ${whole.short}`,
    full: `${whole.full}.${name}`,
    address: [...whole.address, column],
  };
}

function describe(session: SessionContext, catalog: number, oid: number, part: number): string | null {
  const found = findPart(session, catalog, oid, part);
  if (found === undefined) return null;
  return part === 0 ? `${found.kind} ${found.short}` : found.short;
}

function identify(session: SessionContext, catalog: number, oid: number, part: number): Datum {
  const found = findPart(session, catalog, oid, part);
  if (found === undefined) return new SqlRecord([null, null, null, null]);
  const name = found.name === null ? null : quoteIdentifier(found.name);
  const schema = found.schema === null ? null : quoteIdentifier(found.schema);
  return new SqlRecord([found.kind, schema, name, found.full]);
}

function identifyAsAddress(session: SessionContext, catalog: number, oid: number, part: number): Datum {
  const found = findPart(session, catalog, oid, part);
  if (found === undefined) return new SqlRecord([null, null, null]);
  return new SqlRecord([found.kind, new SqlArray(found.address), new SqlArray(found.arguments ?? [])]);
}

export const identityFunctions: ScalarTable = {
  'pg_describe_object(oid,oid,int4)': withSession(describe),
  'pg_identify_object(oid,oid,int4)': withSession(identify),
  'pg_identify_object_as_address(oid,oid,int4)': withSession(identifyAsAddress),
};
