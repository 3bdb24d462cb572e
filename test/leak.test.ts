/**
 * Secret values put in at every door and in every form of statement, then looked for in everything that the server shows,
 * writes or keeps. A value that comes back anywhere but from GetSecretValue is a leak.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FrontendMessage } from '../src/pgproto/frontend-messages.ts';
import { isBuilt, startServerProcess, type ServerProcess } from './support/server-process.ts';
import {
  WireClient,
  bind,
  closeStatement,
  describeStatement,
  execute,
  parse,
  query,
  sync,
} from './support/wire-client.ts';

/** Values that were planted, with what they stand in. */
const planted = new Map<string, string>();

function sentinel(where: string): string {
  const value = `zq${randomBytes(9).toString('hex')}qz`;
  planted.set(value, where);
  return value;
}

/** A value as itself, and as the encodings it may hide in. */
function forms(value: string): readonly Buffer[] {
  const bytes = Buffer.from(value);
  // Three bytes make four characters of base64: each of the three ways a value can lie in a longer text.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset === 0 ? 0 : 4, -4),
  );
  return [
    bytes,
    Buffer.from(bytes.toString('hex')),
    Buffer.from(value, 'utf16le'),
    Buffer.from(encodeURIComponent(value)),
    ...base64.map((text) => Buffer.from(text)),
  ];
}

