/** GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, REASSIGN OWNED, DROP OWNED. */
import type {
  GrantScope,
  GrantTarget,
  GrantableKind,
  ObjectKind,
  PrivilegeList,
  PrivilegeName,
  Statement,
} from '../nodes.ts';
import { oneOf, type TokenStream } from '../token-stream.ts';
import { takeBehavior, takeObjectKind } from './common.ts';

const PRIVILEGES = [
  'INSERT',
  'SELECT',
  'UPDATE',
  'DELETE',
  'USAGE',
  'CREATE',
  'CREATEROLE',
  'CREATEDB',
  'CREATECLUSTER',
  'CREATENETWORKPOLICY',
] as const satisfies readonly PrivilegeName[];

const PLURALS = {
  TABLES: 'table',
  TYPES: 'type',
  SECRETS: 'secret',
  CONNECTIONS: 'connection',
  SCHEMAS: 'schema',
  DATABASES: 'database',
  CLUSTERS: 'cluster',
} as const satisfies Record<string, GrantableKind>;

type Plural = keyof typeof PLURALS;
const PLURAL_WORDS = Object.keys(PLURALS) as readonly Plural[];

/** grant = "GRANT" (privs "ON" target "TO" roles | roles "TO" roles) */
export function parseGrant(stream: TokenStream): Statement {
  const privileges = takePrivileges(stream);
  if (privileges === null) {
    const roles = parseRoles(stream);
    stream.expectKeyword('TO');
    return { kind: 'grant role', roles, members: parseRoles(stream) };
  }
  stream.expectKeyword('ON');
  const target = parseTarget(stream, 'GRANT');
  stream.expectKeyword('TO');
  return { kind: 'grant privileges', privileges, target, roles: parseRoles(stream) };
}

/** revoke = "REVOKE" (privs "ON" target "FROM" roles | roles "FROM" roles) */
export function parseRevoke(stream: TokenStream): Statement {
  const privileges = takePrivileges(stream);
  if (privileges === null) {
    const roles = parseRoles(stream);
    stream.expectKeyword('FROM');
    return { kind: 'revoke role', roles, members: parseRoles(stream) };
  }
  stream.expectKeyword('ON');
  const target = parseTarget(stream, 'REVOKE');
  stream.expectKeyword('FROM');
  return { kind: 'revoke privileges', privileges, target, roles: parseRoles(stream) };
}

/** privs = "ALL" ["PRIVILEGES"] | privilege {"," privilege}; null when the list is one of roles. */
function takePrivileges(stream: TokenStream): PrivilegeList | null {
  if (stream.takeKeyword('ALL')) {
    stream.takeKeyword('PRIVILEGES');
    return 'all';
  }
  const token = stream.peek();
  if (token.kind !== 'keyword' || !(PRIVILEGES as readonly string[]).includes(token.value)) return null;
  // A role may be called `usage`: then TO or FROM follows, or another role.
  if (stream.isIdentifier() && !stream.isKeyword('ON', 1) && !stream.is('comma', 1)) return null;
  return stream.commaSeparated(() => stream.expectOneOf(PRIVILEGES));
}

/** roles = ["GROUP"] role {"," ["GROUP"] role} */
export function parseRoles(stream: TokenStream): string[] {
  return stream.commaSeparated(() => {
    stream.takeKeyword('GROUP');
    return stream.identifier();
  });
}

/** target = "SYSTEM" | "ALL" plural [scope] | [kind] name,... */
function parseTarget(stream: TokenStream, verb: 'GRANT' | 'REVOKE'): GrantTarget {
  if (stream.takeKeyword('SYSTEM')) return { kind: 'system' };
  if (stream.takeKeyword('ALL')) return parseAllTarget(stream);
  const at = stream.peek();
  const startsName =
    stream.isIdentifier() && (stream.is('dot', 1) || stream.is('comma', 1) || endsTarget(stream));
  const kind = startsName ? 'table' : (takeObjectKind(stream) ?? 'table');
  const objectKind = grantable(kind) ?? refuseKind(stream, verb, kind, at);
  const names = stream.commaSeparated(() =>
    objectKind === 'cluster' || objectKind === 'database' || objectKind === 'network policy'
      ? stream.singleName()
      : stream.objectName(),
  );
  return { kind: 'objects', objectKind, names };
}

/** Whether the one word before TO or FROM is all of the target. */
function endsTarget(stream: TokenStream): boolean {
  return stream.isKeyword('TO', 1) || stream.isKeyword('FROM', 1);
}

function grantable(kind: ObjectKind): GrantableKind | null {
  switch (kind) {
    case 'table':
    case 'type':
    case 'secret':
    case 'connection':
    case 'cluster':
    case 'database':
    case 'schema':
    case 'network policy':
      return kind;
    default:
      return null;
  }
}

