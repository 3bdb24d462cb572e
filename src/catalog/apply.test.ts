import fc from 'fast-check';
import { isList } from 'immutable';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory-store.ts';
import { atOnce, STEPS } from '../store/slices.ts';
import type { StoreEdit } from '../store/store.ts';
import { applyChanges, applying, emptySnapshot } from './apply.ts';
import { bootstrapChanges } from './bootstrap.ts';
import { del, put, type Change } from './changes.ts';
import { PersistentMap } from './persistent-map.ts';
import { PersistentSet } from './persistent-set.ts';
import { loadSnapshot, toEdit } from './codec.ts';
import type { Item, SecretVersionRecord } from './records.ts';
import type { Snapshot } from './snapshot.ts';

/** A snapshot as plain values in an order of their own, without its version numbers. */
function plain(snapshot: Snapshot): unknown {
  const { version: _version, schemaVersion: _schemaVersion, ...rest } = snapshot;
  return plainValue(rest);
}

function isIndex(value: unknown): boolean {
  return value instanceof PersistentMap || value instanceof PersistentSet || isList(value);
}

function plainValue(value: unknown): unknown {
  if (value instanceof PersistentMap) {
    const entries = [...value] as [unknown, unknown][];
    return entries.map(([k, v]) => [k, plainValue(v)]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  }
  if (value instanceof PersistentSet) return [...value].sort();
  if (isList(value)) return [...value];
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, isIndex(v) || k === 'small' ? plainValue(v) : v]),
    );
  }
  return value;
}

async function replay(changes: readonly Change[]): Promise<Snapshot> {
  const store = memoryStore();
  await store.commit(changes.map(toEdit).filter((edit): edit is StoreEdit => edit !== null));
  return loadSnapshot(store);
}

const acl = [{ grantee: 'u1', grantor: 's1', privileges: 'U' }];
const number = fc.integer({ min: 1, max: 5 });
const id = number.map((n) => `u${n}`);
const suffix = fc.constantFrom('a', 'b');
const orDelete = (collection: Parameters<typeof del>[0], key: fc.Arbitrary<string>): fc.Arbitrary<Change> =>
  key.map((k) => del(collection, k));

/** Names hold their ids: a catalog never has two objects of one name, and neither do these. */
const named = fc.record({ n: number, s: suffix, other: id }).map(({ n, s, other }) => ({
  id: `u${n}`,
  oid: 20_000 + n,
  name: `${s}${n}`,
  ownerId: other,
  privileges: acl,
}));

const item: fc.Arbitrary<Change> = fc
  .record({
    base: named,
    schemaId: id,
    dependsOn: fc.uniqueArray(id, { maxLength: 3 }),
    clusterId: id,
    kind: fc.nat(5),
  })
  .map(({ base, schemaId, dependsOn, clusterId, kind }) => {
    const shared = { ...base, schemaId, dependsOn, createdAt: 1 };
    const columns = [{ name: 'c', typeOid: 23, typmod: -1, nullable: true }];
    const kinds: readonly Item[] = [
      { ...shared, kind: 'secret' },
      { ...shared, kind: 'connection', connectionType: 'kafka', options: [] },
      {
        ...shared,
        kind: 'source',
        clusterId,
        columns,
        detail: { type: 'load-generator', generator: 'COUNTER', options: [], forAllTables: false },
      },
      { ...shared, kind: 'index', clusterId, onId: 'u1', keys: [], default: true },
      {
        ...shared,
        kind: 'type',
        arrayOid: shared.oid + 1000,
        detail: { type: 'list', elementOid: 25, elementText: 'text' },
      },
      { ...shared, kind: 'table', columns },
    ];
    return put('item', kinds[kind]!);
  });

