import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from './store-error.ts';

/**
 * Keeps a second server out of a data folder. The file holds the owner's process id; one whose process is gone was left
 * by a crash and is taken over.
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'tumbler.pid');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, `${process.pid} ${bootId()}\n`);
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = liveOwner(path);
      if (owner !== null) {
        throw new StoreError(
          `the data folder ${folder} is in use by process ${owner}; stop that server or choose another --data-dir`,
        );
      }
      rmSync(path, { force: true });
    }
  }
  throw new StoreError(`the data folder ${folder} could not be locked`);
}

/** Process id of the holder if it still runs. */
function liveOwner(path: string): number | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const [pidText, boot] = text.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || (boot !== undefined && boot !== bootId())) return null;
  // In a container every start has the same small pid: our own number in the file is a left-over too.
  if (pid === process.pid) return heldHere.has(path) ? pid : null;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : null;
  }
}

/** Locks of this process, so that two servers in one process keep apart as well. */
export const heldHere = new Set<string>();

/** Changes with every boot, where the system tells: a pid of an earlier boot means nothing. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '-';
  }
}
