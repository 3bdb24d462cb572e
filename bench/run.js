/**
 * `npm run bench`: measures the built server beside a real PostgreSQL in the same run and prints a Markdown table.
 * `--quick` measures for a shorter time; `--only=NAME` runs one of the groups (start, reads, writes, large).
 */
import { importTypeScript } from '../scripts/import-typescript.js';

const { bench } = await importTypeScript('bench/bench.ts');
await bench(process.argv.slice(2));
