/** The clients that applications keep secrets with: caches in Python and Java, and a JDBC driver that logs in on our own door. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it } from 'vitest';
import { CACHING_PROGRAMS, runProgram } from './aws/clients/programs.ts';
import { ACCESS_KEY, REGION, SECRET_KEY } from './aws/harness.ts';
import { start } from '../src/index.ts';

const ROLE = 'app';
const PASSWORD = 'fake-only-in-tests';

for (const { name, command, installed, steps } of CACHING_PROGRAMS) {
  it.skipIf(!installed)(
    `${name}${installed ? '' : ' (not installed)'}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tumbler-caching-'));
      const awsCredentialsFile = join(folder, 'credentials.json');
      const credential = { secretAccessKey: SECRET_KEY, role: 'mz_system' };
      writeFileSync(awsCredentialsFile, JSON.stringify({ [ACCESS_KEY]: credential }));
      const tumbler = await start({
        authentication: 'password',
        systemPassword: PASSWORD,
        aws: { awsAuth: 'sigv4', awsCredentialsFile },
      });
      try {
        const { internalSqlPort, sqlPort } = tumbler;
        const administrator = new pg.Client({
          host: '127.0.0.1',
          port: internalSqlPort!,
          user: 'mz_system',
          password: PASSWORD,
          database: 'materialize',
        });
        await administrator.connect();
        await administrator.query(`CREATE ROLE ${ROLE} LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
        await administrator.end();
        const run = await runProgram(command, {
          AWS_ACCESS_KEY_ID: ACCESS_KEY,
          AWS_SECRET_ACCESS_KEY: SECRET_KEY,
          AWS_REGION: REGION,
          AWS_DEFAULT_REGION: REGION,
          AWS_ENDPOINT_URL: tumbler.awsEndpoint!,
          ROLE,
          PASSWORD,
          DATABASE: `postgresql://127.0.0.1:${sqlPort}/materialize?sslmode=disable`,
        });
        expect(run.exitCode, run.output).toBe(0);
        expect(run.steps, run.output).toEqual(steps);
      } finally {
        await tumbler.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    300_000,
  );
}
