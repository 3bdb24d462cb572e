/**
 * `npm test`: builds, checks types, style and layout, then runs every test. The checks count as tests, all of them run
 * whatever the others say, and the last line is `N passed, N failed, N skipped`. Arguments go to vitest.
 */
import { spawn } from 'node:child_process';

/** The commands of node_modules, run by this Node. */
const bin = (path) => ['node_modules/' + path];

const CHECKS = [
  { name: 'build', args: ['scripts/build.js', '--no-types'] },
  { name: 'types', args: bin('typescript/bin/tsc').concat('--noEmit') },
  { name: 'lint', args: bin('eslint/bin/eslint.js').concat('--max-warnings=0', '.') },
  { name: 'format', args: bin('prettier/bin/prettier.cjs').concat('--check', '--log-level=warn', '.') },
  { name: 'tidy', args: ['scripts/tidy.js'] },
];
/** As many checks at once as a small machine has cores. */
const AT_ONCE = 2;
/** What test/support/count-reporter.ts prints. */
const COUNTS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

/** Runs one program; resolves with its exit code and what it printed. */
function run(args, onLine) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        lines.forEach(onLine);
      });
      stream.on('end', () => rest !== '' && onLine(rest));
    }
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function check({ name, args }) {
  const begun = performance.now();
  const lines = [];
  const code = await run(args, (line) => lines.push(line));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  if (code !== 0) console.log(lines.join('\n'));
  console.log(`${code === 0 ? 'passed' : 'FAILED'}: ${name} (${seconds} s)`);
  return code === 0;
}

async function checkAll() {
  const waiting = [...CHECKS];
  const results = [];
  const worker = async () => {
    for (let next; (next = waiting.shift()) !== undefined;) results.push(await check(next));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** Vitest's counts; a run that ends without them failed. */
async function vitest(args) {
  let counts;
  const code = await run([...bin('vitest/vitest.mjs'), 'run', ...args], (line) => {
    const match = COUNTS.exec(line);
    if (match === null) console.log(line);
    else counts = { passed: +match[1], failed: +match[2], skipped: +match[3] };
  });
  if (counts === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

const checks = await checkAll();
const tests = await vitest(process.argv.slice(2));
const passed = tests.passed + checks.filter((ok) => ok).length;
const failed = tests.failed + checks.filter((ok) => !ok).length;
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${tests.skipped} skipped`);
