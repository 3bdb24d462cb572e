/** Follows the Dockerfile step by step in a temporary folder, then starts and asks what it made. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { readCopy, readDockerfile, readEnv, type Stage } from './support/dockerfile.ts';
import { freePort } from './support/postgres.ts';

const run = promisify(execFile);
const REGISTRY_AWAY = /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ENETUNREACH|ETIMEDOUT/;
const MINUTES = 60_000;

const [build, image] = readDockerfile(readFileSync('Dockerfile', 'utf8')) as [Stage, Stage];
const root = mkdtempSync(join(tmpdir(), 'tumbler-image-'));
let server: ChildProcess | undefined;

afterAll(() => {
  server?.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** A path of a stage's file system, inside this test's folder. */
const inStage = (stage: string, path: string): string => join(root, stage || 'image', path);

/** Does WORKDIR, COPY and, in the build stage, RUN. */
async function follow(stage: Stage, runs: boolean): Promise<void> {
  let folder = '/';
  for (const { name, text } of stage.instructions) {
    if (name === 'WORKDIR') folder = text;
    if (name === 'COPY') copy(stage, folder, text);
    if (name === 'RUN' && runs) {
      // The registry is asked only for what this machine's npm does not hold yet.
      const env = { ...process.env, npm_config_prefer_offline: 'true' };
      await run('sh', ['-c', text], { cwd: inStage(stage.name, folder), env });
    }
  }
}

function copy(stage: Stage, folder: string, text: string): void {
  const { from, sources, target } = readCopy(text);
  for (const source of sources) {
    const origin = from === null ? source : inStage(from, source);
    // `COPY file ./` keeps the name; `COPY folder ./folder` names it.
    const goal = target.endsWith('/') ? join(target, basename(source)) : target;
    cpSync(origin, inStage(stage.name, join(folder, goal)), { recursive: true, verbatimSymlinks: true });
  }
}

const value = (name: string): string => image.instructions.find((step) => step.name === name)?.text ?? '';

describe('the Dockerfile', () => {
  it('is given what it copies: .dockerignore leaves out everything that it does not name', () => {
    const [first, ...rules] = readFileSync('.dockerignore', 'utf8').trim().split('\n');
    const copied = build.instructions
      .filter(({ name }) => name === 'COPY')
      .flatMap(({ text }) => readCopy(text).sources);
    expect(first).toBe('*');
    expect(rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1))).toEqual(copied);
  });

  it(
    'builds',
    async ({ skip }) => {
      try {
        await follow(build, true);
      } catch (error) {
        if (REGISTRY_AWAY.test(String((error as { stderr?: string }).stderr)))
          skip('no package registry here');
        throw error;
      }
      await follow(image, false);
      expect(existsSync(inStage('image', '/app/dist/main.js'))).toBe(true);
    },
    6 * MINUTES,
  );

  it('leaves development packages and tests out', ({ skip }) => {
    if (!existsSync(inStage('image', '/app'))) skip('the image was not built');
    expect(existsSync(inStage('image', '/app/node_modules/lmdb'))).toBe(true);
    expect(existsSync(inStage('image', '/app/node_modules/typescript'))).toBe(false);
    expect(existsSync(inStage('image', '/app/src'))).toBe(false);
  });

  it('does not run as root, and keeps its data in a volume', () => {
    expect(value('USER')).toBe('node');
    expect(readEnv(value('ENV'))['TUMBLER_DATA_DIR']).toBe(value('VOLUME'));
  });

  it(
    'makes a server that answers, with a health check that tells whether it does',
    async ({ skip }) => {
      if (!existsSync(inStage('image', '/app'))) skip('the image was not built');
      const [sqlPort, httpPort] = [await freePort(), await freePort()];
      // The image's own settings, with the data and the ports of this test.
      const env = {
        PATH: process.env['PATH'] ?? '',
        ...readEnv(value('ENV')),
        TUMBLER_DATA_DIR: join(root, 'data'),
        TUMBLER_SQL_LISTEN_ADDR: `127.0.0.1:${sqlPort}`,
        TUMBLER_INTERNAL_SQL_LISTEN_ADDR: 'off',
        TUMBLER_HTTP_LISTEN_ADDR: `127.0.0.1:${httpPort}`,
      };
      const cwd = inStage('image', value('WORKDIR'));
      const [program = '', ...args] = JSON.parse(value('ENTRYPOINT')) as string[];
      const [asking = '', ...question] = JSON.parse(value('HEALTHCHECK').replace(/^.*?CMD /, '')) as string[];
      const healthy = (): Promise<boolean> =>
        run(asking, question, { cwd, env }).then(
          () => true,
          () => false,
        );
      expect(await healthy()).toBe(false);
      server = spawn(program, args, { cwd, env, stdio: 'ignore' });
      await expect.poll(healthy, { timeout: MINUTES / 2, interval: 100 }).toBe(true);

      const client = new pg.Client(`postgres://materialize@127.0.0.1:${sqlPort}/materialize`);
      await client.connect();
      await client.query("CREATE SECRET in_the_image AS 'x'");
      const { rows } = await client.query<{ name: string }>('SELECT name FROM mz_secrets');
      await client.end();
      expect(rows).toEqual([{ name: 'in_the_image' }]);
    },
    MINUTES,
  );
});
