/**
 * Loads the bundle with V8's compiled form of it, which the build kept beside it: compiling a few megabytes of text at
 * every start would cost more than all else that a start does. Where the compiled form does not fit this Node, or is
 * missing, the text is compiled as always.
 */
import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const BUNDLE = fileURLToPath(new URL('./tumbler.cjs', import.meta.url));
export const COMPILED = `${BUNDLE}.bin`;

function readIfThere(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** The bundle's exports, and the script that can give its compiled form. */
export function loadBundle() {
  const require = createRequire(BUNDLE);
  const script = new Script(Module.wrap(readFileSync(BUNDLE, 'utf8')), {
    filename: BUNDLE,
    cachedData: readIfThere(COMPILED),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, BUNDLE, dirname(BUNDLE));
  return { exports: module.exports, script };
}
