import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The README's example imports the package by its name.
  resolve: { alias: { tumbler: fileURLToPath(new URL('src/index.ts', import.meta.url)) } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, the default, is short for a machine that does other things as well.
    expect: { poll: { timeout: 20_000 } },
    // Two workers: the suite starts real servers, and a small machine should not time them out.
    maxWorkers: 2,
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});
