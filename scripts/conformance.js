/**
 * `npm run conformance`: runs every client of test/clients that is installed here against the built server, and prints
 * for each how many statements it sent, how many the server took, how many it refused as PostgreSQL does (or as the test
 * meant it to), and what failed; then the table of the README.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importTypeScript } from './import-typescript.js';

/** Runs the clients; what each sent and what was refused of it is left in a folder, a file for each client. */
function runClients() {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-conformance-'));
  const run = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/clients'], {
    stdio: 'inherit',
    env: { ...process.env, TUMBLER_CLIENTS: 'all', TUMBLER_CONFORMANCE_DIR: folder },
  });
  const figures = readdirSync(folder)
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    .sort((a, b) => a.client.localeCompare(b.client));
  rmSync(folder, { recursive: true, force: true });
  return { passed: run.status === 0, figures };
}

/** Parts what the server refused into what PostgreSQL refuses too (or a test meant) and what only the server refuses. */
async function judged({ tried, refused, ...client }, judge) {
  const failures = [];
  for (const { sql, error, meant } of refused) {
    if (!meant && !(await judge?.refuses(sql))) failures.push(`${error}: ${sql}`);
  }
  const failed = failures.length;
  return { ...client, tried, took: tried - refused.length, alike: refused.length - failed, failed, failures };
}

const COLUMNS = ['tried', 'took', 'alike', 'failed'];
const HEADINGS = { tried: 'tried', took: 'passed', alike: 'refused alike', failed: 'failed' };

function printTable(results) {
  const line = (name, cells) =>
    console.log(name.padEnd(18) + cells.map((cell) => cell.padStart(15)).join(''));
  line('client', Object.values(HEADINGS));
  const total = Object.fromEntries(COLUMNS.map((column) => [column, 0]));
  for (const result of results) {
    line(
      result.client,
      COLUMNS.map((column) => String(result[column])),
    );
    for (const column of COLUMNS) total[column] += result[column];
  }
  line(
    'all',
    COLUMNS.map((column) => String(total[column])),
  );
  return total;
}

const { passed, figures } = runClients();
const { openJudge } = await importTypeScript('test/clients/support/judge.ts');
const judge = await openJudge();
if (judge === null)
  console.log('\nPostgreSQL is not installed: whatever the server refuses counts as failed.');
const results = [];
for (const entry of figures) results.push(await judged(entry, judge));
await judge?.close();

console.log();
const { failed } = printTable(results);
for (const { client, failures } of results) {
  for (const failure of failures) console.log(`\n${client}: ${failure}`);
}
console.log('\n| client | version | what is tested |\n| --- | --- | --- |');
for (const { client, version, checks } of results) {
  const shown = checks.length > 8 ? [...checks.slice(0, 8), `${checks.length - 8} more`] : checks;
  console.log(`| ${client} | ${version} | ${shown.join(', ')} |`);
}
process.exitCode = passed && figures.length > 0 && failed === 0 ? 0 : 1;
