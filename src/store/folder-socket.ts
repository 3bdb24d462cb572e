/**
 * A socket in a data folder that somebody listens on for as long as the folder is in use. Unlike a process id it means
 * the same in every container that mounts the folder, and it falls silent with its process however that ends.
 */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** What the system takes as the path of a socket, less a little: 104 bytes on some systems, 108 on others. */
const LONGEST_PATH = 100;

/** What a socket answers when its process is gone or it was never there. Anything else, somebody may be behind it. */
const NOBODY: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED', 'ENOTSOCK']);

/** Whether a socket can be used at all: not on Windows, nor under a long path. */
function usable(path: string): boolean {
  return process.platform !== 'win32' && Buffer.byteLength(path) <= LONGEST_PATH;
}

/** Whether somebody listens. */
export function isListening(path: string): Promise<boolean> {
  if (!usable(path)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (listening: boolean): void => {
      socket.destroy();
      resolve(listening);
    };
    socket.on('connect', () => answer(true));
    socket.on('error', (error: NodeJS.ErrnoException) => answer(!NOBODY.has(error.code ?? '')));
  });
}

/**
 * Listens until the result is called. Does not keep the process alive. Where the file system knows no sockets, nobody
 * listens, and the lock file alone keeps others out.
 */
export function listen(path: string): Promise<() => Promise<void>> {
  if (!usable(path)) return Promise.resolve(async () => undefined);
  rmSync(path, { force: true });
  const server = createServer((socket) => socket.destroy()).unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(async () => undefined));
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(() => new Promise((closed) => void server.close(() => closed())));
    });
  });
}
