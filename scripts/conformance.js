/**
 * `npm run conformance`: runs every client of test/clients that is installed here against the built server, and prints
 * for each how many statements it sent, how many the server took, and what failed; then the table of the README.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'tumbler-conformance-'));
const run = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/clients'], {
  stdio: 'inherit',
  env: { ...process.env, TUMBLER_CLIENTS: 'all', TUMBLER_CONFORMANCE_DIR: folder },
});
const figures = readdirSync(folder)
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
  .sort((a, b) => a.client.localeCompare(b.client));
rmSync(folder, { recursive: true, force: true });

const total = { client: 'all', tried: 0, passed: 0 };
console.log(`\n${'client'.padEnd(18)}${'tried'.padStart(8)}${'passed'.padStart(8)}${'failed'.padStart(8)}`);
const line = ({ client, tried, passed }) =>
  console.log(
    `${client.padEnd(18)}${String(tried).padStart(8)}${String(passed).padStart(8)}${String(tried - passed).padStart(8)}`,
  );
for (const entry of figures) {
  line(entry);
  total.tried += entry.tried;
  total.passed += entry.passed;
}
line(total);
for (const { client, failures } of figures) {
  for (const failure of failures) console.log(`\n${client}: ${failure}`);
}
console.log('\n| client | version | what is tested |\n| --- | --- | --- |');
for (const { client, version, checks } of figures) {
  const shown = checks.length > 8 ? [...checks.slice(0, 8), `${checks.length - 8} more`] : checks;
  console.log(`| ${client} | ${version} | ${shown.join(', ')} |`);
}
process.exitCode = run.status === 0 && figures.length > 0 && total.tried === total.passed ? 0 : 1;
