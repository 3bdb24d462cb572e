import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommitLog, LOG_FILES } from './commit-log.ts';
import { crc32 } from './crc32.ts';
import { readFrame, writeFrame } from './log-frame.ts';
import { LogFile } from './log-file.ts';
import type { StoreEdit } from './store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tumbler-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const edit = (key: string, value: string | null = `value of ${key}`, space = 's'): StoreEdit => ({
  space,
  key,
  value: value === null ? null : Buffer.from(value),
});
const shown = (edits: readonly StoreEdit[]): readonly string[] =>
  edits.map(({ space, key, value }) => `${space}/${key}=${value === null ? '-' : Buffer.from(value)}`);

/** A file with one generation of three groups; gives the bytes, and where each group ends. */
async function threeGroups(path: string): Promise<{ bytes: Buffer; ends: readonly number[] }> {
  const file = await LogFile.open(path, true);
  await file.begin(1);
  const ends: number[] = [];
  for (const key of ['a', 'b', 'c']) {
    await file.append([edit(key), edit(`${key}${key}`, null)]);
    ends.push(64 + file.bytes);
  }
  await file.close();
  return { bytes: readFileSync(path), ends };
}

async function replayed(path: string): Promise<readonly string[]> {
  const file = await LogFile.open(path, false);
  try {
    return (await file.replay()).map((edits) => shown(edits).join(' '));
  } finally {
    await file.close();
  }
}

const GROUPS = ['s/a=value of a s/aa=-', 's/b=value of b s/bb=-', 's/c=value of c s/cc=-'];

describe('a frame', () => {
  it('gives back its edits, whatever their text and bytes', () => {
    const edits = fc.array(
      fc.record({
        space: fc.string({ unit: 'grapheme', maxLength: 20 }),
        key: fc.string({ unit: 'grapheme', maxLength: 3000 }),
        value: fc.option(fc.uint8Array({ maxLength: 300 })),
      }),
    );
    const salt = Buffer.from('12345678');
    fc.assert(
      fc.property(edits, fc.nat(), (list, number) => {
        const bytes = writeFrame(list, salt, number);
        const frame = readFrame(Buffer.concat([Buffer.alloc(64), bytes]), 64, salt, number);
        expect(frame?.end).toBe(64 + bytes.length);
        expect(frame && shown(frame.edits)).toEqual(shown(list));
      }),
    );
  });

  it.runIf('crc32' in zlib)('has the checksum that zlib computes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32(bytes) === zlib.crc32(bytes)));
  });
});

describe('a log file', () => {
  const path = (): string => join(folder, 'log');

  it('loses the last group, and no other, when its end is torn off at any byte', async () => {
    const { bytes, ends } = await threeGroups(path());
    expect(await replayed(path())).toEqual(GROUPS);
    for (let length = ends[1]!; length < ends[2]!; length += 1) {
      for (const rest of [Buffer.alloc(0), Buffer.alloc(64), Buffer.alloc(200, 0xff)]) {
        writeFileSync(path(), Buffer.concat([bytes.subarray(0, length), rest]));
        const groups = await replayed(path());
        // What is cut off may have been zeros that fill the frame.
        expect([GROUPS.slice(0, 2), GROUPS]).toContainEqual(groups);
        if (length < ends[2]! - 64) expect(groups).toEqual(GROUPS.slice(0, 2));
      }
    }
  });

  it('refuses to go on past a group that was acknowledged and is damaged in any byte', async () => {
    const { bytes, ends } = await threeGroups(path());
    const clean = readFileSync(path());
    for (let at = 64; at < ends[1]!; at += 1) {
      const damaged = Buffer.from(clean);
      damaged[at]! ^= 0x10;
      writeFileSync(path(), damaged);
      const padding = await replayed(path()).catch((error: Error) => error.message);
      if (typeof padding === 'string') expect(padding).toMatch(/^the store is damaged: commit [01] of .*log/);
      else expect(padding).toEqual(GROUPS);
    }
    for (let at = 0; at < 26; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x10;
      writeFileSync(path(), damaged);
      await expect(replayed(path())).rejects.toThrow('is no commit log');
    }
  });

  it('reads nothing of an earlier generation', async () => {
    await threeGroups(path());
    const file = await LogFile.open(path(), false);
    await file.begin(2);
    expect(await file.replay()).toEqual([]);
    await file.append([edit('new')]);
    await file.close();
    expect(await replayed(path())).toEqual(['s/new=value of new']);
  });

  it('takes no frame from inside a value', async () => {
    const forged = writeFrame([edit('forged')], Buffer.alloc(8, 'x'), 1);
    // Aligned as the next frame would be, behind whatever the real frame has before it.
    for (let shift = 0; shift < 64; shift += 1) {
      const file = await LogFile.open(path(), true);
      await file.begin(1);
      await file.append([{ space: 's', key: 'k', value: Buffer.concat([Buffer.alloc(shift), forged]) }]);
      await file.begin(2);
      await file.append([edit('real')]);
      await file.close();
      expect(await replayed(path())).toEqual(['s/real=value of real']);
    }
  });

  it('grows past what one growth holds', async () => {
    const file = await LogFile.open(path(), true);
    await file.begin(1);
    const large = 'x'.repeat(700_000);
    for (const key of ['a', 'b', 'c', 'd']) await file.append([edit(key, large)]);
    await file.close();
    expect(await replayed(path())).toEqual(['a', 'b', 'c', 'd'].map((key) => `s/${key}=${large}`));
    expect(readFileSync(path()).length % (1024 * 1024)).toBe(0);
  });
});

describe('the commit log', () => {
  it('replays the turns that are not settled, in their order', async () => {
    const log = await CommitLog.open(folder, true, 0);
    for (const turn of [1, 2, 3]) {
      await log.turn();
      expect(log.generation).toBe(turn);
      await log.append([edit(`turn ${turn}`)]);
      await log.append([edit(`more of ${turn}`)]);
    }
    await log.close();
    const left = async (settled: number): Promise<readonly string[]> => {
      const again = await CommitLog.open(folder, false, settled);
      try {
        return (await again.replay()).map(({ key }) => key);
      } finally {
        await again.close();
      }
    };
    expect(await left(0)).toEqual(['turn 2', 'more of 2', 'turn 3', 'more of 3']);
    expect(await left(2)).toEqual(['turn 3', 'more of 3']);
    expect(await left(3)).toEqual([]);
  });

  it('never gives a turn a number that the records have already', async () => {
    const log = await CommitLog.open(folder, true, 41);
    await log.turn();
    expect(log.generation).toBe(42);
    await log.close();
  });

  it('misses a file that should be there', async () => {
    await (await CommitLog.open(folder, true, 0)).close();
    for (const name of LOG_FILES) {
      copyFileSync(join(folder, name), join(folder, 'kept'));
      rmSync(join(folder, name));
      await expect(CommitLog.open(folder, false, 0)).rejects.toThrow('ENOENT');
      copyFileSync(join(folder, 'kept'), join(folder, name));
    }
  });
});
