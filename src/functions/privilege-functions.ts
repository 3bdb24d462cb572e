/** has_*_privilege, pg_has_role and has_role (reference session-wire-rbac 4.8). */
import type { AclEntry, ItemKind } from '../catalog/records.ts';
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { Datum } from '../types/datum.ts';
import { BOOL, NAME, OID, TEXT } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { resolveReg } from './cast-session.ts';
import { arg } from './define.ts';
import type { ScalarFunction } from './function.ts';
import { findObject, notFound, objectByOid, schemaIdByName, type ObjectFact } from './objects.ts';
import { procFacts } from './pg-facts.ts';
import { currentRole, holdsPrivilege, privilegeLetters, roleOf, rolesHeldBy } from './role-privileges.ts';
import { parseIdentifiers } from './strings.ts';

/** Something that carries grants, or undefined for an OID that names nothing. Throws for an unknown name. */
type Find = (
  session: SessionContext,
  object: Datum,
) => { readonly privileges: readonly AclEntry[] } | undefined;

function item(kinds: readonly (ItemKind | string)[], word: string): Find {
  return (session, given) => {
    const fits = (object: ObjectFact | undefined): ObjectFact | undefined =>
      object !== undefined && kinds.includes(object.kind) ? object : undefined;
    if (typeof given === 'number') return fits(objectByOid(session, given));
    const object = fits(findObject(session, given as string));
    if (object === undefined) throw notFound(word, given as string);
    return object;
  };
}

export const findTable = item(
  ['table', 'view', 'materialized-view', 'source', 'continual-task', 'index', 'sink', 'secret', 'connection'],
  'relation',
);

const findType: Find = (session, given) => {
  const oid = typeof given === 'number' ? given : resolveReg(session, 'regtype', given as string);
  const object = objectByOid(session, oid);
  return object?.kind === 'type' ? object : undefined;
};

const findSchema: Find = (session, given) => {
  if (typeof given === 'number') return [...session.snapshot.schemas.values()].find((s) => s.oid === given);
  const parts = parseIdentifiers(given as string);
  const id = schemaIdByName(session, parts.at(-1) ?? '', parts.at(-2));
  const schema = id === undefined ? undefined : session.snapshot.schemas.get(id);
  if (schema === undefined) throw notFound('schema', given as string);
  return schema;
};

const findDatabase: Find = (session, given) => {
  if (typeof given === 'number') return [...session.snapshot.databases.values()].find((d) => d.oid === given);
  const id = session.snapshot.databaseByName.get(given as string);
  const database = id === undefined ? undefined : session.snapshot.databases.get(id);
  if (database === undefined) throw notFound('database', given as string);
  return database;
};

const findCluster: Find = (session, given) => {
  const id = session.snapshot.clusterByName.get(given as string);
  const cluster = id === undefined ? undefined : session.snapshot.clusters.get(id);
  if (cluster === undefined) throw planError(`error cluster "${String(given as string)}" does not exist`);
  return cluster;
};

const findSystem: Find = (session) => ({
  privileges: [...session.snapshot.small.systemPrivileges.values()].flatMap((record) => record.entries),
});

interface Inquiry {
  readonly find: Find;
  /** Types that may name the object; none for SYSTEM. */
  readonly by: readonly SqlType[];
  /** PostgreSQL's privileges that nothing grants here because every role has them. */
  readonly held?: ReadonlySet<string>;
}

/** Nothing but a network policy keeps a role from a database, and temporary objects need no privilege. */
const HELD_ON_DATABASES: ReadonlySet<string> = new Set(['CONNECT', 'TEMPORARY', 'TEMP']);

