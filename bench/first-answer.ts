/** Time from the start of a process to its first answer to a query. */
import { connect } from 'node:net';

/** `SELECT 1` after a start-up packet, in one write. */
function greeting(user: string, database: string): Buffer {
  const parameters = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const startup = Buffer.alloc(8);
  startup.writeInt32BE(parameters.length + 8, 0);
  startup.writeInt32BE(196608, 4);
  const sql = Buffer.from('SELECT 1\0');
  const query = Buffer.alloc(5, 'Q');
  query.writeInt32BE(sql.length + 4, 1);
  return Buffer.concat([startup, parameters, query, sql]);
}

/** True when the server answered the query with a row. */
function ask(port: number, user: string, database: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let bytes = Buffer.alloc(0);
    socket.on('connect', () => socket.write(greeting(user, database)));
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!bytes.includes('SELECT 1\0')) return;
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}

/** Runs `start`, then asks until there is an answer; milliseconds. Throws after half a minute. */
export async function firstAnswer(
  start: () => void,
  target: { readonly port: number; readonly user: string; readonly database: string },
): Promise<number> {
  const begun = performance.now();
  start();
  while (!(await ask(target.port, target.user, target.database))) {
    if (performance.now() - begun > 30_000) throw new Error('no answer in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return performance.now() - begun;
}