/** Names of the planted values that are in the bytes. */
function found(bytes: Buffer | string): readonly string[] {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return [...planted]
    .filter(([value]) => forms(value).some((form) => buffer.includes(form)))
    .map(([, w]) => w);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Throws an error of a library that quotes its input, when told to: a defect as it may happen. */
const DEFECT = `
process.on('SIGUSR2', () => {
  setImmediate(() => JSON.parse(process.env.PLANTED_BY_THE_TEST));
});`;

/** Throws a rejection nobody handles. */
const REJECTION = `
process.on('SIGWINCH', () => {
  Promise.reject(new Error('lost: ' + process.env.PLANTED_BY_THE_TEST));
});`;

describe.skipIf(!isBuilt())('a planted secret', () => {
  let folder: string;
  let server: ServerProcess;
  /** Everything that the server sent, in order. */
  const received: Buffer[] = [];
  let answered = 0;
  const inDefect = sentinel('the message of a defect');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tumbler-leak-'));
    writeFileSync(join(folder, 'preload.cjs'), DEFECT + REJECTION);
    const initial = sentinel('the init file');
    writeFileSync(join(folder, 'init.sql'), `CREATE SECRET from_init AS '${initial}';\n`);
    server = await startServerProcess({
      node: ['--require', join(folder, 'preload.cjs')],
      env: { PLANTED_BY_THE_TEST: inDefect },
      flags: [
        `--data-dir=${join(folder, 'data')}`,
        `--init=${join(folder, 'init.sql')}`,
        '--log-level=trace',
        '--upstreams=simulated',
        '--system-parameter-default=max_secrets=1000',
      ],
    });
    await plantBySql();
    await plantByAws();
  });
  afterAll(async () => {
    await server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  async function session(parameters: Record<string, string> = {}): Promise<WireClient> {
    const client = await WireClient.open(server.sqlPort);
    client.socket.on('data', (chunk: Buffer) => received.push(chunk));
    client.startup({ user: 'materialize', database: 'materialize', ...parameters });
    await client.until('readyForQuery');
    return client;
  }

  async function send(
    client: WireClient,
    ...messages: readonly FrontendMessage[]
  ): Promise<readonly string[]> {
    client.send(...messages);
    answered++;
    const answer = await client.until('readyForQuery');
    return answer.flatMap((each) =>
      each.kind === 'commandComplete' ? [each.tag] : each.kind === 'errorResponse' ? ['error'] : [],
    );
  }

  async function plantBySql(): Promise<void> {
    const client = await session();
    for (const [name, make] of STATEMENTS) {
      const simple = await send(client, query(make(sentinel(`simple: ${name}`)).replaceAll('%', '')));
      const text = make(sentinel(`extended: ${name}`)).replaceAll('%', '_x');
      const extended = await send(client, parse(text), describeStatement(), bind(), execute(), sync);
      await send(client, query('ROLLBACK'));
      if (WORKS.has(name))
        expect([name, simple.includes('error'), extended.includes('error')]).toEqual([name, false, false]);
    }
    const named = sentinel('a named statement that stays');
    await send(client, parse(`CREATE SECRET named AS '${named}'`, 'kept'), sync);
    await send(client, bind('', 'kept'), execute(), sync);
    const parameter = sentinel('a parameter of CREATE SECRET');
    await send(
      client,
      parse('CREATE SECRET by_parameter AS $1'),
      { ...bind(), parameters: [Buffer.from(parameter)] } as FrontendMessage,
      execute(),
      sync,
    );
    await send(client, closeStatement('nothing'), sync);
    // This session stays open, so that relations about sessions and prepared statements show it.
    const roles = await WireClient.open(server.internalSqlPort);
    roles.socket.on('data', (chunk: Buffer) => received.push(chunk));
    roles.startup({ user: 'mz_system', database: 'materialize' });
    await roles.until('readyForQuery');
    await send(roles, query(`CREATE ROLE planted LOGIN PASSWORD '${sentinel('CREATE ROLE PASSWORD')}'`));
    await send(roles, query(`ALTER ROLE planted PASSWORD '${sentinel('ALTER ROLE PASSWORD')}'`));
    await send(roles, query(`ALTER SYSTEM SET max_secrets = '${sentinel('ALTER SYSTEM')}'`));
    const limit = sentinel('a secret over the limit');
    await send(roles, query('ALTER SYSTEM SET max_secrets = 1'));
    await send(client, query(`CREATE SECRET over_limit AS '${limit}'`));
    await send(roles, query('ALTER SYSTEM SET max_secrets = 1000'));
  }

  async function aws(operation: string, body: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${server.httpPort}/`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `secretsmanager.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host;x-amz-date, Signature=0',
      },
      body,
    });
    received.push(Buffer.from(await answer.arrayBuffer()));
    return answer.status;
  }

  async function plantByAws(): Promise<void> {
    if (process.env['TUMBLER_AWS_DOOR'] === 'off') return;
    const json = (value: object): string => JSON.stringify({ ClientRequestToken: randomUUID(), ...value });
    const base64 = (value: string): string => Buffer.from(value).toString('base64');
    const created = json({ Name: 'planted/aws', SecretString: sentinel('CreateSecret') });
    expect(await aws('CreateSecret', created)).toBe(200);
    const id = { SecretId: 'planted/aws' };
    expect(await aws('UpdateSecret', json({ ...id, SecretString: sentinel('UpdateSecret') }))).toBe(200);
    expect(await aws('PutSecretValue', json({ ...id, SecretString: sentinel('PutSecretValue') }))).toBe(200);
    const binary = base64(sentinel('PutSecretValue, binary'));
    expect(await aws('PutSecretValue', json({ ...id, SecretBinary: binary }))).toBe(200);
    const refused = [
      ['CreateSecret', json({ Name: 'planted/aws', SecretString: sentinel('CreateSecret of a name taken') })],
      ['CreateSecret', json({ Name: 'bad name!', SecretString: sentinel('CreateSecret of a bad name') })],
      ['PutSecretValue', json({ SecretId: 'nobody', SecretString: sentinel('PutSecretValue of nothing') })],
      ['PutSecretValue', json({ ...id, SecretString: { deep: sentinel('a value of the wrong type') } })],
      ['PutSecretValue', json({ ...id, SecretBinary: `${sentinel('binary that is no base64')}!` })],
      ['PutSecretValue', `{"SecretId":"planted/aws","SecretString":"${sentinel('broken JSON')}`],
      ['PutSecretValue', `${sentinel('no JSON at all')}`],
      ['CreateSecret', json({ Name: 'x', Secretstring: sentinel('a member with a wrong name') })],
    ] as const;
    for (const [operation, body] of refused) {
      const status = await aws(operation, body);
      expect([operation, status < 500]).toEqual([operation, true]);
    }
  }

  it('was really planted', async () => {
    expect(answered).toBeGreaterThan(STATEMENTS.length * 2);
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM mz_secrets');
    await client.end();
    expect(Number(rows[0]?.n)).toBeGreaterThan(12);
  });

  it('is not in any answer, error or notice', () => {
    const all = Buffer.concat(received);
    expect(all.length).toBeGreaterThan(10_000);
    expect(found(all)).toEqual([]);
  });

  it.each(['materialize', 'mz_system'])('is in no relation that %s can read', async (user) => {
    const client = new pg.Client({ connectionString: user === 'mz_system' ? server.systemUrl : server.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'v', 'm')`,
    );
    const leaks: string[] = [];
    const failures: string[] = [];
    let read = 0;
    for (const { name } of rows) {
      try {
        const result = await client.query({ text: `SELECT * FROM ${name}`, rowMode: 'array' });
        read++;
        const where = found(JSON.stringify(result.rows));
        if (where.length > 0) leaks.push(`${name}: ${where.join(', ')}`);
      } catch (error) {
        // What may not be read cannot leak; the refusal itself must not either.
        const refusal = error as { code?: string; message: string };
        if (refusal.code !== '42501') failures.push(`${name}: ${refusal.code} ${refusal.message}`);
      }
    }
    await client.end();
    expect(read).toBeGreaterThan(150);
    expect(leaks).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('is in no SHOW', async () => {
    const client = await session();
    const before = received.length;
    const shows = [
      'SHOW SECRETS',
      'SHOW CONNECTIONS',
      'SHOW CREATE CONNECTION planted_kafka',
      'SHOW REDACTED CREATE CONNECTION planted_kafka',
      'SHOW CREATE SECRET c_simple',
      'SHOW ROLES',
      'SHOW ALL',
      'SHOW OBJECTS',
      'SELECT * FROM pg_prepared_statements',
      'SELECT * FROM mz_internal.mz_recent_activity_log',
    ];
    for (const text of shows) await send(client, query(text));
    client.close();
    expect(Buffer.concat(received.slice(before)).length).toBeGreaterThan(2000);
    expect(found(Buffer.concat(received.slice(before)))).toEqual([]);
  });

  it('is not in metrics and health checks', async () => {
    for (const path of ['/metrics', '/api/livez', '/api/readyz', '/']) {
      const answer = await fetch(`http://127.0.0.1:${server.httpPort}${path}`);
      expect([path, found(await answer.text())]).toEqual([path, []]);
    }
  });

  it('is not in the command line or the environment', () => {
    const cmdline = readFileSync(`/proc/${server.pid}/cmdline`);
    expect(found(cmdline)).toEqual([]);
    const environ = readFileSync(`/proc/${server.pid}/environ`);
    expect(found(environ)).toEqual(['the message of a defect']);
  });

  it('is in no file of the data folder', () => {
    const files = filesBelow(join(folder, 'data'));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect([file, found(readFileSync(file))]).toEqual([file, []]);
  });

  it('is not in the log, however much is logged', () => {
    const log = server.output();
    expect(log.length).toBeGreaterThan(50);
    expect(found(log)).toEqual([]);
  });

  it('is not told by a rejection that nobody handled', async () => {
    const before = server.output().length;
    server.child.kill('SIGWINCH');
    await expect.poll(() => server.output().slice(before)).toContain('rejected');
    expect(found(server.output())).toEqual([]);
  });

  it('is not told by a crash, nor left behind by it', async () => {
    server.child.kill('SIGUSR2');
    const code = await new Promise((resolve) => server.child.once('close', resolve));
    expect(code).toBe(70);
    expect(server.output()).toMatch(/SyntaxError/);
    expect(found(server.output())).toEqual([]);
    for (const file of filesBelow(join(folder, 'data')))
      expect([file, found(readFileSync(file))]).toEqual([file, []]);
  });

  it('is not told by an init file that fails', async () => {
    const init = join(folder, 'broken.sql');
    const lines = [
      `CREATE SECRET good AS '${sentinel('good line of a broken init file')}';`,
      `CREATE SECRET bad '${sentinel('bad line of a broken init file')}' oops;`,
    ];
    writeFileSync(init, lines.join('\n'));
    const flags = [`--data-dir=${join(folder, 'other')}`, `--init=${init}`];
    const failure = await startServerProcess({ flags }).then(
      () => 'it started',
      (error: unknown) => (error as Error).message,
    );
    expect(failure).toContain('did not start');
    expect(failure).toContain('broken.sql');
    expect(found(failure)).toEqual([]);
  });
});

