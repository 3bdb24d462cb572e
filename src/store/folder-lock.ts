/**
 * Keeps a second server out of a data folder. The lock file names its holder: process id, when that process started and
 * the boot it belongs to, so that a file left by a crash is told from a running holder even where process ids repeat, as
 * in containers. A socket beside it tells of a holder whose process id means nothing here, as in another container. A
 * folder shared between machines is not guarded.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isListening, listen } from './folder-socket.ts';
import { StoreError } from './store-error.ts';

/** Longer than it takes another server to go from reading a stale lock file to replacing it. */
const TAKEOVER_SETTLE_MS = 50;

/** Folders locked by this process, so that two servers in one process keep apart as well. */
const heldHere = new Set<string>();

/**
 * Locks the folder; the result gives it back. Throws {@link StoreError} naming the holder's process id when the folder
 * is in use.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'tumbler.pid');
  const mine = `${process.pid} ${startTime(process.pid) ?? '-'} ${bootId()} ${randomUUID()}\n`;
  if (heldHere.has(path)) throw inUse(folder, `process ${process.pid}`);
  heldHere.add(path);
  try {
    const socketPath = join(folder, 'tumbler.sock');
    if (!createExclusively(path, mine)) await takeOver(folder, path, socketPath, mine);
    const stopListening = await listen(socketPath);
    return async () => {
      await stopListening();
      if (readIfThere(path) === mine) rmSync(path, { force: true });
      heldHere.delete(path);
    };
  } catch (error) {
    heldHere.delete(path);
    throw error;
  }
}

/** Replaces a lock file that a crash left; throws when its holder lives, or another server is quicker. */
async function takeOver(folder: string, path: string, socketPath: string, mine: string): Promise<void> {
  const holder = (): string => `process ${liveOwner(readIfThere(path)) ?? 'unknown'}`;
  const found = readIfThere(path);
  const owner = liveOwner(found);
  if (owner !== null) throw inUse(folder, `process ${owner}`);
  if (await isListening(socketPath)) throw inUse(folder, 'a server of another container');
  if (readIfThere(path) !== found) throw inUse(folder, holder());
  rmSync(path, { force: true });
  if (!createExclusively(path, mine)) throw inUse(folder, holder());
  // Two servers may have found the same stale file: the one that replaced it last holds the folder.
  await sleep(TAKEOVER_SETTLE_MS);
  if (readIfThere(path) !== mine) throw inUse(folder, holder());
}

function inUse(folder: string, holder: string): StoreError {
  return new StoreError(
    `the data folder ${folder} is in use by ${holder}; stop that server or choose another --data-dir`,
  );
}

function createExclusively(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

/** Process id of the holder that a lock file names, if it still runs. */
function liveOwner(lockText: string | null): number | null {
  const [pidText, started, boot] = (lockText ?? '').trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || (boot !== undefined && boot !== bootId())) return null;
  // A file with our own number that we do not hold is a left-over of an earlier process with that number.
  if (pid === process.pid || !isRunning(pid)) return null;
  const startedNow = startTime(pid);
  return startedNow !== null && started !== undefined && started !== '-' && startedNow !== started
    ? null
    : pid;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in ticks since boot; null where the system does not tell. */
function startTime(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The second field, the command's name, may hold anything but ends at the last parenthesis.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** Changes with every boot, where the system tells: a process id of an earlier boot means nothing. */
function bootId(): string {
  return readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? '-';
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
