/** What the build bundles: the command and the library in one file. */
export { start } from './index.ts';
export { main } from './main.ts';
