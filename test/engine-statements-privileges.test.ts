/**
 * GRANT, REVOKE, default privileges, owners: what clients are told, what the catalog and the audit log hold afterwards.
 * Expectations are texts and details of the documented system, not of this code.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine, type TestSession } from './support/engine.ts';

let engine: TestEngine;
let system: TestSession;
let admin: TestSession;

beforeEach(async () => {
  engine = await startEngine();
  system = await engine.session('mz_system');
  admin = await engine.session('materialize');
});
afterEach(() => engine.close());

function roleId(name: string): string {
  return engine.snapshot().roleByName.get(name)!;
}

/** `grantee=letters/grantor` of an item, by role names. */
function aclOf(name: string): readonly string[] {
  const snapshot = engine.snapshot();
  const item = [...snapshot.items.values()].find((each) => each.name === name)!;
  return aclText(item.privileges);
}

function aclText(
  acl: readonly { readonly grantee: string; readonly grantor: string; readonly privileges: string }[],
): readonly string[] {
  const snapshot = engine.snapshot();
  const nameOf = (id: string): string => (id === 'p' ? '' : (snapshot.roles.get(id)?.name ?? id));
  return acl.map((e) => `${nameOf(e.grantee)}=${e.privileges}/${nameOf(e.grantor)}`);
}

/** The last events, oldest first. */
function events(count: number): readonly unknown[] {
  return engine
    .snapshot()
    .auditEvents.takeLast(count)
    .map(({ eventType, objectType, details, user }) => ({ eventType, objectType, details, user }))
    .toArray();
}

function eventCount(): number {
  return engine.snapshot().auditEvents.size;
}

const POSTGRES = "TO POSTGRES (HOST 'db', DATABASE 'd', USER 'u') WITH (VALIDATE = false)";

async function makeConnection(name = 'c'): Promise<void> {
  await admin.exec(`CREATE CONNECTION ${name} ${POSTGRES}`);
}

