import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
    expect(['store/data.mdb', 'store/lock.mdb', 'tumbler.pid', 'tumbler.sock'].map(mode)).toEqual([
      0o600, 0o600, 0o600, 0o600,
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
    await store.commit([{ space: 'meta', key: 'format', value: Buffer.from('2') }]);
    await store.close();
    const before = readFileSync(join(folder, 'store/data.mdb'));
    await expect(openLmdbStore(folder)).rejects.toThrow(
      /written by a newer version \(format 2; this server reads up to 1\)/,
    );
    expect(readFileSync(join(folder, 'store/data.mdb')).equals(before)).toBe(true);
    await expect(openLmdbStore(folder)).rejects.toThrow(/newer version/);
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
  it('is to sync every commit before it is acknowledged', async () => {
    const calls = 'trace=fsync,fdatasync,msync,write,pwrite64,pwritev';
    const args = ['-f', '-qq', '-y', '-e', calls, process.execPath, program, folder, '100', '20'];
    const traced = runProgram('strace', args);
    expect(await traced.ended).toBe(0);
    let written = false;
    let synced = 0;
    const syncsBeforeEach: number[] = [];
    for (const line of traced.errors().split('\n')) {
      if (line.includes('data.mdb') && /write/.test(line)) written = true;
      if (line.includes('data.mdb') && /fdatasync|fsync|msync/.test(line)) synced += 1;
      if (/write\(1.*"ok \d+/.test(line)) {
        expect(written).toBe(true);
        syncsBeforeEach.push(synced);
        synced = 0;
        written = false;
      }
    }
    expect(syncsBeforeEach).toHaveLength(20);
    expect(Math.min(...syncsBeforeEach)).toBeGreaterThanOrEqual(1);
  });
});
