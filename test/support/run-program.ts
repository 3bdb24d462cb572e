/** Runs a TypeScript program of the tests in a process of its own, so that it can be killed or starved. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a program; the result is a path to run with node, for the caller to remove. Packages stay outside and are
 * found in node_modules.
 */
export async function bundleProgram(source: string): Promise<string> {
  const folder = join(import.meta.dirname, '../../node_modules/.cache/test-programs');
  mkdirSync(folder, { recursive: true });
  const name = source.replaceAll(/[^a-z0-9]+/gi, '-');
  const outfile = join(folder, `${name}-${process.pid}.mjs`);
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
  return outfile;
}

/** A program that runs; `lines` are what it wrote to standard output so far, whole lines only. */
export interface RunningProgram {
  readonly child: ChildProcess;
  readonly lines: () => readonly string[];
  readonly errors: () => string;
  /** Resolves when the first line is there, or the program has ended. */
  readonly started: Promise<void>;
  /** Resolves with exit code or signal when the program has ended and its output is read. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts a command and gathers its output. */
export function runProgram(command: string, args: readonly string[]): RunningProgram {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  let start: () => void = () => undefined;
  const started = new Promise<void>((resolve) => (start = resolve));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes('\n')) start();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => {
      start();
      resolve(signal ?? code);
    });
  });
  return {
    child,
    lines: () =>
      output
        .slice(0, output.lastIndexOf('\n') + 1)
        .split('\n')
        .slice(0, -1),
    errors: () => errors,
    started,
    ended,
  };
}
