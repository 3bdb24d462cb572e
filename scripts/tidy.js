/**
 * Style as a test: rooms import downwards only, files stay small, and nothing names what it should not.
 * Prints each violation as `file: reason` and exits 1 if there is any.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** Rooms from the bottom up. A room may import those before it, and the files of its own. */
const ROOMS = [
  ['errors.ts'],
  ['types'],
  ['pgproto', 'sql', 'store'],
  ['catalog'],
  ['secrets'],
  ['log.ts', 'functions'],
  ['relations'],
  ['query'],
  ['connections'],
  ['clusters'],
  ['engine'],
  ['pgwire', 'aws', 'console'],
  ['config.ts'],
  ['http.ts'],
  ['server.ts'],
  ['index.ts', 'main.ts'],
];
/** Types that a lower room may know of a higher one (never values). */
const TYPE_ONLY_DOWN = new Set([
  'query/session-context.ts',
  'query/interrupt.ts',
  'query/result.ts',
  'relations/relation.ts',
]);
const MAX_LINES = 500;

const level = new Map(ROOMS.flatMap((rooms, i) => rooms.map((room) => [room, i])));
const problems = [];

function* filesBelow(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else if (path.endsWith('.ts')) yield path;
  }
}

function roomOf(pathInSrc) {
  return pathInSrc.split('/')[0];
}

for (const file of filesBelow('src')) {
  const inSrc = relative('src', file);
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const generated = /generated/i.test(lines[0] ?? '');
  const isTest = file.endsWith('.test.ts');
  if (!generated && !isTest && lines.length > MAX_LINES)
    problems.push(`${file}: ${lines.length} lines, more than ${MAX_LINES}`);
  const room = roomOf(inSrc);
  if (!level.has(room)) problems.push(`${file}: no such room in scripts/tidy.js`);
  if (isTest) continue;
  for (const match of text.matchAll(/^(import|export)\s+(type\s+)?[^;]*?from\s+'(\.[^']+)'/gm)) {
    const target = relative('src', resolve(dirname(file), match[3]));
    const targetRoom = roomOf(target);
    if (targetRoom === room) continue;
    const typeOnly = match[2] !== undefined;
    if (typeOnly && TYPE_ONLY_DOWN.has(target)) continue;
    if ((level.get(targetRoom) ?? 99) > (level.get(room) ?? -1)) {
      problems.push(`${file}: imports upwards: ${target}`);
    } else if (level.get(targetRoom) === level.get(room)) {
      problems.push(`${file}: imports a room on its own level: ${target}`);
    }
  }
}

for (const problem of problems) console.log(problem);
if (problems.length > 0) process.exit(1);