/** Statement forms by name; `%` stands for what makes names of the second round differ. */
const STATEMENTS: readonly (readonly [name: string, make: (value: string) => string])[] = [
  ['CREATE SECRET', (v) => `CREATE SECRET c_simple% AS '${v}'`],
  ['CREATE SECRET of dollar quotes', (v) => `CREATE SECRET c_dollar% AS $x$${v}$x$`],
  ['CREATE SECRET of an escape string', (v) => `CREATE SECRET c_escape% AS e'${v}\\n'`],
  ['CREATE SECRET by decode', (v) => `CREATE SECRET c_decode% AS decode('${b64(v)}', 'base64')`],
  [
    'CREATE SECRET of bytea',
    (v) => `CREATE SECRET c_bytea% AS '\\x${Buffer.from(v).toString('hex')}'::bytea`,
  ],
  [
    'CREATE SECRET that concatenates',
    (v) => `CREATE SECRET c_concat% AS decode('${b64(v)}', 'base64') || 'x'::bytea`,
  ],
  ['CREATE SECRET IF NOT EXISTS', (v) => `CREATE SECRET IF NOT EXISTS c_simple AS '${v}'`],
  ['CREATE SECRET of a name taken', (v) => `CREATE SECRET c_simple AS '${v}'`],
  ['ALTER SECRET', (v) => `ALTER SECRET c_simple AS '${v}'`],
  ['ALTER SECRET IF EXISTS', (v) => `ALTER SECRET IF EXISTS nobody AS '${v}'`],
  ['ALTER SECRET of nothing', (v) => `ALTER SECRET nobody AS '${v}'`],
  ['several statements', (v) => `SELECT 1; ALTER SECRET c_simple AS '${v}'; SELECT 1/0`],
  ['a transaction', (v) => `BEGIN; CREATE SECRET c_begin AS '${v}'; ROLLBACK`],
  ['no AS', (v) => `CREATE SECRET x '${v}'`],
  ['no name', (v) => `CREATE SECRET AS '${v}'`],
  ['a word too many', (v) => `CREATE SECRET x AS '${v}' oops`],
  ['an unterminated text', (v) => `CREATE SECRET x AS '${v}`],
  ['a misspelt verb', (v) => `CRAETE SECRET x AS '${v}'`],
  ['a misspelt kind', (v) => `CREATE SECERT x AS '${v}'`],
  ['a value without quotes', (v) => `CREATE SECRET x AS ${v}`],
  ['a value in double quotes', (v) => `CREATE SECRET x AS "${v}"`],
  ['an unknown function', (v) => `CREATE SECRET x AS nofunction('${v}')`],
  ['a cast that fails', (v) => `CREATE SECRET x AS '${v}'::int`],
  ['a cast to a date', (v) => `CREATE SECRET x AS ('${v}'::date)::text`],
  ['a cast to uuid', (v) => `CREATE SECRET x AS ('${v}'::uuid)::text`],
  ['a cast to jsonb', (v) => `CREATE SECRET x AS ('${v}'::jsonb)::text`],
  ['a cast to an unknown type', (v) => `CREATE SECRET x AS '${v}'::${v}`],
  ['hexadecimal that is none', (v) => `CREATE SECRET x AS decode('${v}', 'hex')`],
  ['base64 that is none', (v) => `CREATE SECRET x AS decode('${v}!', 'base64')`],
  ['an unknown encoding', (v) => `CREATE SECRET x AS decode('${v}', '${v}')`],
  ['a subquery', (v) => `CREATE SECRET x AS (SELECT '${v}')`],
  ['a value that is no UTF-8', (v) => `CREATE SECRET x AS '\\xff${Buffer.from(v).toString('hex')}'::bytea`],
  ['an operator that fails', (v) => `CREATE SECRET x AS '${v}' + 1`],
  ['a regular expression', (v) => `CREATE SECRET x AS regexp_replace('a', '(${v}', 'b')`],
  ['a null', (v) => `CREATE SECRET x AS nullif('${v}', '${v}')`],
  ['EXPLAIN', (v) => `EXPLAIN CREATE SECRET x AS '${v}'`],
  ['COPY', (v) => `COPY (CREATE SECRET x AS '${v}') TO STDOUT`],
  ['PREPARE', (v) => `PREPARE p AS CREATE SECRET x AS '${v}'`],
  ['DECLARE', (v) => `DECLARE c CURSOR FOR ALTER SECRET c_simple AS '${v}'`],
  [
    'a password as text in a connection',
    (v) => `CREATE CONNECTION x TO POSTGRES (HOST 'h', DATABASE 'd', USER 'u', PASSWORD '${v}')`,
  ],
  ['a key as text in a connection', (v) => `CREATE CONNECTION x TO KAFKA (BROKER 'b', SSL KEY '${v}')`],
  ['a SASL password as text', (v) => `CREATE CONNECTION x TO KAFKA (BROKER 'b', SASL PASSWORD = '${v}')`],
  ['an AWS key as text', (v) => `CREATE CONNECTION x TO AWS (ACCESS KEY ID 'a', SECRET ACCESS KEY '${v}')`],
  [
    'ALTER CONNECTION with text for a secret',
    (v) => `ALTER CONNECTION planted_kafka SET (SASL PASSWORD = '${v}')`,
  ],
  ['a role by somebody who may not', (v) => `CREATE ROLE x SUPERUSER LOGIN PASSWORD '${v}'`],
  ['ALTER ROLE of nobody', (v) => `ALTER ROLE nobody WITH PASSWORD '${v}'`],
  ['CREATE USER', (v) => `CREATE USER x PASSWORD '${v}'`],
  [
    'a connection by a secret',
    () =>
      `CREATE CONNECTION IF NOT EXISTS planted_kafka TO KAFKA (BROKER 'b:9092', SASL MECHANISMS 'PLAIN', SASL USERNAME 'u', SASL PASSWORD SECRET c_simple)`,
  ],
];

/** Those that have to succeed, so that something is kept. */
const WORKS = new Set(
  STATEMENTS.slice(0, 7)
    .map(([name]) => name)
    .concat('ALTER SECRET'),
);

function b64(text: string): string {
  return Buffer.from(text).toString('base64');
}