describe('GRANT and REVOKE of privileges', () => {
  beforeEach(async () => {
    await admin.all('CREATE ROLE joe', 'CREATE ROLE other');
    await makeConnection();
  });

  it('adds an entry by the owner and logs it', async () => {
    expect(await admin.all('GRANT USAGE ON CONNECTION c TO joe')).toEqual(['GRANT']);
    expect(aclOf('c')).toEqual(['materialize=U/materialize', 'joe=U/materialize']);
    expect(events(1)).toEqual([
      {
        eventType: 'grant',
        objectType: 'connection',
        details: { grantee_id: roleId('joe'), grantor_id: 'u1', object_id: 'Iu1', privileges: 'U' },
        user: 'materialize',
      },
    ]);
  });

  it('says nothing and logs nothing when nothing changes', async () => {
    await admin.exec('GRANT USAGE ON CONNECTION c TO joe');
    const before = eventCount();
    expect(
      await admin.all('GRANT USAGE ON CONNECTION c TO joe', 'REVOKE USAGE ON CONNECTION c FROM other'),
    ).toEqual(['GRANT', 'REVOKE']);
    expect(aclOf('c')).toEqual(['materialize=U/materialize', 'joe=U/materialize']);
    expect(eventCount()).toBe(before);
    expect(admin.notices()).toEqual([]);
  });

  it('takes the entry away with its last privilege', async () => {
    await admin.all(
      'GRANT ALL ON CONNECTION c TO joe, other',
      'REVOKE ALL PRIVILEGES ON CONNECTION c FROM joe',
    );
    expect(aclOf('c')).toEqual(['materialize=U/materialize', 'other=U/materialize']);
  });

  it('records the owner as grantor whoever grants', async () => {
    await system.exec('GRANT USAGE ON CONNECTION c TO joe');
    expect(aclOf('c')).toEqual(['materialize=U/materialize', 'joe=U/materialize']);
  });

  it('refuses privileges that the kind does not have, in canonical order', async () => {
    expect(await admin.error('GRANT INSERT, SELECT, UPDATE, DELETE, CREATE ON CONNECTION c TO joe')).toEqual({
      code: 'XX000',
      message:
        'invalid privilege types SELECT, INSERT, UPDATE, DELETE, CREATE for CONNECTION "materialize.public.c"',
    });
    expect(await system.error('GRANT SELECT ON SYSTEM TO joe')).toMatchObject({
      message: 'invalid privilege types SELECT for SYSTEM',
    });
  });

  it('takes table privileges on other relations with a notice', async () => {
    await admin.exec('CREATE SOURCE s FROM LOAD GENERATOR COUNTER');
    admin.notices();
    await admin.exec('GRANT SELECT, INSERT ON s TO joe');
    expect(admin.notices()).toMatchObject([
      {
        severity: 'NOTICE',
        code: '00000',
        message: 'non-applicable privilege types INSERT for SOURCE "materialize.public.s"',
      },
    ]);
    expect(aclOf('s')).toEqual(['materialize=r/materialize', 'joe=r/materialize']);
    expect(await admin.error('GRANT USAGE ON TABLE s TO joe')).toMatchObject({
      message: 'invalid privilege types USAGE for SOURCE "materialize.public.s"',
    });
  });

  it('refuses an object of another kind', async () => {
    expect(await admin.error('GRANT SELECT ON TABLE c TO joe')).toMatchObject({
      message: 'CONNECTION materialize.public.c is not a TABLE',
    });
    expect(await admin.error('GRANT USAGE ON SECRET c TO joe')).toMatchObject({
      message: 'CONNECTION materialize.public.c is not a SECRET',
    });
    expect(await admin.error('GRANT USAGE ON SECRET nope TO joe')).toMatchObject({
      message: "unknown catalog item 'nope'",
    });
  });

  it('needs ownership', async () => {
    const joe = await engine.session('joe');
    expect(await joe.error('GRANT USAGE ON CONNECTION c TO other')).toEqual({
      code: '42501',
      message: 'must be owner of CONNECTION materialize.public.c',
    });
    expect(await joe.error('GRANT USAGE ON CLUSTER mz_system TO other')).toEqual({
      code: '42501',
      message: 'must be owner of CLUSTER mz_system',
    });
    expect(await joe.error('GRANT SELECT ON mz_catalog.mz_tables TO other')).toEqual({
      code: '42501',
      message: 'must be owner of TABLE mz_catalog.mz_tables',
    });
  });

  it('never changes built-in objects', async () => {
    expect(await system.error('GRANT SELECT ON mz_catalog.mz_tables TO joe')).toMatchObject({
      message: "system item 'mz_catalog.mz_tables' cannot be modified",
    });
    expect(await system.error('GRANT USAGE ON SCHEMA mz_catalog TO joe')).toMatchObject({
      message: "system schema 'mz_catalog' cannot be modified",
    });
    expect(await system.error('GRANT USAGE ON CLUSTER mz_catalog_server TO joe')).toMatchObject({
      message: "system cluster 'mz_catalog_server' cannot be modified",
    });
    expect(await system.error('GRANT USAGE ON SCHEMA mz_temp TO joe')).toMatchObject({
      message: 'cannot grant or revoke privileges on schema mz_temp because it is a temporary schema',
    });
  });

  it('grants to PUBLIC but not to built-in roles', async () => {
    await admin.exec('GRANT USAGE ON CONNECTION c TO PUBLIC');
    expect(aclOf('c')).toContain('=U/materialize');
    expect(await admin.error('GRANT USAGE ON CONNECTION c TO mz_support')).toMatchObject({
      code: 'XX000',
      message: 'role name "mz_support" is reserved',
      detail: 'The role prefixes "mz_" and "pg_" are reserved for system roles.',
    });
    expect(await admin.error('GRANT USAGE ON CONNECTION c TO nobody')).toMatchObject({
      message: "unknown role 'nobody'",
    });
  });

  it('grants on everything of a kind in schemas, databases, or everywhere', async () => {
    await admin.exec('CREATE SCHEMA other_schema');
    await admin.exec(`CREATE CONNECTION other_schema.d ${POSTGRES}`);
    await admin.exec('GRANT USAGE ON ALL CONNECTIONS IN SCHEMA other_schema TO joe');
    expect(aclOf('c')).not.toContain('joe=U/materialize');
    expect(aclOf('d')).toContain('joe=U/materialize');
    await admin.exec('GRANT USAGE ON ALL CONNECTIONS IN DATABASE materialize TO other');
    expect([...aclOf('c'), ...aclOf('d')].filter((entry) => entry.startsWith('other='))).toHaveLength(2);
    await system.exec('GRANT CREATE ON ALL SCHEMAS TO joe');
    const schemas = [...engine.snapshot().schemas.values()].filter((s) =>
      aclText(s.privileges).some((entry) => entry.startsWith('joe=C')),
    );
    expect(schemas.map((s) => s.name).sort()).toEqual(['other_schema', 'public']);
  });

  it('grants on SYSTEM for superusers only', async () => {
    expect(await admin.error('GRANT CREATEDB ON SYSTEM TO joe')).toEqual({
      code: '42501',
      message: 'permission denied to GRANT/REVOKE SYSTEM PRIVILEGES',
      detail: 'You must be a superuser to GRANT/REVOKE SYSTEM PRIVILEGES',
    });
    await system.exec('GRANT CREATEDB, CREATEROLE ON SYSTEM TO joe');
    expect(aclText(engine.snapshot().small.systemPrivileges.get('')!.entries)).toContain('joe=RB/mz_system');
    expect(events(1)).toMatchObject([
      { eventType: 'grant', objectType: 'system', details: { object_id: 'SYSTEM', privileges: 'RB' } },
    ]);
    const joe = await engine.session('joe');
    expect(await joe.all('CREATE DATABASE mine')).toEqual(['CREATE DATABASE']);
  });
});

