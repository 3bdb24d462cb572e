import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LmdbRecords } from '../src/store/lmdb-records.ts';
import { openLmdbStore } from '../src/store/lmdb-store.ts';
import { StoreError } from '../src/store/store-error.ts';
import type { Store } from '../src/store/store.ts';
import { bundleProgram, runProgram } from './support/run-program.ts';

let program: string;
let folder: string;

beforeAll(async () => {
  program = await bundleProgram('test/support/store-writer.ts');
});
afterAll(() => rmSync(program));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tumbler-lmdb-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function keys(store: Store, space: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { key } of store.load(space)) found.push(key);
  return found;
}

const mode = (path: string): number => statSync(join(folder, path)).mode & 0o777;
const has = (command: string): boolean => spawnSync(command, ['--version']).status === 0;

describe('the store on disk', () => {
  it('keeps what was committed, in files for the owner alone', async () => {
    const first = await openLmdbStore(folder);
    await first.commit([{ space: 's', key: 'k', value: Buffer.from('v') }]);
    expect([mode('.'), mode('store')]).toEqual([0o700, 0o700]);
    const logs = ['store/commits-0.log', 'store/commits-1.log'];
    expect([...logs, 'store/data.mdb', 'store/lock.mdb', 'tumbler.pid', 'tumbler.sock'].map(mode)).toEqual([
      0o600, 0o600, 0o600, 0o600, 0o600, 0o600,
    ]);
    await first.close();
    const second = await openLmdbStore(folder);
    expect(Buffer.from((await second.read('s', 'k'))!).toString()).toBe('v');
    await second.close();
  });

  it('makes folders for the owner alone, and leaves the mode of one that was there', async () => {
    chmodSync(folder, 0o755);
    await (await openLmdbStore(join(folder, 'new/data'))).close();
    await (await openLmdbStore(folder)).close();
    expect(['.', 'new', 'new/data', 'new/data/store', 'store'].map(mode)).toEqual([
      0o755, 0o700, 0o700, 0o700, 0o700,
    ]);
  });

  it('tells a folder that cannot be used', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(openLmdbStore(join(folder, 'file/data'))).rejects.toThrow(
      /^the store in .* cannot be opened: ENOTDIR/,
    );
  });

  it('waits for commits in flight at close, and takes none after it', async () => {
    const store = await openLmdbStore(folder);
    const last = store.commit([{ space: 's', key: 'last', value: Buffer.from('v') }]);
    await store.close();
    await last;
    await expect(store.commit([])).rejects.toThrow('the store is closed');
  });

  it('refuses a newer format and leaves it as it is', async () => {
    const store = await openLmdbStore(folder);
    await store.commit([{ space: 'meta', key: 'format', value: Buffer.from('3') }]);
    await store.close();
    const before = readFileSync(join(folder, 'store/data.mdb'));
    await expect(openLmdbStore(folder)).rejects.toThrow(
      /written by a newer version \(format 3; this server reads up to 2\)/,
    );
    expect(readFileSync(join(folder, 'store/data.mdb')).equals(before)).toBe(true);
    await expect(openLmdbStore(folder)).rejects.toThrow(/newer version/);
  });

  it('brings a folder of the first format, which has no log, to this one', async () => {
    const records = new LmdbRecords(join(folder, 'store'));
    await records.write([
      { space: 'meta', key: 'format', value: Buffer.from('1') },
      { space: 's', key: 'k', value: Buffer.from('kept') },
    ]);
    await records.close();
    for (const expected of ['kept', 'new']) {
      const store = await openLmdbStore(folder);
      expect(Buffer.from((await store.read('s', 'k'))!).toString()).toBe(expected);
      expect(Buffer.from((await store.read('meta', 'format'))!).toString()).toBe('2');
      await store.commit([{ space: 's', key: 'k', value: Buffer.from('new') }]);
      await store.close();
    }
  });

  it('says so when its commit log is gone or is something else', async () => {
    await (await openLmdbStore(folder)).close();
    const log = join(folder, 'store/commits-0.log');
    writeFileSync(log, 'x'.repeat(100));
    await expect(openLmdbStore(folder)).rejects.toThrow(
      /^the store is damaged: .*commits-0.log is no commit log$/,
    );
    rmSync(log);
    await expect(openLmdbStore(folder)).rejects.toThrow(/^the store in .* cannot be opened: ENOENT/);
  });

  it('holds what was acknowledged whenever its files are taken, in the middle of turns too', async () => {
    const store = await openLmdbStore(folder, 4096);
    const copy = mkdtempSync(join(tmpdir(), 'tumbler-lmdb-copy-'));
    try {
      for (let n = 0; n < 120; n += 1) {
        const value = Buffer.from(String(n));
        const key = String(n % 37);
        await store.commit([
          { space: 's', key, value: Buffer.alloc(n * 5, 'v') },
          { space: 'last', key: 'n', value },
          { space: 's', key: String((n + 18) % 37), value: null },
        ]);
        if (n % 7 !== 0) continue;
        // No await between: what a power cut would leave at this moment, were nothing cached.
        cpSync(join(folder, 'store'), join(copy, 'store'), { recursive: true, force: true });
        const left = await openLmdbStore(copy, 4096);
        expect(Buffer.from((await left.read('last', 'n'))!).toString()).toBe(String(n));
        const lengths = new Map<string, number>();
        for (let m = 0; m <= n; m += 1) {
          lengths.set(String(m % 37), m * 5);
          lengths.delete(String((m + 18) % 37));
        }
        const found = new Map<string, number>();
        for await (const { key: each, value: bytes } of left.load('s')) found.set(each, bytes.length);
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(lengths));
        await left.close();
      }
    } finally {
      await store.close();
      rmSync(copy, { recursive: true });
    }
  });

  it('holds all of a large commit or nothing of it, whenever its files are taken', async () => {
    const store = await openLmdbStore(folder, 4096);
    const copy = mkdtempSync(join(tmpdir(), 'tumbler-lmdb-copy-'));
    try {
      await store.commit([{ space: 's', key: 'before', value: Buffer.alloc(1) }]);
      const edits = Array.from({ length: 20_000 }, (_, n) => ({
        space: 's',
        key: String(n),
        value: Buffer.alloc(100, 'v'),
      }));
      let done = false;
      const large = store.commit([...edits, { space: 's', key: 'before', value: null }]).then(() => {
        done = true;
      });
      const after = store.commit([{ space: 's', key: 'after', value: Buffer.alloc(1) }]);
      const found = new Set<string>();
      for (let last = false; !last;) {
        last = done;
        const seen = [
          await store.read('s', 'before'),
          await store.read('s', '0'),
          await store.read('s', '19999'),
        ];
        const present = seen.map((value) => value !== undefined);
        expect([
          [true, false, false],
          [false, true, true],
        ]).toContainEqual(present);
        if (last) expect(present[0]).toBe(false);
        cpSync(join(folder, 'store'), join(copy, 'store'), { recursive: true, force: true });
        const left = await openLmdbStore(copy, 4096);
        const there = await keys(left, 's');
        await left.close();
        const rest = there.filter((key) => key !== 'before' && key !== 'after');
        expect([0, 20_000]).toContain(rest.length);
        expect(there.includes('before')).toBe(rest.length === 0);
        if (last) expect(rest).toHaveLength(20_000);
        found.add(String(rest.length));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all([large, after]);
      expect(found).toContain('20000');
      expect(await store.read('s', 'after')).toBeDefined();
    } finally {
      await store.close();
      rmSync(copy, { recursive: true });
    }
  });

  it('refuses a file that is no store', async () => {
    await (await openLmdbStore(folder)).close();
    writeFileSync(join(folder, 'store/data.mdb'), Buffer.alloc(65536, 'x'));
    await expect(openLmdbStore(folder)).rejects.toThrow(StoreError);
  });
});

