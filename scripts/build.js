/**
 * Writes dist/: one bundle for the command and the embeddable library, its compiled form, and the types.
 * `--no-types` leaves the types out, as the tests do.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });

const shared = {
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  charset: 'ascii',
  logLevel: 'warning',
};

await build({
  ...shared,
  entryPoints: ['src/bundle.ts'],
  outfile: 'dist/tumbler.cjs',
  bundle: true,
  // Less text to read at each start; names stay, so that stacks can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  // Native and WASM modules find their files beside themselves; drivers of upstreams are loaded only when used.
  external: ['lmdb', 'libpg-query', 'ssh2', 'pg', 'mysql2', 'pg-native'],
  // Drivers load by require: a script that V8 takes from its compiled form cannot import().
  supported: { 'dynamic-import': false },
  define: { 'import.meta.url': '__filename' },
  // As Node wraps modules; see scripts/launch/load.js.
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
});

// CommonJS, which Node starts with less ado; `import` finds what these export as well.
await build({
  ...shared,
  entryPoints: ['load', 'main', 'index'].map((name) => `scripts/launch/${name}.js`),
  outdir: 'dist',
  define: { 'import.meta.dirname': '__dirname' },
});
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
chmodSync('dist/main.js', 0o755);
await keepCompiled();

/** Runs a server once, so that V8 has compiled what a start needs, and keeps that. */
async function keepCompiled() {
  const { COMPILED, loadBundle } = createRequire(import.meta.url)(resolve('dist/load.js'));
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
