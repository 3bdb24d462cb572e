/**
 * has_column_privilege and PostgreSQL's inquiries about kinds of objects that carry no grants here. A grant on a relation
 * is one on each of its columns; functions and languages are everybody's.
 */
import { planError } from '../errors.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { Datum } from '../types/datum.ts';
import { INT2, OID, TEXT } from '../types/registry.ts';
import type { SqlType } from '../types/sql-type.ts';
import { resolveReg } from './cast-session.ts';
import { arg } from './define.ts';
import { functionDirectory } from './directory.ts';
import type { ScalarFunction } from './function.ts';
import { itemByOid, notFound, systemObjectByOid, type ObjectFact } from './objects.ts';
import { procFacts } from './pg-facts.ts';
import { findTable, inquiry, ROLE_ARGUMENTS } from './privilege-functions.ts';
import { currentRole, holdsPrivilege, PRIVILEGE_LETTERS, roleOf } from './role-privileges.ts';

type Evaluate = ReturnType<ScalarFunction['make']>;

/** The privileges of `select, Update`, each one of `known`. Throws for any other. */
function checkPrivileges(text: string, known: readonly string[]): readonly string[] {
  return text.split(',').map((part) => {
    const name = part.trim().toUpperCase();
    if (!known.includes(name)) throw planError(`unrecognized privilege type: "${part.trim()}"`);
    return name;
  });
}

function columnNames(session: SessionContext, oid: number): readonly string[] {
  const item = itemByOid(session, oid);
  if (item === undefined) return systemObjectByOid(oid)?.columns ?? [];
  return 'columns' in item ? item.columns.map((column) => column.name) : [];
}

/** Whether the relation has the column: undefined for a number that is none. Throws for an unknown name. */
function hasColumn(session: SessionContext, table: ObjectFact, column: Datum): true | undefined {
  const names = columnNames(session, table.oid);
  if (typeof column === 'number') return column >= 1 && column <= names.length ? true : undefined;
  if (names.includes(column as string)) return true;
  throw planError(`column "${column as string}" of relation "${table.name}" does not exist`);
}

const COLUMN_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE'];

function onColumns(withRole: boolean, withColumn: boolean): Evaluate {
  return (args, session) => {
    const rest = withRole ? args.slice(1) : args;
    const role = withRole ? roleOf(session, arg(args, 0)) : currentRole(session);
    const table = findTable(session, arg(rest, 0)) as ObjectFact | undefined;
    const wanted = checkPrivileges(rest.at(-1) as string, COLUMN_PRIVILEGES);
    if (role === undefined || table === undefined) return null;
    if (withColumn && hasColumn(session, table, arg(rest, 1)) === undefined) return null;
    const letters = wanted.map((name) => PRIVILEGE_LETTERS[name] ?? '');
    return holdsPrivilege(session, role.id, table.privileges, letters);
  };
}

interface OpenKind {
  readonly privileges: readonly string[];
  /** Whether a role may: undefined for an OID that names nothing. Throws for an unknown name. */
  readonly allowed: (session: SessionContext, object: Datum) => boolean | undefined;
}

function unknownKind(word: string): OpenKind['allowed'] {
  return (_session, object) => {
    if (typeof object === 'number') return undefined;
    throw notFound(word, object as string);
  };
}

/** Languages by name, and their OIDs in PostgreSQL; functions of both are built in. */
const LANGUAGES: Readonly<Record<string, number>> = { internal: 12, c: 13, sql: 14 };

const OPEN_KINDS: Readonly<Record<string, OpenKind>> = {
  has_function_privilege: {
    privileges: ['EXECUTE'],
    allowed: (session, object) => {
      const oid = typeof object === 'number' ? object : resolveReg(session, 'regprocedure', object as string);
      return functionDirectory().functionByOid(oid) === undefined && procFacts.ofOid(oid) === undefined
        ? undefined
        : true;
    },
  },
  has_language_privilege: {
    privileges: ['USAGE'],
    allowed: (_session, object) => {
      if (typeof object === 'number') return Object.values(LANGUAGES).includes(object) || undefined;
      if (Object.hasOwn(LANGUAGES, object as string)) return true;
      throw notFound('language', object as string);
    },
  },
  has_tablespace_privilege: {
    privileges: ['CREATE'],
    allowed: (_session, object) => {
      if (object === 'pg_default' || object === 0) return false;
      return unknownKind('tablespace')(_session, object);
    },
  },
  has_sequence_privilege: {
    privileges: ['USAGE', 'SELECT', 'UPDATE'],
    allowed: (session, object) => {
      if (typeof object === 'number') return undefined;
      const table = findTable(session, object) as ObjectFact | undefined;
      throw planError(`"${table?.name ?? ''}" is not a sequence`);
    },
  },
  has_foreign_data_wrapper_privilege: {
    privileges: ['USAGE'],
    allowed: unknownKind('foreign-data wrapper'),
  },
  has_server_privilege: { privileges: ['USAGE'], allowed: unknownKind('server') },
};

function onOpenKind({ privileges, allowed }: OpenKind, withRole: boolean): Evaluate {
  return (args, session) => {
    const role = withRole ? roleOf(session, arg(args, 0)) : currentRole(session);
    const answer = allowed(session, arg(args, withRole ? 1 : 0));
    checkPrivileges(args.at(-1) as string, privileges);
    return role === undefined || answer === undefined ? null : answer;
  };
}

/** Every form of these functions: role left out, by name or by OID; objects by name or by OID. */
export function columnInquiries(): readonly ScalarFunction[] {
  const noOwnOid = (): never => {
    throw new Error('PostgreSQL has every form of these functions');
  };
  const forms = (name: string, rest: readonly SqlType[], make: (withRole: boolean) => Evaluate) =>
    ROLE_ARGUMENTS.map((role) =>
      inquiry(name, [...(role === null ? [] : [role]), ...rest, TEXT], () => make(role !== null), noOwnOid),
    );
  const objects = [TEXT, OID];
  return objects.flatMap((object) => [
    ...[TEXT, INT2].flatMap((column) =>
      forms('has_column_privilege', [object, column], (withRole) => onColumns(withRole, true)),
    ),
    ...forms('has_any_column_privilege', [object], (withRole) => onColumns(withRole, false)),
    ...Object.entries(OPEN_KINDS).flatMap(([name, kind]) =>
      forms(name, [object], (withRole) => onOpenKind(kind, withRole)),
    ),
  ]);
}
