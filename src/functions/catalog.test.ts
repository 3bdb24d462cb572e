/** Functions that read the catalog, over a fresh environment with a few objects. Texts: reference of Materialize's behaviour. */
import { describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from '../catalog/apply.ts';
import { bootstrapChanges } from '../catalog/bootstrap.ts';
import { put } from '../catalog/changes.ts';
import type { AclEntry, Item } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { SessionContext } from '../query/session-context.ts';
import type { Datum } from '../types/datum.ts';
import { OID, TEXT } from '../types/registry.ts';
import { castSession } from './cast-session.ts';
import { evaluateCase, find, testSession } from './test-support.ts';

const base = applyChanges(emptySnapshot(), bootstrapChanges(0));
const owner = base.roleByName.get('materialize') ?? '';
const database = base.databaseByName.get('materialize') ?? '';
const publicSchema = base.schemaByName.get(`${database}/public`) ?? '';

function item(
  id: string,
  oid: number,
  name: string,
  schemaId: string,
  privileges: readonly AclEntry[] = [],
): Item {
  return { kind: 'secret', id, oid, schemaId, name, ownerId: owner, privileges, dependsOn: [], createdAt: 0 };
}

const other = { id: 'u9', oid: 20009, name: 'other', databaseId: database, ownerId: owner, privileges: [] };
const reader = {
  id: 'u8',
  oid: 20008,
  name: 'reader',
  superuser: null,
  login: true,
  passwordHash: null,
  variables: {},
  autoProvisionSource: 'none' as const,
};
const team = { ...reader, id: 'u7', oid: 20007, name: 'team' };
const snapshot: Snapshot = applyChanges(base, [
  put('schema', other),
  put('role', reader),
  put('role', team),
  put('roleMembership', { roleId: 'u7', memberId: 'u8', grantorId: 's1' }),
  put(
    'item',
    item('u101', 20101, 'kafka_password', publicSchema, [{ grantee: 'u7', grantor: owner, privileges: 'U' }]),
  ),
  put('item', item('u102', 20102, 'kafka_password', 'u9')),
  put('item', item('u103', 20103, 'Odd name', 'u9')),
  put('comment', { objectKind: 'secret', objectId: 'u101', columnPosition: null, comment: 'for the broker' }),
]);

const session: SessionContext = {
  ...testSession({}, snapshot),
  effectiveSchemas: [
    base.schemaByName.get('/mz_catalog') ?? '',
    base.schemaByName.get('/pg_catalog') ?? '',
    publicSchema,
  ],
  session: { connectionId: 7, roleId: owner, databaseId: database, databaseName: 'materialize' },
};
const call = (signature: string, ...args: (string | null)[]) => evaluateCase([signature, ...args], session);

describe('names', () => {
  it('are qualified only where the path does not find them', () => {
    const { regName } = castSession(session);
    expect(regName('regclass', 20101)).toBe('kafka_password');
    expect(regName('regclass', 20102)).toBe('other.kafka_password');
    expect(regName('regclass', 20103)).toBe('other."Odd name"');
    expect(regName('regclass', 99)).toBeUndefined();
    expect(call('mz_global_id_to_name(text)', 'u102')).toEqual({ value: 'other.kafka_password' });
    expect(call('mz_global_id_to_name(text)', 'u999')).toEqual({ error: 'global ID u999 does not exist' });
  });

  it('resolve as queries do', () => {
    expect(call('to_regclass(text)', 'kafka_password')).toEqual({ value: 'kafka_password' });
    expect(call('to_regclass(text)', 'materialize.other."Odd name"')).toEqual({ value: 'other."Odd name"' });
    expect(call('to_regclass(text)', 'Odd name')).toEqual({ value: null });
    expect(call('to_regnamespace(text)', 'other')).toEqual({ value: 'other' });
    expect(call('to_regrole(text)', 'reader')).toEqual({ value: 'reader' });
    expect(call('mz_secret_oid(text)', 'other.kafka_password')).toEqual({ value: '20102' });
    expect(call('mz_secret_oid(text)', 'nope')).toEqual({ error: 'secret "nope" does not exist' });
    expect(call('mz_schema_oid(text)', 'materialize.other')).toEqual({ value: '20009' });
    expect(call('mz_normalize_object_name(text)', 'a."B c"')).toEqual({ value: '{NULL,a,"B c"}' });
    expect(call('mz_normalize_object_name(text)', 'a.b.c.d')).toEqual({
      error: 'improper relation name (too many dotted names): a.b.c.d',
    });
  });

  it('tell visibility, owners and comments', () => {
    expect(call('pg_table_is_visible(oid)', '20101')).toEqual({ value: 'true' });
    expect(call('pg_table_is_visible(oid)', '20102')).toEqual({ value: 'false' });
    expect(call('pg_table_is_visible(oid)', '1')).toEqual({ value: null });
    expect(call('pg_type_is_visible(oid)', '25')).toEqual({ value: 'true' });
    expect(call('pg_function_is_visible(oid)', '870')).toEqual({ value: 'true' });
    expect(call('pg_get_userbyid(oid)', '20008')).toEqual({ value: 'reader' });
    expect(call('obj_description(oid,name)', '20101', 'pg_class')).toEqual({ value: 'for the broker' });
    expect(call('obj_description(oid,name)', '20101', 'pg_proc')).toEqual({ value: null });
  });
});

describe('privilege inquiries', () => {
  it('count what the role is in, and nothing for superusers', () => {
    expect(call('has_secret_privilege(name,text,text)', 'reader', 'kafka_password', 'USAGE')).toEqual({
      value: 'true',
    });
    expect(call('has_secret_privilege(name,text,text)', 'reader', 'other.kafka_password', 'USAGE')).toEqual({
      value: 'false',
    });
    expect(call('has_secret_privilege(oid,oid,text)', '20008', '20101', 'CREATE, usage')).toEqual({
      value: 'true',
    });
    expect(call('has_database_privilege(name,text,text)', 'reader', 'materialize', 'CREATE')).toEqual({
      value: 'false',
    });
    expect(call('has_database_privilege(text,text)', 'materialize', 'CREATE')).toEqual({ value: 'true' });
    expect(call('has_cluster_privilege(name,text,text)', 'reader', 'quickstart', 'USAGE')).toEqual({
      value: 'true',
    });
    expect(call('has_system_privilege(name,text)', 'reader', 'CREATEDB')).toEqual({ value: 'false' });
    expect(call('has_system_privilege(text)', 'CREATEDB')).toEqual({ value: 'true' });
  });

  it('answer NULL for unknown OIDs and fail for unknown names', () => {
    expect(call('has_secret_privilege(oid,text)', '1', 'USAGE')).toEqual({ value: null });
    expect(call('has_secret_privilege(text,text)', 'nope', 'USAGE')).toEqual({
      error: 'secret "nope" does not exist',
    });
    expect(call('has_cluster_privilege(text,text)', 'nope', 'USAGE')).toEqual({
      error: 'error cluster "nope" does not exist',
    });
    expect(call('has_schema_privilege(name,text,text)', 'nobody', 'public', 'USAGE')).toEqual({
      error: 'role "nobody" does not exist',
    });
    expect(call('has_database_privilege(text,text)', 'materialize', 'FLY')).toEqual({
      error: 'unrecognized privilege type: "FLY"',
    });
    expect(call('has_database_privilege(text,text)', null, 'USAGE')).toEqual({ value: null });
  });

  it('let everybody connect to a database and make temporary objects in it', () => {
    for (const privilege of ['CONNECT', 'temp', 'USAGE, Temporary']) {
      expect(call('has_database_privilege(name,text,text)', 'nobody-owns', 'materialize', privilege)).toEqual(
        {
          error: 'role "nobody-owns" does not exist',
        },
      );
      expect(call('has_database_privilege(name,text,text)', 'reader', 'materialize', privilege)).toEqual({
        value: 'true',
      });
    }
    expect(call('has_schema_privilege(text,text)', 'public', 'CONNECT')).toEqual({
      error: 'unrecognized privilege type: "CONNECT"',
    });
  });

  it('name the functions by which types are read and written', () => {
    expect(call('to_regproc(text)', 'pg_catalog.array_in')).toEqual({ value: 'array_in' });
    expect(call('to_regproc(text)', 'no_such_in')).toEqual({ value: null });
  });

  it('take column numbers of either width', () => {
    const described = call('col_description(oid,int4)', '20101', '1');
    expect(call('col_description(oid,int8)', '20101', '1')).toEqual(described);
    expect(described).not.toHaveProperty('error');
  });

  it('tell membership', () => {
    expect(call('pg_has_role(name,name,text)', 'reader', 'team', 'MEMBER')).toEqual({ value: 'true' });
    expect(call('has_role(name,name,text)', 'team', 'reader', 'USAGE')).toEqual({ value: 'false' });
    expect(call('pg_has_role(name,oid,text)', 'reader', '1', 'USAGE')).toEqual({ value: 'false' });
    const held = call('mz_role_oid_memberships()');
    expect('value' in held && held.value).toContain('20008=>"{20007,20008}"');
  });
});

describe('sets over the catalog', () => {
  function rows(name: string, args: readonly Datum[]): readonly (readonly Datum[])[] {
    const types = args.map((value) => (typeof value === 'number' ? OID : TEXT));
    const def = find(name, types);
    if (!('kind' in def) || def.kind !== 'table') throw new Error(name);
    return [...def.make({ args: types, typmods: types.map(() => -1), result: TEXT })(args, session)];
  }

  it('mz_resolve_object_name finds one or none', () => {
    const [found] = rows('mz_resolve_object_name', ['kafka_password']);
    expect(found?.slice(0, 6)).toEqual(['u101', 20101, publicSchema, 'kafka_password', 'secret', owner]);
    expect(rows('mz_resolve_object_name', ['nope'])).toEqual([]);
  });
});
