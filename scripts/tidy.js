/**
 * Style as a test: rooms import downwards only, files stay small, the lock file names no host, and nothing names the
 * machine it was written on. Prints each violation as `file: reason` and exits 1 if there is any.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * Rooms from the bottom up: a row may import the rows before it, and a room its own files. The README's architecture
 * section lists the same rooms.
 */
const ROOMS = [
  ['errors.ts', 'config.ts', 'secrets/secret-bytes.ts'],
  ['log.ts'],
  ['types'],
  ['pgproto', 'sql', 'store'],
  ['catalog'],
  ['secrets'],
  ['functions'],
  ['relations'],
  ['query'],
  ['connections'],
  ['clusters'],
  ['engine'],
  ['pgwire', 'aws', 'console'],
  ['http-application.ts'],
  ['http.ts'],
  ['server.ts'],
  ['index.ts', 'main.ts'],
  ['bundle.ts'],
];
/** Types (never values) that a room below may know of a room above. */
const TYPES_FOR_ALL = new Set(['query/session-context.ts', 'query/interrupt.ts', 'query/result.ts']);
/** What a door may import: its protocol's rooms and what the engine hands over. */
const DOORS = {
  pgwire: ['errors.ts', 'log.ts', 'types', 'pgproto', 'query', 'engine', 'secrets'],
  console: ['errors.ts', 'log.ts', 'engine'],
};
/** Generated tables and test data may be longer; they say so in line one. */
const MAX_LINES = 500;

const level = new Map(ROOMS.flatMap((rooms, i) => rooms.map((room) => [room, i])));
const problems = [];

function* filesBelow(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else if (/\.(ts|js)$/.test(path)) yield path;
  }
}

/** A file that stands on a level of its own, or else its folder. */
function roomOf(pathInSrc) {
  return level.has(pathInSrc) ? pathInSrc : pathInSrc.split('/')[0];
}

function* importsOf(text) {
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?[^;]*?from\s+'(\.[^']+)'/gm)) {
    yield { path: match[2], typeOnly: match[1] !== undefined };
  }
  for (const match of text.matchAll(/\bimport\('(\.[^']+)'\)/g)) yield { path: match[1], typeOnly: false };
}

function checkImports(file, text) {
  const room = roomOf(relative('src', file));
  const own = level.get(room);
  if (own === undefined) problems.push(`${file}: no such room in scripts/tidy.js`);
  for (const { path, typeOnly } of importsOf(text)) {
    const target = relative('src', resolve(dirname(file), path));
    const targetRoom = roomOf(target);
    const theirs = level.get(targetRoom) ?? Infinity;
    if (target.split('/')[0] === room || (typeOnly && TYPES_FOR_ALL.has(target))) continue;
    if (theirs > own) problems.push(`${file}: imports upwards: ${target}`);
    else if (theirs === own) problems.push(`${file}: imports a room on its own level: ${target}`);
    const allowed = DOORS[room];
    if (allowed !== undefined && !allowed.includes(targetRoom)) {
      problems.push(`${file}: a door knows its protocol and the engine, not ${target}`);
    }
  }
}

function checkLength(file, text) {
  const lines = text.split('\n').length - 1;
  const exempt =
    file.endsWith('.test.ts') || /\b(generated|test data)\b/i.test(text.slice(0, text.indexOf('\n')));
  if (!exempt && lines > MAX_LINES) problems.push(`${file}: ${lines} lines, more than ${MAX_LINES}`);
}

for (const file of filesBelow('src')) {
  const text = readFileSync(file, 'utf8');
  checkLength(file, text);
  if (!file.endsWith('.test.ts')) checkImports(file, text);
}
for (const folder of ['test', 'bench', 'scripts']) {
  for (const file of filesBelow(folder)) checkLength(file, readFileSync(file, 'utf8'));
}
// Where a package was fetched from is each machine's own affair.
if (/"resolved":/.test(readFileSync('package-lock.json', 'utf8'))) {
  problems.push('package-lock.json: names where packages were fetched from');
}

for (const problem of problems) console.log(problem);
if (problems.length > 0) process.exitCode = 1;