function refuseKind(
  stream: TokenStream,
  verb: string,
  kind: ObjectKind,
  at: ReturnType<TokenStream['peek']>,
): never {
  const name = kind.toUpperCase();
  if (kind === 'view' || kind === 'materialized view' || kind === 'source' || kind === 'continual task') {
    stream.fail(`For object type ${name}, you must specify 'TABLE' or omit the object type`, at);
  }
  return stream.fail(`Unsupported ${verb} on ${name}`, at);
}

/** "ALL" plural ["IN" ("SCHEMA" schema,... | "DATABASE" db,...)], after ALL */
function parseAllTarget(stream: TokenStream): GrantTarget {
  const plural = stream.expectOneOf(PLURAL_WORDS);
  const scopeAt = stream.peek();
  const scope = parseOptionalScope(stream);
  const noScope =
    plural === 'DATABASES' || plural === 'CLUSTERS' || (plural === 'SCHEMAS' && scope?.kind === 'schemas');
  if (scope !== null && noScope) stream.fail(`IN invalid for ${plural}`, scopeAt);
  return { kind: 'all', objectKind: PLURALS[plural], in: scope };
}

/** ["IN" ("SCHEMA" schema,... | "DATABASE" db,...)] */
function parseOptionalScope(stream: TokenStream): GrantScope | null {
  if (!stream.takeKeyword('IN')) return null;
  if (stream.expectOneOf(['SCHEMA', 'DATABASE']) === 'SCHEMA') {
    return { kind: 'schemas', names: stream.commaSeparated(() => stream.objectName()) };
  }
  return { kind: 'databases', names: stream.commaSeparated(() => stream.identifier()) };
}

/**
 * alter_default = "ALTER" "DEFAULT" "PRIVILEGES" "FOR" (("ROLE" | "USER") role,... | "ALL" "ROLES") [scope]
 *                 ("GRANT" privs "ON" plural "TO" role,... | "REVOKE" privs "ON" plural "FROM" role,...)
 */
export function parseAlterDefaultPrivileges(stream: TokenStream): Statement {
  stream.expectKeyword('PRIVILEGES');
  stream.expectKeyword('FOR');
  let targetRoles: 'all' | string[] = 'all';
  if (stream.expectOneOf(['ROLE', 'USER', 'ALL']) === 'ALL') stream.expectKeyword('ROLES');
  else targetRoles = stream.commaSeparated(() => stream.identifier());
  const scope = parseOptionalScope(stream);
  const verb = stream.expectOneOf(['GRANT', 'REVOKE']);
  const privileges = takePrivileges(stream) ?? stream.expected(oneOf([...PRIVILEGES, 'ALL']));
  stream.expectKeyword('ON');
  const objectKind = parsePlural(stream, verb);
  stream.expectKeyword(verb === 'GRANT' ? 'TO' : 'FROM');
  const grantees = parseRoles(stream);
  return {
    kind: 'alter default privileges',
    targetRoles,
    in: scope,
    isGrant: verb === 'GRANT',
    privileges,
    objectKind,
    grantees,
  };
}

/** Plurals that parse, only to be refused in words of their own. */
const REFUSED_PLURALS: Readonly<Record<string, ObjectKind>> = {
  VIEWS: 'view',
  SOURCES: 'source',
  SINKS: 'sink',
  INDEXES: 'index',
  ROLES: 'role',
};

function parsePlural(stream: TokenStream, verb: 'GRANT' | 'REVOKE'): (typeof PLURALS)[Plural] {
  const at = stream.peek();
  if (at.kind === 'keyword') {
    const refused =
      REFUSED_PLURALS[at.value] ??
      (stream.isKeywords('MATERIALIZED VIEWS') ? 'materialized view' : undefined);
    if (refused !== undefined) refuseKind(stream, verb, refused, at);
  }
  return PLURALS[stream.expectOneOf(PLURAL_WORDS)];
}

/** reassign = "REASSIGN" "OWNED" "BY" role,... "TO" role */
export function parseReassignOwned(stream: TokenStream): Statement {
  stream.expectKeywords('OWNED BY');
  const roles = stream.commaSeparated(() => stream.identifier());
  stream.expectKeyword('TO');
  return { kind: 'reassign owned', roles, to: stream.identifier() };
}

/** drop_owned = "DROP" "OWNED" "BY" role,... [CASCADE | RESTRICT], after OWNED */
export function parseDropOwned(stream: TokenStream): Statement {
  stream.expectKeyword('BY');
  const roles = stream.commaSeparated(() => stream.identifier());
  return { kind: 'drop owned', roles, behavior: takeBehavior(stream) };
}

/** Kind of object in a privilege listing's ON, in the plural and in lower case: `secrets`; also `system`. */
export function parsePluralWord(stream: TokenStream): string {
  return stream.expectOneOf([...PLURAL_WORDS, 'SYSTEM']).toLowerCase();
}
