/**
 * `npm run demo`: rehearses a rotation with psql against the built server, a throwaway PostgreSQL and a throwaway
 * bastion, and prints the session. Wants psql and PostgreSQL on the machine; OpenSSH if it is there.
 */
import { mkdirSync } from 'node:fs';
import { build } from 'esbuild';

const folder = 'node_modules/.cache';
mkdirSync(folder, { recursive: true });
const outfile = `${folder}/demo.mjs`;
await build({
  entryPoints: ['test/support/demo.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
const { demo } = await import(new URL(`../${outfile}`, import.meta.url).href);
try {
  await demo();
} catch (error) {
  console.error(`The demo stopped: ${error.message}`);
  process.exitCode = 1;
}