const INQUIRIES: Readonly<Record<string, Inquiry>> = {
  has_table_privilege: { find: findTable, by: [TEXT, OID] },
  has_schema_privilege: { find: findSchema, by: [TEXT, OID] },
  has_database_privilege: { find: findDatabase, by: [TEXT, OID], held: HELD_ON_DATABASES },
  has_type_privilege: { find: findType, by: [TEXT, OID] },
  has_secret_privilege: { find: item(['secret'], 'secret'), by: [TEXT, OID] },
  has_connection_privilege: { find: item(['connection'], 'connection'), by: [TEXT, OID] },
  has_cluster_privilege: { find: findCluster, by: [TEXT] },
  has_system_privilege: { find: findSystem, by: [] },
};

/** OIDs of the inquiry functions that PostgreSQL does not have. */
const FIRST_OID = 18100;

export const ROLE_ARGUMENTS: readonly (SqlType | null)[] = [null, NAME, OID];

/** The privileges of `select, Connect` that have to be granted; null when one of them is everybody's. */
function toBeGranted(text: string, held: ReadonlySet<string> | undefined): string | null {
  if (held === undefined) return text;
  return text.split(',').some((part) => held.has(part.trim().toUpperCase())) ? null : text;
}

function evaluate(
  { find, held }: Inquiry,
  withRole: boolean,
  withObject: boolean,
): ReturnType<ScalarFunction['make']> {
  return (args, session) => {
    const role = withRole ? roleOf(session, arg(args, 0)) : currentRole(session);
    const object = find(session, withObject ? arg(args, withRole ? 1 : 0) : null);
    const wanted = toBeGranted(arg(args, args.length - 1) as string, held);
    const letters = wanted === null ? null : privilegeLetters(wanted);
    if (role === undefined || object === undefined) return null;
    return letters === null || holdsPrivilege(session, role.id, object.privileges, letters);
  };
}

function roleMembership(withRole: boolean): ReturnType<ScalarFunction['make']> {
  return (args, session) => {
    const member = withRole ? roleOf(session, arg(args, 0)) : currentRole(session);
    const role = roleOf(session, arg(args, withRole ? 1 : 0));
    for (const part of (arg(args, args.length - 1) as string).split(',')) {
      if (!['MEMBER', 'USAGE'].includes(part.trim().toUpperCase())) {
        throw planError(`unrecognized privilege type: "${part.trim()}"`);
      }
    }
    if (member === undefined || role === undefined) return false;
    return rolesHeldBy(session, member.id).has(role.id);
  };
}

export function inquiry(
  name: string,
  args: readonly SqlType[],
  make: ScalarFunction['make'],
  ownOid: () => number,
): ScalarFunction {
  const signature = `${name}(${args.map((type) => type.name).join(',')})`;
  const pgOid = procFacts.named(name).find((fact) => fact.signature === signature)?.oid;
  return {
    kind: 'scalar',
    schema: pgOid === undefined ? 'mz_catalog' : 'pg_catalog',
    name,
    oid: pgOid ?? ownOid(),
    args,
    returns: BOOL,
    strict: true,
    volatility: 'stable',
    make,
  };
}

/** Every inquiry function in its forms: role left out, by name or by OID; object by name or by OID. Reads PostgreSQL's facts. */
export function privilegeInquiries(): readonly ScalarFunction[] {
  let nextOid = FIRST_OID;
  const ownOid = (): number => nextOid++;
  const given = (...types: readonly (SqlType | null)[]) => types.filter((type) => type !== null);
  const aboutObjects = Object.entries(INQUIRIES).flatMap(([name, about]) =>
    ROLE_ARGUMENTS.flatMap((role) =>
      (about.by.length === 0 ? [null] : about.by).map((object) =>
        inquiry(
          name,
          given(role, object, TEXT),
          () => evaluate(about, role !== null, object !== null),
          ownOid,
        ),
      ),
    ),
  );
  const aboutRoles = ['pg_has_role', 'has_role'].flatMap((name) =>
    ROLE_ARGUMENTS.flatMap((role) =>
      [NAME, OID].map((member) =>
        inquiry(name, given(role, member, TEXT), () => roleMembership(role !== null), ownOid),
      ),
    ),
  );
  return [...aboutObjects, ...aboutRoles];
}