describe('GRANT and REVOKE of roles', () => {
  beforeEach(() => admin.all('CREATE ROLE a', 'CREATE ROLE b', 'CREATE ROLE c'));

  it('records membership by mz_system and logs it', async () => {
    expect(await admin.all('GRANT a TO b')).toEqual(['GRANT ROLE']);
    expect(events(1)).toEqual([
      {
        eventType: 'grant',
        objectType: 'role',
        details: { executed_by: 'u1', grantor_id: 's1', member_id: roleId('b'), role_id: roleId('a') },
        user: 'materialize',
      },
    ]);
    expect(await admin.all('REVOKE a FROM b')).toEqual(['REVOKE ROLE']);
    expect(engine.snapshot().small.roleMembership.size).toBe(0);
  });

  it('tells of what is there already, and of what is not', async () => {
    await admin.all('GRANT a TO b', 'GRANT a TO b, c');
    expect(admin.notices()).toMatchObject([
      { severity: 'NOTICE', code: '00000', message: 'role "b" is already a member of role "a"' },
    ]);
    await admin.exec('REVOKE b FROM c');
    expect(admin.notices()).toMatchObject([
      { severity: 'WARNING', code: '01000', message: 'role "c" is not a member of role "b"' },
    ]);
  });

  it('refuses cycles, also through others and within one statement', async () => {
    await admin.all('GRANT a TO b', 'GRANT b TO c');
    expect(await admin.error('GRANT c TO a')).toMatchObject({ message: 'role "c" is a member of role "a"' });
    expect(await admin.error('GRANT a TO a')).toMatchObject({ message: 'role "a" is a member of role "a"' });
    expect(await admin.error('REVOKE a FROM nobody')).toMatchObject({ message: "unknown role 'nobody'" });
    await admin.all('REVOKE a FROM b', 'REVOKE b FROM c');
    expect(await admin.error('GRANT a, b TO b, a')).toMatchObject({ code: 'XX000' });
    expect(engine.snapshot().small.roleMembership.size).toBe(0);
  });

  it('refuses built-in roles, except those that are there to be granted', async () => {
    expect(await admin.error('GRANT mz_system TO a')).toMatchObject({
      message: 'role name "mz_system" cannot be granted',
    });
    expect(await admin.error('GRANT PUBLIC TO a')).toMatchObject({
      message: 'role name "public" cannot be granted',
    });
    expect(await admin.error('GRANT a TO mz_support')).toMatchObject({
      message: 'role name "mz_support" is reserved',
    });
    expect(await admin.all('GRANT mz_monitor TO a')).toEqual(['GRANT ROLE']);
  });

  it('needs CREATEROLE', async () => {
    const a = await engine.session('a');
    expect(await a.error('GRANT b TO c')).toEqual({
      code: '42501',
      message: 'permission denied for SYSTEM',
      detail: "The 'a' role needs CREATEROLE privileges on SYSTEM",
    });
  });
});

