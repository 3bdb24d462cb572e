/** Kills the process at random moments and looks at what is left: nothing acknowledged is lost, nothing is half there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from '../src/catalog/open.ts';
import type { Snapshot } from '../src/catalog/snapshot.ts';
import { openVersion } from '../src/engine/secret-value.ts';
import { openKeyRing, type KeyRing } from '../src/secrets/key-ring.ts';
import { CURRENT, PREVIOUS, versionsOf } from '../src/secrets/versions.ts';
import { openLmdbStore } from '../src/store/lmdb-store.ts';
import type { Store } from '../src/store/store.ts';
import { bundleProgram, runProgram } from './support/run-program.ts';

const FOLDERS = 6;
const KILLS_EACH = 10;

let program: string;
const folders: string[] = [];
beforeAll(async () => {
  program = await bundleProgram('test/support/crash-writer.ts');
});
afterAll(() => [...folders, program].forEach((path) => rmSync(path, { recursive: true })));

/** What the killed processes were told is durable. */
interface Told {
  readonly versions: { readonly secretId: string; readonly versionId: string }[];
  readonly secrets: Set<string>;
}

/** Lets a writer run for a while, kills it, and notes what it was told. */
async function runAndKill(folder: string, told: Told): Promise<number> {
  const writer = runProgram(process.execPath, [program, folder]);
  // One in five is killed while it opens the store.
  if (Math.random() < 0.2) await sleep(40 + Math.random() * 120);
  else {
    await writer.started;
    await sleep(Math.random() * 80);
  }
  writer.child.kill('SIGKILL');
  expect(await writer.ended, writer.errors()).toBe('SIGKILL');
  const acknowledged = writer.lines().filter((line) => line !== 'open');
  for (const line of acknowledged) {
    const [what, secretId, versionId] = line.split(' ') as [string, string, string];
    if (what === 'secret') {
      expect(told.secrets.has(secretId), `${secretId} was given twice`).toBe(false);
      told.secrets.add(secretId);
    }
    told.versions.push({ secretId, versionId });
  }
  return acknowledged.length;
}

async function checkWhatIsLeft(folder: string, told: Told): Promise<void> {
  const store = await openLmdbStore(folder);
  try {
    const keyRing = await openKeyRing(store, { value: null, file: null, dataDir: folder });
    const { snapshot } = await openCatalog(store, 0);
    for (const { secretId, versionId } of told.versions) {
      expect(snapshot.versionsOfSecret.get(secretId)?.has(versionId), `${secretId}/${versionId}`).toBe(true);
    }
    for (const secretId of snapshot.versionsOfSecret.keys())
      await checkSecret(store, keyRing, snapshot, secretId);
    await checkNothingBeside(store, snapshot);
    checkPins(snapshot);
  } finally {
    await store.close();
  }
}

async function checkSecret(
  store: Store,
  keyRing: KeyRing,
  snapshot: Snapshot,
  secretId: string,
): Promise<void> {
  const versions = versionsOf(snapshot, secretId);
  expect(snapshot.items.get(secretId)?.kind).toBe('secret');
  expect(versions.map((v) => v.sequence)).toEqual(versions.map((_, i) => i + 1));
  expect(versions.map((v) => v.stages)).toEqual(
    versions.map((_, i) =>
      i === versions.length - 1 ? [CURRENT] : i === versions.length - 2 ? [PREVIOUS] : [],
    ),
  );
  for (const { versionId } of versions) {
    const value = await openVersion(store, keyRing, secretId, versionId);
    expect(value.openText()).toBe(`${secretId}/${versionId}`);
  }
}

/** A version's record, sealed bytes and audit event come in one commit: there are as many of each. */
async function checkNothingBeside(store: Store, snapshot: Snapshot): Promise<void> {
  const versions = [...snapshot.versionsOfSecret.values()].flatMap((of) => [...of.values()]);
  const keys = versions.map((v) => `${v.secretId}/${v.versionId}`).sort();
  const sealed: string[] = [];
  for await (const { key } of store.load('sealed')) sealed.push(key);
  expect(sealed.sort()).toEqual(keys);
  const events = [...snapshot.auditEvents].filter((event) => event.user === 'tester');
  const logged = events.map(({ details }) => Object.values(details as object).join('/'));
  expect(logged.sort()).toEqual(keys);
}

/** One replica, and on it every sink with the secret of its connection. */
function checkPins(snapshot: Snapshot): void {
  const replicas = snapshot.replicasOfCluster.get('u1') ?? [];
  expect(replicas).toHaveLength(1);
  const sinks = [...snapshot.items.values()].filter((item) => item.kind === 'sink');
  expect(sinks).toHaveLength(snapshot.versionsOfSecret.size);
  const pinned = [...snapshot.pins.values()].map((pin) => `${pin.replicaId} ${pin.objectId}`).sort();
  expect(pinned).toEqual(sinks.map((sink) => `${replicas[0]} ${sink.id}`).sort());
  for (const pin of snapshot.pins.values()) {
    expect(snapshot.versionsOfSecret.get(pin.secretId)?.has(pin.versionId)).toBe(true);
  }
}

describe('a server that is killed', () => {
  it.each(Array.from({ length: FOLDERS }, (_, i) => i + 1))(
    `loses nothing it acknowledged, and leaves nothing half done (${KILLS_EACH} kills, folder %i)`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tumbler-crash-'));
      folders.push(folder);
      const told: Told = { versions: [], secrets: new Set() };
      let commits = 0;
      for (let kill = 0; kill < KILLS_EACH; kill += 1) {
        commits += await runAndKill(folder, told);
        await checkWhatIsLeft(folder, told);
      }
      expect(commits).toBeGreaterThan(0);
    },
  );
});
