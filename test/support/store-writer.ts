/**
 * Opens the store in the folder given and writes commits until one fails: `open` and `closing` with the time, `ok <n>` for each that was acknowledged,
 * `failed: <text>` for the first that was not, and then what a later one is told. Each commit writes a pair of records
 * of `size` bytes.
 */
import { writeSync } from 'node:fs';
import { openLmdbStore } from '../../src/store/lmdb-store.ts';

const [folder, size, count] = process.argv.slice(2) as [string, string, string];
const say = (text: string): void => void writeSync(1, `${text}\n`);

try {
  const store = await openLmdbStore(folder);
  say(`open ${Date.now()}`);
  const value = Buffer.alloc(Number(size), 'v');
  try {
    for (let n = 1; n <= Number(count); n += 1) {
      const key = String(n).padStart(8, '0');
      await store.commit([
        { space: 'left', key, value },
        { space: 'right', key, value },
      ]);
      say(`ok ${n}`);
    }
    say(`closing ${Date.now()}`);
    await store.close();
  } catch (error) {
    say(`failed: ${(error as Error).message}`);
    await store.commit([{ space: 'left', key: 'later', value }]).catch((later: Error) => {
      say(`later: ${later.message}`);
    });
    process.exit(3);
  }
} catch (error) {
  say(`refused: ${(error as Error).message}`);
  process.exit(2);
}