describe('ALTER DEFAULT PRIVILEGES', () => {
  beforeEach(() => admin.all('CREATE ROLE joe', 'CREATE ROLE creator', 'GRANT creator TO materialize'));

  it('gives privileges on what is made later', async () => {
    await admin.exec('ALTER DEFAULT PRIVILEGES FOR ROLE materialize GRANT USAGE ON CONNECTIONS TO joe');
    expect(events(1)).toEqual([
      {
        eventType: 'grant',
        objectType: 'connection',
        details: {
          database_id: null,
          grantee_id: roleId('joe'),
          privileges: 'U',
          role_id: 'u1',
          schema_id: null,
        },
        user: 'materialize',
      },
    ]);
    await makeConnection();
    expect(aclOf('c')).toEqual(['materialize=U/materialize', 'joe=U/materialize']);
    await admin.exec('ALTER DEFAULT PRIVILEGES FOR ROLE materialize REVOKE USAGE ON CONNECTIONS FROM joe');
    await makeConnection('d');
    expect(aclOf('d')).toEqual(['materialize=U/materialize']);
  });

  it('keeps to a schema or a database', async () => {
    await admin.exec('CREATE SCHEMA inner_schema');
    await admin.exec(
      'ALTER DEFAULT PRIVILEGES FOR ROLE materialize IN SCHEMA inner_schema GRANT USAGE ON CONNECTIONS TO joe',
    );
    await makeConnection();
    await admin.exec(`CREATE CONNECTION inner_schema.d ${POSTGRES}`);
    expect(aclOf('c')).toEqual(['materialize=U/materialize']);
    expect(aclOf('d')).toEqual(['materialize=U/materialize', 'joe=U/materialize']);
  });

  it.each([
    ['IN SCHEMA public GRANT USAGE ON CLUSTERS TO joe', 'cannot specify CLUSTERS and IN SCHEMA'],
    ['IN DATABASE materialize GRANT USAGE ON CLUSTERS TO joe', 'cannot specify CLUSTERS and IN DATABASE'],
    ['IN SCHEMA public GRANT USAGE ON SCHEMAS TO joe', 'cannot specify SCHEMAS and IN SCHEMA'],
    ['GRANT INSERT ON TYPES TO joe', 'invalid privilege types INSERT for TYPE'],
    ['IN SCHEMA mz_catalog GRANT SELECT ON TABLES TO joe', "system schema 'mz_catalog' cannot be modified"],
  ])('refuses %s', async (rest, message) => {
    expect(await admin.error(`ALTER DEFAULT PRIVILEGES FOR ROLE materialize ${rest}`)).toMatchObject({
      message,
    });
  });

  it('needs membership in the creator, and a superuser for all of them', async () => {
    expect(
      await admin.all('ALTER DEFAULT PRIVILEGES FOR ROLE creator GRANT SELECT ON TABLES TO joe'),
    ).toEqual(['ALTER DEFAULT PRIVILEGES']);
    expect(
      await admin.error('ALTER DEFAULT PRIVILEGES FOR ROLE joe GRANT SELECT ON TABLES TO creator'),
    ).toEqual({
      code: '42501',
      message: 'must be a member of "joe"',
    });
    expect(await admin.error('ALTER DEFAULT PRIVILEGES FOR ALL ROLES GRANT SELECT ON TABLES TO joe')).toEqual(
      {
        code: '42501',
        message: 'permission denied to ALTER DEFAULT PRIVILEGES FOR ALL ROLES',
        detail: 'You must be a superuser to ALTER DEFAULT PRIVILEGES FOR ALL ROLES',
      },
    );
    await system.exec('ALTER DEFAULT PRIVILEGES FOR ALL ROLES GRANT SELECT ON TABLES TO joe');
  });
});

