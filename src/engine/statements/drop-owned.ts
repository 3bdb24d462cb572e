/**
 * DROP OWNED BY: drops what the roles own, takes what was granted to them, forgets default privileges that speak of them.
 * Source: documentation of DROP OWNED.
 */
import { applyChanges } from '../../catalog/apply.ts';
import { del, keyOf, put, type Change } from '../../catalog/changes.ts';
import type { Id } from '../../catalog/ids.ts';
import { effectiveRoles, revoke } from '../../catalog/privileges.ts';
import type { AclEntry, Item } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { notice, planError, warning, type SqlError } from '../../errors.ts';
import type { DropOwned } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import type { IdSource } from '../committer.ts';
import { checksApply, requireMembership } from '../support/access.ts';
import { checkNotBuiltIn, granteeIds } from '../support/grantees.ts';
import { fullItemName, fullSchemaName, kindWord } from '../support/names.ts';
import { everyOwned } from '../support/owned.ts';
import { CASCADE_HINT } from './drop.ts';
import { closeOver, itemDrops } from './drop-changes.ts';
import { clusterDrops, databaseDrops, networkPolicyDrops, schemaDrops } from './drop-containers.ts';
import { done, type Handler, type RunScope, type Scope } from './handler.ts';

type Roles = ReadonlySet<Id>;

/** Ids of what the roles own, by collection. */
interface Owned {
  readonly items: readonly Id[];
  readonly clusters: readonly Id[];
  readonly schemas: readonly Id[];
  readonly databases: readonly Id[];
  readonly policies: readonly Id[];
}

function ownedBy(snapshot: Snapshot, roles: Roles): Owned {
  const idsOf = (records: Iterable<{ readonly id: Id; readonly ownerId: Id }>): Id[] =>
    [...records].filter(({ ownerId }) => roles.has(ownerId)).map(({ id }) => id);
  return {
    items: idsOf(snapshot.items.values()),
    clusters: idsOf(snapshot.clusters.values()),
    schemas: idsOf(snapshot.schemas.values()),
    databases: idsOf(snapshot.databases.values()),
    policies: idsOf(snapshot.small.networkPolicy.values()),
  };
}

export const dropOwned: Handler<DropOwned> = {
  transaction: 'single',
  tag: 'DROP OWNED',
  async run(node, scope) {
    const roleIds = granteeIds(scope.snapshot, node.roles);
    const roles = new Set(roleIds);
    checkNotBuiltIn(scope.snapshot, roleIds, 'drop');
    if (node.behavior !== 'cascade') checkRestrict(scope.snapshot, roles);
    requireMembership(scope, roleIds);
    const before = scope.snapshot;
    const left = await scope.commit((tip, ids) => {
      if (node.behavior !== 'cascade') checkRestrict(tip, roles);
      const dropped = drops(scope, tip, ids, ownedBy(tip, roles));
      const rest = applyChanges(tip, dropped);
      const { changes, refused } = revokes(scope, rest, ids, roles);
      return { changes: [...dropped, ...changes, ...forgotten(scope, rest, ids, roles)], result: refused };
    });
    for (const description of left) {
      scope.notice(warning(`no privileges could be revoked for ${description}`, { code: '01006' }));
    }
    activeDropped(scope, ownedBy(before, roles), before);
    return done('DROP OWNED');
  },
};

// --- what stands in the way without CASCADE

function checkRestrict(snapshot: Snapshot, roles: Roles): void {
  const owned = ownedBy(snapshot, roles);
  for (const id of owned.items) checkItem(snapshot, roles, id);
  for (const id of owned.clusters) checkCluster(snapshot, roles, id);
  for (const id of owned.schemas) checkSchema(snapshot, roles, id);
  for (const id of owned.databases) checkDatabase(snapshot, roles, id);
}

function dependedUpon(snapshot: Snapshot, what: string, dependent: Item): SqlError {
  const by = `${kindWord(dependent.kind)} "${fullItemName(snapshot, dependent)}"`;
  return planError(`cannot drop ${what}: still depended upon by ${by}`, { hint: CASCADE_HINT });
}

function foreign(snapshot: Snapshot, roles: Roles, ids: Iterable<Id>): Item | undefined {
  for (const id of ids) {
    const item = snapshot.items.get(id);
    if (item !== undefined && !roles.has(item.ownerId)) return item;
  }
  return undefined;
}

function checkItem(snapshot: Snapshot, roles: Roles, id: Id): void {
  const item = snapshot.items.get(id);
  if (item === undefined) return;
  const dependent = foreign(snapshot, roles, snapshot.dependents.get(id) ?? []);
  if (dependent === undefined || dependent.kind === 'index') return;
  throw dependedUpon(snapshot, `${kindWord(item.kind)} "${fullItemName(snapshot, item)}"`, dependent);
}

function checkCluster(snapshot: Snapshot, roles: Roles, id: Id): void {
  const inhabitant = foreign(snapshot, roles, snapshot.itemsOfCluster.get(id) ?? []);
  if (inhabitant === undefined) return;
  throw dependedUpon(snapshot, `cluster "${snapshot.clusters.get(id)?.name ?? id}"`, inhabitant);
}