const version: fc.Arbitrary<Change> = fc
  .record({ secret: id, n: number, labelled: fc.boolean() })
  .map(({ secret, n, labelled }) =>
    put('secretVersion', {
      secretId: secret,
      versionId: `v${n}`,
      // One version may hold a label: the same one always does, or none.
      stages: labelled ? (n === 1 ? ['AWSCURRENT', 'x'] : [`l${n}`]) : [],
      createdAt: n,
      kmsKeyId: 'k',
      sizeBytes: 1,
      valueKind: 'string',
      supersededAt: null,
      sequence: n,
    }),
  );

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  item,
  item,
  orDelete('item', id),
  version,
  orDelete(
    'secretVersion',
    fc.tuple(id, number).map(([s, n]) => `${s}/v${n}`),
  ),
  named.map((base) => put('database', base)),
  orDelete('database', id),
  fc.tuple(named, fc.option(id)).map(([base, databaseId]) => put('schema', { ...base, databaseId })),
  orDelete('schema', id),
  named.map((base) =>
    put('role', {
      ...base,
      superuser: null,
      login: true,
      passwordHash: null,
      variables: {},
      autoProvisionSource: null,
    }),
  ),
  orDelete('role', id),
  named.map(({ oid: _oid, ...base }) =>
    put('cluster', { ...base, config: { managed: false }, workloadClass: null }),
  ),
  orDelete('cluster', id),
  fc
    .tuple(
      number.map((n) => `u${n * 7}`),
      id,
      suffix,
    )
    .map(([replica, clusterId, name]) =>
      put('replica', {
        id: replica,
        clusterId,
        name,
        size: '25cc',
        availabilityZone: null,
        introspectionIntervalMs: null,
        introspectionDebugging: false,
        internal: false,
        billedAs: null,
        createdAt: 0,
      }),
    ),
  orDelete(
    'replica',
    number.map((n) => `u${n * 7}`),
  ),
  fc.tuple(id, id, id).map(([replicaId, objectId, secretId]) =>
    put('pin', {
      clusterId: 'u1',
      replicaId,
      objectId,
      connectionId: 'u9',
      secretId,
      versionId: 'v1',
      cachedAt: 0,
    }),
  ),
  orDelete(
    'pin',
    fc.tuple(id, id, id).map(([r, o, s]) => `${r}/${o}/u9/${s}`),
  ),
  fc
    .tuple(id, fc.option(number), fc.string())
    .map(([objectId, columnPosition, comment]) =>
      put('comment', { objectKind: 'table', objectId, columnPosition, comment }),
    ),
  orDelete(
    'comment',
    fc.tuple(id, fc.option(number)).map(([o, c]) => `table/${o}/${c ?? ''}`),
  ),
  fc
    .tuple(id, number, fc.string())
    .map(([tableId, rowId, text]) => put('tableRow', { tableId, rowId, values: [text, null] })),
  orDelete(
    'tableRow',
    fc.tuple(id, number).map(([t, r]) => `${t}/${String(r).padStart(16, '0')}`),
  ),
  fc.tuple(id, id).map(([roleId, memberId]) => put('roleMembership', { roleId, memberId, grantorId: 's1' })),
  orDelete(
    'roleMembership',
    fc.tuple(id, id).map(([r, m]) => `${r}/${m}`),
  ),
  fc.tuple(suffix, fc.string()).map(([name, value]) => put('systemVariable', { name, value })),
  fc.constant(put('systemPrivileges', { entries: acl })),
  fc.tuple(suffix, id).map(([type, data]) => put('aws', { type, id: 'x', data: { data } })),
);