describe('ALTER ... OWNER TO', () => {
  beforeEach(async () => {
    await admin.all('CREATE ROLE joe', 'GRANT joe TO materialize', 'CREATE ROLE stranger');
    await makeConnection();
  });

  it('moves ownership and what was granted as owner', async () => {
    await admin.exec('GRANT USAGE ON CONNECTION c TO stranger');
    expect(await admin.all('ALTER CONNECTION c OWNER TO joe')).toEqual(['ALTER CONNECTION']);
    expect(aclOf('c')).toEqual(['joe=U/joe', 'stranger=U/joe']);
    expect(events(1)).toEqual([
      {
        eventType: 'alter',
        objectType: 'connection',
        details: { new_owner_id: roleId('joe'), object_id: 'Iu1', old_owner_id: 'u1' },
        user: 'materialize',
      },
    ]);
  });

  it('merges entries that become alike', async () => {
    await admin.exec('GRANT USAGE ON CONNECTION c TO joe');
    await admin.exec('ALTER CONNECTION c OWNER TO joe');
    expect(aclOf('c')).toEqual(['joe=U/joe']);
  });

  it('takes the progress relation with the source', async () => {
    await admin.all('CREATE SOURCE s FROM LOAD GENERATOR COUNTER', 'ALTER SOURCE s OWNER TO joe');
    const owners = [...engine.snapshot().items.values()]
      .filter((item) => item.kind === 'source')
      .map((item) => [item.name, item.ownerId]);
    expect(new Map(owners as [string, string][])).toEqual(
      new Map([
        ['s', roleId('joe')],
        ['s_progress', roleId('joe')],
      ]),
    );
  });

  it('takes the replicas with the cluster', async () => {
    await admin.all("CREATE CLUSTER mine (SIZE '25cc')", 'ALTER CLUSTER mine OWNER TO joe');
    expect(events(2)).toMatchObject([
      { objectType: 'cluster', details: { new_owner_id: roleId('joe'), old_owner_id: 'u1' } },
      { objectType: 'cluster-replica', details: { new_owner_id: roleId('joe'), old_owner_id: 'u1' } },
    ]);
  });

  it('needs membership in the new owner, then ownership, then CREATE on the schema', async () => {
    expect(await admin.error('ALTER CONNECTION c OWNER TO stranger')).toEqual({
      code: '42501',
      message: 'must be a member of "stranger"',
    });
    const stranger = await engine.session('stranger');
    expect(await stranger.error('ALTER CONNECTION c OWNER TO stranger')).toEqual({
      code: '42501',
      message: 'must be owner of CONNECTION materialize.public.c',
    });
    await system.exec('ALTER CONNECTION c OWNER TO stranger');
    expect(await stranger.error('ALTER CONNECTION c OWNER TO stranger')).toMatchObject({
      code: '42501',
      message: 'permission denied for SCHEMA "materialize.public"',
      detail: `The 'stranger' role needs CREATE privileges on SCHEMA "materialize.public"`,
    });
  });

  it('tells of what is missing, and of another kind', async () => {
    expect(await admin.all('ALTER SECRET IF EXISTS nope OWNER TO joe')).toEqual(['ALTER SECRET']);
    expect(admin.notices()).toMatchObject([
      { code: '42704', message: 'SECRET "nope" does not exist, skipping' },
    ]);
    expect(await admin.error('ALTER SECRET nope OWNER TO joe')).toMatchObject({
      message: "unknown catalog item 'nope'",
    });
    expect(await admin.error('ALTER SECRET c OWNER TO joe')).toMatchObject({
      message: 'c is a connection not a secret',
    });
    expect(await admin.error('ALTER CONNECTION c OWNER TO nobody')).toMatchObject({
      message: "unknown role 'nobody'",
    });
  });

  it.each([
    [
      'ALTER CLUSTER REPLICA quickstart.r1 OWNER TO joe',
      'altering the owner of a cluster replica is not supported',
    ],
    ['ALTER SCHEMA mz_temp OWNER TO joe', 'cannot alter schema mz_temp because it is a temporary schema'],
    [
      'ALTER SCHEMA mz_catalog OWNER TO joe',
      'cannot alter schema mz_catalog because it is required by the database system',
    ],
    [
      'ALTER TABLE mz_catalog.mz_tables OWNER TO joe',
      'cannot alter item mz_catalog.mz_tables because it is required by the database system',
    ],
    ['ALTER CLUSTER mz_catalog_server OWNER TO joe', "system cluster 'mz_catalog_server' cannot be modified"],
    ['ALTER CONNECTION c OWNER TO mz_support', 'role name "mz_support" is reserved'],
  ])('refuses %s', async (sql, message) => {
    expect(await system.error(sql)).toMatchObject({ code: 'XX000', message });
  });
});

