/**
 * Loads the bundle with V8's compiled form of it, which the build kept beside it: compiling a few megabytes of text at
 * every start would cost more than all else that a start does. Where the compiled form does not fit this Node, or is
 * missing, the text is compiled as always.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

const FOLDER = import.meta.dirname;
const BUNDLE = join(FOLDER, 'tumbler.cjs');
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
  // The build wraps the text as a module's function and leaves only ASCII in it, which is quicker to read as Latin-1.
  const script = new Script(readFileSync(BUNDLE, 'latin1'), {
    filename: BUNDLE,
    cachedData: readIfThere(COMPILED),
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(BUNDLE), module, BUNDLE, FOLDER);
  return { exports: module.exports, script };
}