describe('the lock of a data folder', () => {
  it('keeps out a second server of the same process and of another', async () => {
    const store = await openLmdbStore(folder);
    await expect(openLmdbStore(folder)).rejects.toThrow(`in use by process ${process.pid}`);
    const other = runProgram(process.execPath, [program, folder, '1', '1']);
    expect(await other.ended).toBe(2);
    expect(other.lines()).toEqual([
      `refused: the data folder ${folder} is in use by process ${process.pid}; stop that server or choose another --data-dir`,
    ]);
    await store.close();
    const both = await Promise.allSettled([openLmdbStore(folder), openLmdbStore(folder)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await (both[0] as PromiseFulfilledResult<Store>).value.close();
    const after = runProgram(process.execPath, [program, folder, '1', '1']);
    expect(await after.ended).toBe(0);
  });

  it('keeps out a server that cannot see the process of the holder', async () => {
    const holder = runProgram(process.execPath, [program, folder, '1', '100000']);
    await holder.started;
    // As a server of another container would find it: a process id that is its own, or nobody's.
    for (const pid of [process.pid, 4_194_304]) {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      writeFileSync(join(folder, 'tumbler.pid'), `${pid} 1 ${boot} x\n`);
      await expect(openLmdbStore(folder)).rejects.toThrow('in use by a server of another container');
    }
    holder.child.kill('SIGKILL');
    await holder.ended;
    await (await openLmdbStore(folder)).close();
  });

  it.each([
    ['a process that is gone', '4194304 1 - x\n'],
    ['our own number, of an earlier life', `${process.pid} 1 - x\n`],
    ['a running process that started at another time', `${process.ppid} 1 boot x\n`],
    ['a file cut short', ''],
  ])('takes over from %s', async (_what, text) => {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    await (await openLmdbStore(folder)).close();
    writeFileSync(join(folder, 'tumbler.pid'), text.replace(/ - | boot /, ` ${boot} `));
    await (await openLmdbStore(folder)).close();
  });

  it('is held by one at a time of several that find the same stale file', async () => {
    await (await openLmdbStore(folder)).close();
    writeFileSync(join(folder, 'tumbler.pid'), '4194304 1 - x\n');
    const racers = Array.from({ length: 4 }, () =>
      runProgram(process.execPath, [program, folder, '1', '100']),
    );
    const ends = await Promise.all(racers.map(({ ended }) => ended));
    const time = (lines: readonly string[], word: string): number =>
      Number(lines.find((line) => line.startsWith(word))?.split(' ')[1]);
    const held = racers
      .filter((_racer, i) => ends[i] === 0)
      .map((racer) => ({ from: time(racer.lines(), 'open'), to: time(racer.lines(), 'closing') }))
      .sort((a, b) => a.from - b.from);
    expect(held.length).toBeGreaterThanOrEqual(1);
    expect(ends.filter((end) => end !== 0).every((end) => end === 2)).toBe(true);
    for (const [i, { from }] of held.entries()) if (i > 0) expect(from).toBeGreaterThan(held[i - 1]!.to);
  });
});

describe('a store that cannot write', () => {
  it('fails that commit and every later one, and keeps every earlier one', async () => {
    // A limit on file size stands for a full disk: with SIGXFSZ ignored, the write comes up short.
    const script = `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`;
    const writer = runProgram('bash', ['-c', script, process.execPath, program, folder, '60000', '1000']);
    expect(await writer.ended, writer.errors()).toBe(3);
    const lines = writer.lines();
    const acknowledged = lines.filter((line) => line.startsWith('ok ')).length;
    expect(acknowledged).toBeGreaterThan(1);
    expect(acknowledged).toBeLessThan(1000);
    expect(lines.at(-2)).toMatch(/^failed: the store cannot write: .*(Input\/output|too large)/i);
    expect(lines.at(-1)).toBe(lines.at(-2)?.replace('failed', 'later'));
    const store = await openLmdbStore(folder);
    const left = await keys(store, 'left');
    expect(left.length).toBe(acknowledged);
    expect(await keys(store, 'right')).toEqual(left);
    await store.close();
  });
});

describe.skipIf(!has('strace'))('what the system is asked to do', () => {
  it('is to have every commit on disk before it is acknowledged', async () => {
    const calls = 'trace=openat,fsync,fdatasync,write,pwrite64,pwritev';
    const args = ['-f', '-qq', '-y', '-e', calls, process.execPath, program, folder, '100', '20'];
    const traced = runProgram('strace', args);
    expect(await traced.ended).toBe(0);
    const lines = traced.errors().split('\n');
    // A write to a file opened so is a write and an fdatasync.
    const synced = lines.some((line) => /openat\(.*commits-0\.log".*O_DSYNC/.test(line));
    const log = /commits-[01]\.log/;
    let written = 0;
    const writesBeforeEach: number[] = [];
    for (const line of lines) {
      const durable = synced ? /p?write(64|v)?\(|pwrite64 resumed/ : /fdatasync/;
      if (log.test(line) && durable.test(line)) written += 1;
      if (!/write\(1.*"ok \d+/.test(line)) continue;
      writesBeforeEach.push(written);
      written = 0;
    }
    expect(writesBeforeEach).toHaveLength(20);
    expect(Math.min(...writesBeforeEach)).toBeGreaterThanOrEqual(1);
  });
});
