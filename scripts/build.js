/**
 * Writes dist/: one bundle for the command and the embeddable library (few files open fast), and the types.
 * `--no-types` leaves the types out, as the tests do.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });

await build({
  entryPoints: ['src/main.ts', 'src/index.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // Less text to read at each start; names stay, so that stacks and error classes can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: false,
  sourcemap: true,
  chunkNames: 'chunks/[name]-[hash]',
  // Native and WASM modules find their files beside themselves; drivers of upstreams are loaded only when used.
  external: ['lmdb', 'libpg-query', 'ssh2', 'pg', 'kafkajs', 'mysql2', 'pg-native'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
chmodSync('dist/main.js', 0o755);

if (!process.argv.includes('--no-types')) {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], {
    stdio: 'inherit',
  });
}
