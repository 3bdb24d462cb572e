/**
 * What reading a relation needs: USAGE on its schema and SELECT on it; for a view, its owner needs the same of whatever
 * the view reads, and so on down. Source: documentation of access control, privileges of SELECT.
 */
import { hasPrivilege } from '../../catalog/privileges.ts';
import type { Id } from '../../catalog/ids.ts';
import type { AclEntry, Item } from '../../catalog/records.ts';
import { permissionDenied } from '../../errors.ts';
import type { RelationUse } from '../../query/plan.ts';
import { systemObjectById } from '../../relations/objects.ts';
import type { Scope } from '../statements/handler.ts';
import { checksApply, privilegeNames } from './access.ts';
import { describeObject, fullSchemaName } from './names.ts';
import { ownedBuiltIn, ownedItem } from './owned.ts';
import { roleNameOf } from './grantees.ts';

/** Throws 42501 unless the session's role may read the relation. */
export function requireRead(scope: Scope, item: Item): void {
  requireReadAll(scope, [{ id: item.id, kind: 'item', viaViews: [] }]);
}

/** Throws 42501 at the first relation of a query that may not be read, in the order the query names them. */
export function requireReadAll(scope: Scope, relations: readonly RelationUse[]): void {
  if (!checksApply(scope)) return;
  const seen = new Set<string>();
  // What a view reads is found from the view, which is the first of `viaViews`.
  for (const { id, viaViews } of relations) checkRead(scope, viaViews[0] ?? id, scope.role.id, seen);
}

/** `seen` holds the pairs of role and relation that were found in order. */
function checkRead(scope: Scope, id: Id, roleId: Id, seen: Set<string>): void {
  const key = `${roleId}/${id}`;
  if (seen.has(key)) return;
  seen.add(key);
  const item = scope.snapshot.items.get(id);
  if (item === undefined) return checkBuiltIn(scope, id, roleId);
  checkSchema(scope, item.schemaId, roleId);
  const { description, acl } = ownedItem(scope.snapshot, item);
  check(scope, roleId, 'r', acl, description);
  if (item.kind !== 'view' && item.kind !== 'materialized-view') return;
  for (const { id: readId } of item.query.references) {
    if (isReadable(scope, readId)) checkRead(scope, readId, item.ownerId, seen);
  }
}

/** A view's text also names types and functions, which are not read. */
function isReadable(scope: Scope, id: Id): boolean {
  const kind = (scope.snapshot.items.get(id) ?? systemObjectById(id))?.kind;
  return kind !== 'type' && kind !== 'function' && kind !== 'secret' && kind !== 'connection';
}

function checkBuiltIn(scope: Scope, id: Id, roleId: Id): void {
  const object = systemObjectById(id);
  if (object === undefined) return;
  checkSchema(scope, object.schemaId, roleId);
  const { description, acl } = ownedBuiltIn(scope.snapshot, object);
  check(scope, roleId, 'r', acl, description);
}

/** Schemas of temporary items have no record, and are their session's own. */
function checkSchema(scope: Scope, schemaId: Id, roleId: Id): void {
  const schema = scope.snapshot.schemas.get(schemaId);
  if (schema === undefined) return;
  check(
    scope,
    roleId,
    'U',
    schema.privileges,
    describeObject('SCHEMA', fullSchemaName(scope.snapshot, schema)),
  );
}

function check(
  scope: Scope,
  roleId: Id,
  letter: string,
  acl: readonly AclEntry[],
  description: string,
): void {
  if (hasPrivilege(scope.snapshot, roleId, acl, letter)) return;
  const role = roleNameOf(scope.snapshot, roleId);
  throw permissionDenied(
    description,
    `The '${role}' role needs ${privilegeNames(letter)} privileges on ${description}`,
  );
}
