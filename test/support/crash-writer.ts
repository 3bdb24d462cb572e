/**
 * Opens the data folder given, as a server does, and commits until it is killed: secrets, new versions, sinks that use
 * them, replicas made anew. Says `open`, then `secret <id> <version>` or `version <id> <version>` for each commit that
 * was acknowledged. Every value is the text `<id>/<version>`; every version comes with an audit event.
 */
import { writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { del, put, type Change } from '../../src/catalog/changes.ts';
import { openCatalog } from '../../src/catalog/open.ts';
import type { Snapshot } from '../../src/catalog/snapshot.ts';
import { Committer, type IdSource } from '../../src/engine/committer.ts';
import { newVersion } from '../../src/engine/secret-value.ts';
import { openKeyRing } from '../../src/secrets/key-ring.ts';
import { SecretBytes } from '../../src/secrets/secret-bytes.ts';
import { openLmdbStore } from '../../src/store/lmdb-store.ts';

const folder = process.argv[2]!;
const say = (text: string): void => void writeSync(1, `${text}\n`);

// The commit log turns every few commits, so that some are killed while it does.
const store = await openLmdbStore(folder, 16 * 1024);
const keyRing = await openKeyRing(store, { value: null, file: null, dataDir: folder });
const { snapshot } = await openCatalog(store, Date.now());
const committer = new Committer(store, snapshot, Date.now);
say('open');

function itemBase(
  ids: IdSource,
  id: string,
): { readonly id: string; readonly oid: number } & Record<'schemaId' | 'name' | 'ownerId', string> {
  return { id, oid: ids.nextNumber('oid'), schemaId: 'u3', name: `item ${id}`, ownerId: 'u1' };
}

function versionChanges(
  tip: Snapshot,
  ids: IdSource,
  secretId: string,
  versionId: string,
): readonly Change[] {
  const value = SecretBytes.fromText(`${secretId}/${versionId}`);
  const sealer = { keyRing, clock: Date.now };
  return [
    ...newVersion(sealer, tip, { secretId, versionId, value, valueKind: 'string' }).changes,
    put('auditEvent', {
      id: ids.nextNumber('auditEvent'),
      eventType: 'alter',
      objectType: 'secret',
      details: { secretId, versionId },
      user: 'tester',
      occurredAt: Date.now(),
    }),
  ];
}

/** A secret, a connection that holds it and a sink that runs on quickstart, in one commit. */
async function createSecret(): Promise<void> {
  const versionId = randomUUID();
  const { result } = await committer.commit((tip, ids) => {
    const [secretId, connectionId, sinkId] = [ids.next('item'), ids.next('item'), ids.next('item')];
    const shared = { privileges: [], createdAt: 0 };
    const detail = {
      type: 'kafka',
      connectionId,
      options: [],
      key: null,
      keyNotEnforced: false,
      format: null,
      keyFormat: null,
      envelope: null,
      withOptions: [],
    } as const;
    const changes = [
      put('item', { ...itemBase(ids, secretId), ...shared, kind: 'secret', dependsOn: [] }),
      put('item', {
        ...itemBase(ids, connectionId),
        ...shared,
        kind: 'connection',
        connectionType: 'kafka',
        dependsOn: [secretId],
        options: [{ name: 'SASL PASSWORD', value: { kind: 'secret', id: secretId } }],
      }),
      put('item', {
        ...itemBase(ids, sinkId),
        ...shared,
        kind: 'sink',
        clusterId: 'u1',
        fromId: 'u1',
        dependsOn: [connectionId],
        detail,
      }),
      ...versionChanges(tip, ids, secretId, versionId),
    ];
    return { changes, result: secretId };
  });
  say(`secret ${result} ${versionId}`);
}

async function alterSecret(n: number): Promise<void> {
  const secrets = [...committer.current().versionsOfSecret.keys()];
  const secretId = secrets[n % secrets.length];
  if (secretId === undefined) return createSecret();
  const versionId = randomUUID();
  await committer.commit((tip, ids) => ({
    changes: versionChanges(tip, ids, secretId, versionId),
    result: null,
  }));
  say(`version ${secretId} ${versionId}`);
}

/** Everything on the cluster reads its secrets anew: many pins in one commit. */
async function recreateReplica(): Promise<void> {
  await committer.commit((tip, ids) => {
    const old = tip.replicasOfCluster.get('u1')?.[0];
    const replica = tip.replicas.get(old ?? '')!;
    return {
      changes: [put('replica', { ...replica, id: ids.next('replica') }), del('replica', replica.id)],
      result: null,
    };
  });
}

async function writer(seed: number): Promise<void> {
  for (let n = seed; ; n = (n * 48_271) % 0x7fff_ffff) {
    if (n % 10 < 2) await createSecret();
    else if (n % 50 === 9) await recreateReplica();
    else await alterSecret(n);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, i) => writer(process.pid * 8 + i + 1)));
