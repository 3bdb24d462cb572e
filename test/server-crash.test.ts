/**
 * kill -9 of the whole server at random moments while sessions write: what a client was told is there after the restart,
 * what it was not told is there whole or not at all.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../src/catalog/open.ts';
import { openVersion } from '../src/engine/secret-value.ts';
import { openKeyRing } from '../src/secrets/key-ring.ts';
import { openLmdbStore } from '../src/store/lmdb-store.ts';
import { isBuilt, startServerProcess, type ServerProcess } from './support/server-process.ts';

const KILLS = 50;
const WRITERS = 4;

/** What one client was told, over all its lives. */
interface Diary {
  readonly secrets: string[];
  /** Numbers of acknowledged pairs of rows. */
  readonly pairs: number[];
  /** Last acknowledged value of the client's own secret, and those tried since, of which any may have been kept. */
  altered: number;
  attempted: number[];
  next: number;
}

/** Writes until the connection breaks. */
async function write(url: string, writer: number, diary: Diary): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    for (;;) {
      const n = diary.next++;
      await client.query(`CREATE SECRET made_${writer}_${n} AS 'value of ${writer} ${n}'`);
      diary.secrets.push(`made_${writer}_${n}`);
      diary.attempted.push(n);
      await client.query(`ALTER SECRET own_${writer} AS 'own ${n}'`);
      diary.altered = n;
      diary.attempted = [];
      // Two rows by one statement, and two by a transaction: both or neither.
      await client.query(`INSERT INTO pairs VALUES (${writer}, ${n}, 'a'), (${writer}, ${n}, 'b')`);
      diary.pairs.push(n);
      const m = diary.next++;
      await client.query(
        `BEGIN; INSERT INTO pairs VALUES (${writer}, ${m}, 'a'); INSERT INTO pairs VALUES (${writer}, ${m}, 'b'); COMMIT`,
      );
      diary.pairs.push(m);
    }
  } catch (error) {
    // Nothing but the end of the server may stop a writer.
    if ((error as { severity?: string }).severity === 'ERROR') throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const total = (diaries: readonly Diary[]): number =>
  diaries.reduce((sum, { secrets, pairs }) => sum + secrets.length + pairs.length, 0);

async function rows(client: pg.Client, text: string): Promise<readonly (readonly unknown[])[]> {
  return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
}

async function check(server: ServerProcess, diaries: readonly Diary[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const names = new Set((await rows(client, 'SELECT name FROM mz_secrets')).flat());
    const pairs = new Map(
      (await rows(client, 'SELECT writer, n, count(*) FROM pairs GROUP BY writer, n')).map(
        ([writer, n, count]) => [`${String(writer)}/${String(n)}`, Number(count)],
      ),
    );
    for (const [writer, diary] of diaries.entries()) {
      expect(diary.secrets.filter((name) => !names.has(name))).toEqual([]);
      expect(diary.pairs.filter((n) => pairs.get(`${writer}/${n}`) !== 2)).toEqual([]);
    }
    expect([...pairs].filter(([, count]) => count !== 2)).toEqual([]);
    // A secret that is there has its version, its label and its audit event.
    const [[secrets, versions, events] = []] = await rows(
      client,
      `SELECT (SELECT count(*) FROM mz_secrets),
              (SELECT count(*) FROM mz_tumbler.secret_versions v JOIN mz_secrets s ON s.id = v.secret_id
                WHERE 'AWSCURRENT' = ANY (v.stages)),
              (SELECT count(*) FROM mz_audit_events WHERE event_type = 'create' AND object_type = 'secret')`,
    );
    expect([versions, events]).toEqual([secrets, secrets]);
  } finally {
    await client.end();
  }
}

/** Opens the folder without the server: every version that is listed can be opened and is what was written. */
async function checkValues(dataDir: string, diaries: readonly Diary[]): Promise<void> {
  const store = await openLmdbStore(dataDir);
  try {
    const keyRing = await openKeyRing(store, { value: null, file: null, dataDir });
    const { snapshot } = await openCatalog(store, 0);
    let opened = 0;
    for (const [id, versionId] of snapshot.currentVersion) {
      const item = snapshot.items.get(id);
      const value = (await openVersion(store, keyRing, id, versionId)).openText();
      opened++;
      const [, kind, writer, n] = /^(made|own)_(\d+)(?:_(\d+))?$/.exec(item?.name ?? '') ?? [];
      if (kind === 'made') expect(value).toBe(`value of ${writer} ${n}`);
      if (kind !== 'own') continue;
      const diary = diaries[Number(writer)]!;
      expect([diary.altered, ...diary.attempted].map((tried) => `own ${tried}`)).toContain(value);
    }
    expect(opened).toBeGreaterThan(KILLS);
  } finally {
    await store.close();
  }
}

describe.skipIf(!isBuilt())('kill -9 of the server', () => {
  it(`loses nothing that was acknowledged, ${KILLS} times`, { timeout: 240_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tumbler-crash-'));
    const dataDir = join(folder, 'data');
    const server = await startServerProcess({
      flags: [
        `--data-dir=${dataDir}`,
        '--upstreams=simulated',
        '--log-level=warn',
        '--system-parameter-default=max_secrets=1000000',
        '--system-parameter-default=max_objects_per_schema=1000000',
      ],
    });
    const diaries = Array.from({ length: WRITERS }, (): Diary => ({
      secrets: [],
      pairs: [],
      altered: 0,
      attempted: [],
      next: 1,
    }));
    try {
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await client.query('CREATE TABLE pairs (writer int, n int, half text)');
      for (const writer of diaries.keys()) await client.query(`CREATE SECRET own_${writer} AS 'own 0'`);
      await client.end();
      for (let kill = 0; kill < KILLS; kill++) {
        const writing = diaries.map((diary, writer) => write(server.url, writer, diary));
        // After a few answers more or less; one in four may be killed before it answers.
        const answers = kill % 4 === 0 ? 0 : 1 + Math.floor(Math.random() * 10);
        for (const begun = total(diaries); total(diaries) - begun < answers;) await sleep(1);
        await sleep(Math.random() * (answers === 0 ? 120 : 20));
        expect(await server.kill('SIGKILL')).toBe('SIGKILL');
        await Promise.all(writing);
        // One in eight is killed again before it serves.
        if (kill % 8 === 7) await server.startAndKillAfter(Math.random() * 150);
        await server.start();
        if (kill % 5 === 4) await check(server, diaries);
      }
      expect(total(diaries)).toBeGreaterThan(KILLS * 3);
      expect(await server.kill('SIGKILL')).toBe('SIGKILL');
      await checkValues(dataDir, diaries);
      expect(server.output()).not.toMatch(/"level":"(error|fatal)"/);
    } finally {
      await server.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
