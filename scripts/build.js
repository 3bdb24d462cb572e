/**
 * Writes dist/: one bundle for the command and the embeddable library, its compiled form, and the types.
 * `--no-types` leaves the types out, as the tests do.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });

await build({
  entryPoints: ['src/bundle.ts'],
  outfile: 'dist/tumbler.cjs',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  // Less text to read at each start; names stay, so that stacks can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  // Native and WASM modules find their files beside themselves; drivers of upstreams are loaded only when used.
  external: ['lmdb', 'libpg-query', 'ssh2', 'pg', 'mysql2', 'pg-native'],
  // Drivers load by require: a script that V8 takes from its compiled form cannot import().
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__importMetaUrl' },
  banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});
for (const name of ['load.js', 'main.js', 'index.js']) copyFileSync(`scripts/launch/${name}`, `dist/${name}`);
chmodSync('dist/main.js', 0o755);
await keepCompiled();

/** Runs a server once, so that V8 has compiled what a start needs, and keeps that. */
async function keepCompiled() {
  const { COMPILED, loadBundle } = await import(pathToFileURL(resolve('dist/load.js')).href);
  const { exports, script } = loadBundle();
  const server = await exports.start();
  await server.stop();
  writeFileSync(COMPILED, script.createCachedData());
}

if (!process.argv.includes('--no-types')) {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
    stdio: 'inherit',
  });
}
