/** CREATE DATABASE and CREATE SCHEMA. Source: documentation of those statements. */
import { put } from '../../catalog/changes.ts';
import { newObjectAcl } from '../../catalog/privileges.ts';
import { PUBLIC_ROLE_ID, type Id } from '../../catalog/ids.ts';
import type { DatabaseRecord, SchemaRecord } from '../../catalog/records.ts';
import type { Snapshot } from '../../catalog/snapshot.ts';
import { limitExceeded, notice, planError } from '../../errors.ts';
import type { CreateDatabase, CreateSchema } from '../../sql/nodes.ts';
import { auditChange } from '../audit.ts';
import { requireDatabasePrivilege, requireSystemPrivilege } from '../support/access.ts';
import { done, type Handler, type Scope } from './handler.ts';

function checkDatabaseLimit(scope: Scope, tip: Snapshot): void {
  const limit = Number(scope.services.systemVariable(tip, 'max_databases'));
  const current = tip.databases.count((database) => database.id.startsWith('u'));
  if (current >= limit) throw limitExceeded('database', 'max_databases', current + 1, limit, current);
}

export const createDatabase: Handler<CreateDatabase> = {
  transaction: 'single',
  tag: 'CREATE DATABASE',
  async run(node, scope) {
    requireSystemPrivilege(scope, 'B');
    const created = await scope.commit((tip, ids) => {
      if (tip.databaseByName.has(node.name)) {
        if (node.ifNotExists) return { changes: [], result: false };
        throw planError(`database '${node.name}' already exists`);
      }
      checkDatabaseLimit(scope, tip);
      const ownerId = scope.role.id;
      const database: DatabaseRecord = {
        id: ids.next('database'),
        oid: ids.nextNumber('oid'),
        name: node.name,
        ownerId,
        privileges: newObjectAcl(tip, { objectType: 'database', ownerId, privileges: 'UC' }),
      };
      const owned = newObjectAcl(tip, {
        objectType: 'schema',
        ownerId,
        privileges: 'UC',
        databaseId: database.id,
      });
      const schema: SchemaRecord = {
        id: ids.next('schema'),
        oid: ids.nextNumber('oid'),
        name: 'public',
        databaseId: database.id,
        ownerId,
        privileges: [{ grantee: PUBLIC_ROLE_ID, grantor: ownerId, privileges: 'U' }, ...owned],
      };
      const { id, name } = database;
      return {
        changes: [
          put('database', database),
          put('schema', schema),
          auditChange(ids, scope, 'create', 'database', { id, name }),
          auditChange(ids, scope, 'create', 'schema', { database_name: name, id: schema.id, name: 'public' }),
        ],
        result: true,
      };
    });
    if (!created) {
      scope.notice(notice(`database "${node.name}" already exists, skipping`, { code: '42P04' }));
    }
    return done('CREATE DATABASE');
  },
};

/** Refuses names of system schemas. */
export function checkSchemaName(name: string): void {
  if (!/^(mz_|pg_|external_)/.test(name)) return;
  throw planError(`unacceptable schema name '${name}'`, {
    detail: 'The prefixes "mz_" and "pg_" are reserved for system schemas.',
  });
}

function databaseFor(node: CreateSchema, scope: Scope): Id {
  const { parts } = node.name;
  if (parts.length > 2) throw planError(`schema name ${parts.join('.')} has more than two components`);
  if (parts.length === 2) {
    const id = scope.snapshot.databaseByName.get(parts[0]!);
    if (id === undefined) throw planError(`invalid database ${parts[0]}`);
    return id;
  }
  const id = scope.session.namespace(scope.snapshot).databaseId;
  if (id === null) throw planError('no database specified and no active database');
  return id;
}

export const createSchema: Handler<CreateSchema> = {
  transaction: 'single',
  tag: 'CREATE SCHEMA',
  async run(node, scope) {
    const databaseId = databaseFor(node, scope);
    const name = node.name.parts.at(-1)!;
    checkSchemaName(name);
    requireDatabasePrivilege(scope, 'C', databaseId);
    const created = await scope.commit((tip, ids) => {
      const database = tip.databases.get(databaseId);
      if (database === undefined) throw planError(`unknown database '${databaseId}'`);
      if (tip.schemaByName.has(`${databaseId}/${name}`)) {
        if (node.ifNotExists) return { changes: [], result: false };
        throw planError(`schema '${name}' already exists`);
      }
      checkSchemaLimit(scope, tip, databaseId);
      const schema: SchemaRecord = {
        id: ids.next('schema'),
        oid: ids.nextNumber('oid'),
        name,
        databaseId,
        ownerId: scope.role.id,
        privileges: newObjectAcl(tip, {
          objectType: 'schema',
          ownerId: scope.role.id,
          privileges: 'UC',
          databaseId,
        }),
      };
      const details = { database_name: database.name, id: schema.id, name };
      return {
        changes: [put('schema', schema), auditChange(ids, scope, 'create', 'schema', details)],
        result: true,
      };
    });
    if (!created) scope.notice(notice(`schema "${name}" already exists, skipping`, { code: '42P06' }));
    return done('CREATE SCHEMA');
  },
};

function checkSchemaLimit(scope: Scope, tip: Snapshot, databaseId: Id): void {
  const limit = Number(scope.services.systemVariable(tip, 'max_schemas_per_database'));
  const current = tip.schemas.count((schema) => schema.databaseId === databaseId);
  if (current >= limit)
    throw limitExceeded('schema', 'max_schemas_per_database', current + 1, limit, current);
}
