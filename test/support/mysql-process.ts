/** What throwaway servers of the MySQL family have in common: when they answer, and their end. */
import type { ChildProcess } from 'node:child_process';
import { createConnection, type Connection } from 'mysql2/promise';

const START_MS = 60_000;

/** A session of root over the socket, once the server answers. Throws when it ends before, or takes a minute. */
export async function whenReady(child: ChildProcess, socketPath: string): Promise<Connection> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      const root = await createConnection({ socketPath, user: 'root' });
      root.on('error', () => undefined);
      return root;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Kills the process: nothing of a throwaway server is worth a clean shutdown. Resolves when it is gone. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