describe('REASSIGN OWNED and DROP OWNED', () => {
  beforeEach(async () => {
    await admin.all(
      'CREATE ROLE joe',
      'CREATE ROLE heir',
      'GRANT joe TO materialize',
      'GRANT heir TO materialize',
    );
    await system.exec('GRANT CREATE ON SCHEMA public TO joe');
    const joe = await engine.session('joe');
    await joe.exec(`CREATE CONNECTION theirs ${POSTGRES}`);
    await makeConnection('mine');
  });

  it('gives everything to another role', async () => {
    expect(await admin.all('REASSIGN OWNED BY joe TO heir')).toEqual(['REASSIGN OWNED']);
    expect(aclOf('theirs')).toEqual(['heir=U/heir']);
    expect(aclOf('mine')).toEqual(['materialize=U/materialize']);
    expect(events(1)).toMatchObject([
      { eventType: 'alter', objectType: 'connection', details: { new_owner_id: roleId('heir') } },
    ]);
  });

  it('drops what is owned, takes grants and default privileges back', async () => {
    await system.all(
      'GRANT USAGE ON CONNECTION mine TO joe',
      'GRANT CREATEDB ON SYSTEM TO joe',
      'ALTER DEFAULT PRIVILEGES FOR ROLE materialize GRANT USAGE ON SECRETS TO joe',
    );
    const defaults = engine.snapshot().small.defaultPrivilege.size;
    expect(await system.all('DROP OWNED BY joe')).toEqual(['DROP OWNED']);
    const snapshot = engine.snapshot();
    expect([...snapshot.items.values()].map((item) => item.name)).toEqual(['mine']);
    expect(aclOf('mine')).toEqual(['materialize=U/materialize']);
    expect(aclText(snapshot.small.systemPrivileges.get('')!.entries).join()).not.toContain('joe');
    expect(snapshot.small.defaultPrivilege.size).toBe(defaults - 1);
    expect(await system.all('DROP ROLE joe')).toEqual(['DROP ROLE']);
  });

  it('leaves grants that the session may not take back, with a warning', async () => {
    expect(await admin.all('DROP OWNED BY joe')).toEqual(['DROP OWNED']);
    expect(admin.notices()).toEqual([
      {
        severity: 'WARNING',
        code: '01006',
        message: 'no privileges could be revoked for SCHEMA "materialize.public"',
        detail: undefined,
        hint: undefined,
      },
    ]);
  });

  it('stops at dependents of others unless CASCADE is said', async () => {
    await system.exec('GRANT USAGE ON CONNECTION theirs TO materialize');
    await admin.exec('CREATE SOURCE s FROM POSTGRES CONNECTION theirs (PUBLICATION p) FOR TABLES (public.t)');
    expect(await admin.error('DROP OWNED BY joe')).toEqual({
      code: 'XX000',
      message:
        'cannot drop connection "materialize.public.theirs": still depended upon by source "materialize.public.s"',
      hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
    });
    await admin.exec('DROP OWNED BY joe CASCADE');
    expect([...engine.snapshot().items.values()].map((item) => item.name)).toEqual(['mine']);
  });

  it('stops at schemas and databases that hold what others own', async () => {
    await system.exec('GRANT CREATEDB ON SYSTEM TO joe');
    const joe = await engine.session('joe');
    await joe.all(
      'CREATE DATABASE held',
      'CREATE SCHEMA held.room',
      'GRANT USAGE, CREATE ON SCHEMA held.room TO materialize',
    );
    await admin.exec(`CREATE CONNECTION held.room.k ${POSTGRES}`);
    expect(await admin.error('DROP OWNED BY joe')).toMatchObject({
      message: 'schema "held.room" cannot be dropped without CASCADE while it contains non-owned objects',
    });
    await admin.exec('DROP OWNED BY joe CASCADE');
    expect(engine.snapshot().databaseByName.has('held')).toBe(false);
    const names = [...engine.snapshot().items.values()].map((item) => item.name);
    expect(names).toEqual(['mine']);
    const drops = events(12).filter((e) => (e as { eventType: string }).eventType === 'drop');
    expect(new Set(drops.map((e) => JSON.stringify(e))).size).toBe(drops.length);
  });

  it('never touches what the server needs', async () => {
    expect(await system.error('DROP OWNED BY mz_system, mz_analytics')).toMatchObject({
      message:
        'cannot drop objects owned by role "mz_system", "mz_analytics" because they are required by the database system',
    });
    expect(await system.error('REASSIGN OWNED BY mz_system TO joe')).toMatchObject({
      message:
        'cannot reassign objects owned by role "mz_system" because they are required by the database system',
    });
  });

  it('needs membership', async () => {
    const joe = await engine.session('joe');
    expect(await joe.error('REASSIGN OWNED BY joe TO heir')).toMatchObject({
      message: 'must be a member of "heir"',
    });
    expect(await joe.error('DROP OWNED BY heir')).toMatchObject({ message: 'must be a member of "heir"' });
  });
});