function checkSchema(snapshot: Snapshot, roles: Roles, id: Id): void {
  const schema = snapshot.schemas.get(id);
  if (schema === undefined) return;
  const held = [
    ...(snapshot.itemsOfSchema.get(id)?.values() ?? []),
    ...(snapshot.typesOfSchema.get(id)?.values() ?? []),
  ];
  if (foreign(snapshot, roles, held) === undefined) return;
  throw planError(
    `schema "${fullSchemaName(snapshot, schema)}" cannot be dropped without CASCADE while it contains non-owned objects`,
  );
}

function checkDatabase(snapshot: Snapshot, roles: Roles, id: Id): void {
  const others = snapshot.schemas.some((schema) => schema.databaseId === id && !roles.has(schema.ownerId));
  if (!others) return;
  throw planError(
    `database "${snapshot.databases.get(id)?.name ?? id}" cannot be dropped without CASCADE while it contains non-owned schemas`,
  );
}

// --- what goes

/** Items first, then what held them: each step sees the catalog the one before leaves, so nothing goes twice. */
function drops(scope: Scope, tip: Snapshot, ids: IdSource, owned: Owned): Change[] {
  const changes: Change[] = [];
  let now = tip;
  const step = (edits: readonly Change[]): void => {
    changes.push(...edits);
    now = applyChanges(now, edits);
  };
  step(itemDrops(scope, now, ids, closeOver(now, owned.items)).changes);
  step(clusterDrops(scope, now, ids, owned.clusters).changes);
  step(schemaDrops(scope, now, ids, owned.schemas).changes);
  for (const id of owned.databases) step(databaseDrops(scope, now, ids, id).changes);
  step(networkPolicyDrops(scope, now, ids, owned.policies).changes);
  return changes;
}

interface Revoked {
  readonly changes: Change[];
  /** Descriptions of objects whose grants this session may not take back. */
  readonly refused: string[];
}

/** Takes grants to the roles, as far as the session acts as the one who granted them. */
function revokes(scope: Scope, tip: Snapshot, ids: IdSource, roles: Roles): Revoked {
  const mine = checksApply(scope) ? effectiveRoles(tip, scope.role.id) : null;
  const mayRevoke = (entry: AclEntry): boolean => mine === null || mine.has(entry.grantor);
  const result: Revoked = { changes: [], refused: [] };
  const from = (
    acl: readonly AclEntry[],
    object: { type: string; auditId: string; description: string },
    withAcl: (privileges: readonly AclEntry[]) => Change,
  ): void => {
    const held = acl.filter((entry) => roles.has(entry.grantee));
    const taken = held.filter(mayRevoke);
    if (taken.length < held.length) result.refused.push(object.description);
    if (taken.length === 0) return;
    const left = taken.reduce((list, e) => revoke(list, e.grantee, e.grantor, e.privileges), acl);
    result.changes.push(withAcl(left));
    for (const { grantee, grantor, privileges } of taken) {
      const details = { grantee_id: grantee, grantor_id: grantor, object_id: object.auditId, privileges };
      result.changes.push(auditChange(ids, scope, 'revoke', object.type, details));
    }
  };
  for (const object of everyOwned(tip)) {
    from(object.acl, object, (privileges) => object.with({ privileges }));
  }
  const system = tip.small.systemPrivileges.get('')?.entries ?? [];
  const onSystem = { type: 'system', auditId: 'SYSTEM', description: 'SYSTEM' };
  from(system, onSystem, (entries) => put('systemPrivileges', { entries }));
  return result;
}

/** Default privileges of what the roles make, and those that go to them. */
function forgotten(scope: Scope, tip: Snapshot, ids: IdSource, roles: Roles): Change[] {
  return [...tip.small.defaultPrivilege.values()]
    .filter(({ roleId, granteeId }) => roles.has(roleId) || roles.has(granteeId))
    .flatMap((record) => [
      del('defaultPrivilege', keyOf('defaultPrivilege', record)),
      auditChange(ids, scope, 'revoke', record.objectType, {
        database_id: record.databaseId,
        grantee_id: record.granteeId,
        privileges: record.privileges,
        role_id: record.roleId,
        schema_id: record.schemaId,
      }),
    ]);
}

/** MZ002 and MZ003 when the session's database or cluster went. */
function activeDropped(scope: RunScope, owned: Owned, before: Snapshot): void {
  const { variables } = scope.session;
  const kinds = [
    ['database', 'MZ002', before.databaseByName, owned.databases],
    ['cluster', 'MZ003', before.clusterByName, owned.clusters],
  ] as const;
  for (const [variable, code, byName, dropped] of kinds) {
    const active = variables.text(variable);
    const id = byName.get(active);
    if (id === undefined || !dropped.includes(id)) continue;
    const hint = `Choose a new active ${variable} by executing SET ${variable.toUpperCase()} = <name>.`;
    scope.notice(notice(`active ${variable} "${active}" has been dropped`, { code, hint }));
  }
}