/** Histories only grow at the end and lose their oldest. */
const history: fc.Arbitrary<Change[]> = fc
  .array(fc.record({ objectId: id, replicaId: fc.option(id) }), { maxLength: 12 })
  .chain((events) =>
    fc.nat(events.length).map((dropped) => [
      ...events.flatMap(({ objectId, replicaId }, i): Change[] => [
        put('statusEvent', {
          id: i + 1,
          objectKind: 'source',
          objectId,
          replicaId,
          status: 'running',
          error: null,
          details: null,
          occurredAt: i,
        }),
        put('auditEvent', {
          id: i + 1,
          eventType: 'create',
          objectType: 'secret',
          details: { i },
          user: null,
          occurredAt: i,
        }),
      ]),
      ...Array.from({ length: dropped }, (_, i) => [
        del('statusEvent', String(i + 1).padStart(16, '0')),
        del('auditEvent', String(i + 1).padStart(16, '0')),
      ]).flat(),
    ]),
  );

describe('applyChanges', () => {
  it('keeps every index as if it had been built from the records that are left', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyChange, { maxLength: 8 }), { maxLength: 10 }),
        history,
        async (commits, events) => {
          let live = emptySnapshot();
          for (const changes of [...commits, events]) live = applyChanges(live, changes);
          const all = [...commits.flat(), ...events];
          expect(plain(applyChanges(emptySnapshot(), all, true))).toEqual(plain(live));
          expect(plain(await replay(all))).toEqual(plain(live));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves the snapshot it was given as it was, in bulk too', () => {
    fc.assert(
      fc.property(fc.array(anyChange), fc.array(anyChange), fc.boolean(), (first, second, bulk) => {
        const before = applyChanges(emptySnapshot(), first, bulk);
        const seen = plain(before);
        const twice = applyChanges(before, second, bulk);
        expect(plain(before)).toEqual(seen);
        expect(twice.version).toBe(2);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same in bulk where inner collections grow large, and closes them', () => {
    const secret = (n: number): Change =>
      put('item', {
        kind: 'secret',
        id: `u${n}`,
        oid: 20_000 + n,
        schemaId: 'u3',
        name: `s${n}`,
        ownerId: 'u1',
        privileges: [],
        dependsOn: [`u${(n % 3) + 1000}`],
        createdAt: 0,
      });
    const row = (n: number): Change => put('tableRow', { tableId: 'u1', rowId: n, values: [] });
    const numbers = Array.from({ length: 300 }, (_, i) => i + 1);
    const first = numbers.flatMap((n) => [secret(n), row(n)]);
    const second = numbers.flatMap((n) =>
      n % 4 === 0 ? [] : [del('item', `u${n}`), secret(n + 500), row(n + 500)],
    );
    const live = applyChanges(applyChanges(emptySnapshot(), first), second);
    const bulk = applyChanges(emptySnapshot(), [...first, ...second], true);
    expect(plain(bulk)).toEqual(plain(live));
    const seen = plain(bulk);
    applyChanges(bulk, [secret(9000), row(9000), del('item', 'u4')]);
    applyChanges(bulk, [secret(9001), row(9001), del('item', 'u8')], true);
    expect(plain(bulk)).toEqual(seen);
  });

  it('lets two objects swap names in one commit', () => {
    const database = (databaseId: string, name: string): Change =>
      put('database', { id: databaseId, oid: 1, name, ownerId: 'u1', privileges: [] });
    const before = applyChanges(emptySnapshot(), [database('u1', 'a'), database('u2', 'b')]);
    const after = applyChanges(before, [database('u1', 'b'), database('u2', 'a')]);
    expect(Object.fromEntries(after.databaseByName)).toEqual({ a: 'u2', b: 'u1' });
  });

  it('moves the schema version with names, columns and privileges, and not with values', () => {
    const start = applyChanges(emptySnapshot(), bootstrapChanges(0));
    const record: SecretVersionRecord = {
      secretId: 'u1',
      versionId: 'v',
      stages: [],
      createdAt: 0,
      kmsKeyId: '',
      sizeBytes: 0,
      valueKind: 'string',
      supersededAt: null,
      sequence: 1,
    };
    const moved = (change: Change): boolean =>
      applyChanges(start, [change]).schemaVersion > start.schemaVersion;
    expect(moved(put('secretVersion', record))).toBe(false);
    expect(
      moved(put('comment', { objectKind: 'secret', objectId: 'u1', columnPosition: null, comment: '' })),
    ).toBe(false);
    expect(moved(put('database', { id: 'u2', oid: 1, name: 'x', ownerId: 'u1', privileges: [] }))).toBe(true);
    expect(moved(del('role', 'u1'))).toBe(true);
    expect(moved(put('systemVariable', { name: 'x', value: 'y' }))).toBe(true);
  });

  it('never stores what is temporary', async () => {
    const table: Item = {
      kind: 'table',
      id: 'u1',
      oid: 1,
      schemaId: 't',
      name: 'x',
      ownerId: 'u1',
      privileges: [],
      dependsOn: [],
      createdAt: 0,
      temporary: 7,
      columns: [],
    };
    const changes = [
      put('item', table),
      put('tableRow', { tableId: 'u1', rowId: 1, temporary: true, values: [] }),
    ];
    expect(applyChanges(emptySnapshot(), changes).items.size).toBe(1);
    expect(plain(await replay(changes))).toEqual(plain(emptySnapshot()));
  });
});

describe('many changes', () => {
  const row = fc.record({
    tableId: fc.constantFrom('u1', 'u2'),
    rowId: fc.integer({ min: 1, max: 60 }),
    values: fc.tuple(fc.string({ maxLength: 3 })),
  });
  const change = fc.oneof(
    row.map((record) => put('tableRow', record)),
    row.map(({ tableId, rowId }) => del('tableRow', `${tableId}/${String(rowId).padStart(16, '0')}`)),
    fc.record({ replica: id, object: id, secret: fc.nat(40) }).map(({ replica, object, secret }) =>
      put('pin', {
        clusterId: 'u1',
        replicaId: replica,
        objectId: object,
        connectionId: 'u1',
        secretId: `u${secret}`,
        versionId: 'v',
        cachedAt: 0,
      }),
    ),
    fc
      .record({ replica: id, object: id, secret: fc.nat(40) })
      .map(({ replica, object, secret }) => del('pin', `${replica}/${object}/u1/u${secret}`)),
  );
  const many = fc.array(change, { minLength: 2 * STEPS, maxLength: 400, size: 'max' });

  it('give the same in pieces as one by one, and leave what they came from alone', () => {
    fc.assert(
      fc.property(many, many, many, (base, left, right) => {
        const start = applyChanges(emptySnapshot(), base);
        const before = plain(start);
        // Two at a time, as when something else is applied while one of them pauses.
        const works = [applying(start, left), applying(start, right)];
        const ends = new Map<number, Snapshot>();
        while (ends.size < works.length) {
          for (const [i, work] of works.entries()) {
            if (ends.has(i)) continue;
            const { done, value } = work.next();
            if (done === true) ends.set(i, value);
            expect(plain(start)).toEqual(before);
          }
        }
        for (const [i, changes] of [left, right].entries()) {
          const end = ends.get(i)!;
          expect(plain(end)).toEqual(plain(applyChanges(start, changes)));
          expect([end.version, end.schemaVersion]).toEqual([start.version + 1, start.schemaVersion]);
        }
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  it('leave the very maps that they do not edit, and close those that they do', () => {
    const rows = Array.from({ length: 300 }, (_, i) =>
      put('tableRow', { tableId: 'u1', rowId: i + 1, values: [String(i)] }),
    );
    const start = applyChanges(emptySnapshot(), [...bootstrapChanges(0), ...rows.slice(0, 100)]);
    const after = atOnce(applying(start, rows));
    const { version: _v, rowsOfTable: _r, ...rest } = after;
    for (const [name, value] of Object.entries(rest)) expect(value).toBe(start[name as keyof Snapshot]);
    const closed = after.rowsOfTable.get('u1')!;
    expect(closed.remove(1)).not.toBe(closed);
    expect(closed.size).toBe(300);
  });
});
