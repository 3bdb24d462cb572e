/**
 * `npm run bench`: measures the built server beside a real PostgreSQL in the same run and prints a Markdown table.
 * `--quick` measures for a shorter time; `--only=NAME` runs one of the groups (start, reads, writes, large).
 */
import { mkdirSync } from 'node:fs';
import { build } from 'esbuild';

mkdirSync('node_modules/.cache', { recursive: true });
const outfile = 'node_modules/.cache/bench.mjs';
await build({
  entryPoints: ['bench/bench.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
const { bench } = await import(new URL(`../${outfile}`, import.meta.url).href);
await bench(process.argv.slice(2));
