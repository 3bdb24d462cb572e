/** Lets scripts, which run before anything is built, use modules of the project that are written in TypeScript. */
import { mkdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Imports a TypeScript module, given by its path from the project's root, with all that it imports but packages. */
export async function importTypeScript(source) {
  const folder = 'node_modules/.cache';
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/${basename(source, '.ts')}.mjs`;
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return import(pathToFileURL(resolve(outfile)).href);
}
