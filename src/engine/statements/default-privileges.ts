/** ALTER DEFAULT PRIVILEGES. Source: documentation of that statement. */
import { del, keyOf, put, type Change } from '../../catalog/changes.ts';
import { PUBLIC_ROLE_ID, type Id } from '../../catalog/ids.ts';
import { normalizePrivileges } from '../../catalog/privileges.ts';
import type { DefaultPrivilegeRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { planError } from '../../errors.ts';
import type { AlterDefaultPrivileges } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import { requireDatabasePrivilege, requireMembership, requireSuperuser } from '../support/access.ts';
import { checkStillThere, granteeIds } from '../support/grantees.ts';
import { ALL_PRIVILEGES, checkValid, lettersOf, without } from '../support/privilege-kinds.ts';
import { databaseNamed, schemaNamed } from '../support/resolve.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

/** Where new objects are meant: everywhere, in a database, in a schema. */
interface Place {
  readonly databaseId: Id | null;
  readonly schemaId: Id | null;
}

const EVERYWHERE: Place = { databaseId: null, schemaId: null };

function places(node: AlterDefaultPrivileges, scope: Scope): readonly Place[] {
  if (node.in === null) return [EVERYWHERE];
  const word = node.in.kind === 'schemas' ? 'SCHEMA' : 'DATABASE';
  const { objectKind } = node;
  const contradicts =
    objectKind === 'cluster' || objectKind === 'database' || (objectKind === 'schema' && word === 'SCHEMA');
  if (contradicts) throw planError(`cannot specify ${objectKind.toUpperCase()}S and IN ${word}`);
  if (node.in.kind === 'databases') {
    return node.in.names.map((name) => ({
      databaseId: databaseNamed(scope.snapshot, name).id,
      schemaId: null,
    }));
  }
  return node.in.names.map((name) => {
    const schema = schemaNamed(scope, name.parts);
    if (schema.databaseId === null) throw planError(`system schema '${schema.name}' cannot be modified`);
    return { databaseId: schema.databaseId, schemaId: schema.id };
  });
}

const ALL_ROLES_ACTION = 'ALTER DEFAULT PRIVILEGES FOR ALL ROLES';

function checkAccess(scope: Scope, creators: readonly Id[], where: readonly Place[]): void {
  requireMembership(
    scope,
    creators.filter((id) => id !== PUBLIC_ROLE_ID),
  );
  for (const { databaseId, schemaId } of where) {
    if (databaseId !== null && schemaId !== null) requireDatabasePrivilege(scope, 'U', databaseId);
  }
  if (creators.includes(PUBLIC_ROLE_ID)) requireSuperuser(scope, ALL_ROLES_ACTION);
}

export const alterDefaultPrivileges: Handler<AlterDefaultPrivileges> = {
  transaction: 'single',
  tag: 'ALTER DEFAULT PRIVILEGES',
  async run(node, scope) {
    const creators =
      node.targetRoles === 'all' ? [PUBLIC_ROLE_ID] : granteeIds(scope.snapshot, node.targetRoles);
    const grantees = granteeIds(scope.snapshot, node.grantees);
    const where = places(node, scope);
    const valid = ALL_PRIVILEGES[node.objectKind];
    const letters = lettersOf(node.privileges, valid);
    checkValid(letters, valid, node.objectKind.toUpperCase());
    checkAccess(scope, creators, where);
    const wanted = creators.flatMap((roleId) =>
      where.flatMap((place) =>
        grantees.map((granteeId) => ({
          roleId,
          ...place,
          objectType: node.objectKind,
          granteeId,
          privileges: letters,
        })),
      ),
    );
    await scope.commit((tip, ids) => {
      checkStillThere(tip, [...creators, ...grantees]);
      return {
        changes: wanted.flatMap((record) => recordChanges(scope, tip, ids, node.isGrant, record)),
        result: undefined,
      };
    });
    return done('ALTER DEFAULT PRIVILEGES');
  },
};

/** Adds letters to a default privilege, or takes them; nothing when that makes no difference. */
function recordChanges(
  scope: RunScope,
  tip: Snapshot,
  ids: IdSource,
  isGrant: boolean,
  wanted: DefaultPrivilegeRecord,
): Change[] {
  const key = keyOf('defaultPrivilege', wanted);
  const held = tip.small.defaultPrivilege.get(key)?.privileges ?? '';
  const after = isGrant ? normalizePrivileges(held + wanted.privileges) : without(held, wanted.privileges);
  if (after === held) return [];
  const event = auditChange(ids, scope, isGrant ? 'grant' : 'revoke', wanted.objectType, {
    database_id: wanted.databaseId,
    grantee_id: wanted.granteeId,
    privileges: wanted.privileges,
    role_id: wanted.roleId,
    schema_id: wanted.schemaId,
  });
  const edit =
    after === '' ? del('defaultPrivilege', key) : put('defaultPrivilege', { ...wanted, privileges: after });
  return [edit, event];
}
