/**
 * Measures the AWS door of the built server (LMDB, durable) beside moto's server (in memory): GetSecretValue, UpdateSecret
 * and ListSecrets with 10,000 secrets, for 1 and 16 connections. Prints a Markdown table. Run `npm run build` first.
 * `--quick` measures for a shorter time; `--moto=PATH` names moto_server when it is not on PATH; without it, only Tumbler
 * is measured.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const quick = process.argv.includes('--quick');
const moto = process.argv.find((a) => a.startsWith('--moto='))?.slice('--moto='.length) ?? 'moto_server';
const SECRETS = quick ? 1_000 : 10_000;
const WARMUP_MS = quick ? 500 : 1_000;
const MEASURE_MS = quick ? 2_000 : 5_000;
const CONNECTIONS = [1, 16];

const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=AKIABENCH/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0';

function name(n) {
  return `bench/secret-${String(n % SECRETS).padStart(5, '0')}`;
}

/** One request as bytes. */
function request(port, operation, input) {
  const body = JSON.stringify(input);
  return Buffer.from(
    [
      'POST / HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'content-type: application/x-amz-json-1.1',
      `x-amz-target: secretsmanager.${operation}`,
      `authorization: ${AUTHORIZATION}`,
      'x-amz-date: 20260101T000000Z',
      `content-length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}

const LOADS = {
  GetSecretValue: (port, n) => request(port, 'GetSecretValue', { SecretId: name(n * 7919) }),
  UpdateSecret: (port, n) =>
    request(port, 'UpdateSecret', {
      SecretId: name(n * 7919),
      SecretString: `value-${n}`,
      ClientRequestToken: randomUUID(),
    }),
  ListSecrets: (port) => request(port, 'ListSecrets', { MaxResults: 100 }),
};

/** A connection that answers one request at a time; a server that closes it after an answer gets a new one. */
class Connection {
  #port;
  #socket;

  constructor(port) {
    this.#port = port;
  }

  async #open() {
    const socket = connect(this.#port, '127.0.0.1');
    socket.setNoDelay(true);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.on('error', () => undefined);
    this.#socket = socket;
  }

  /** Rejects for any answer but 200. */
  async send(bytes) {
    if (this.#socket === undefined) await this.#open();
    const socket = this.#socket;
    let received = Buffer.alloc(0);
    let end = -1;
    await new Promise((resolve, reject) => {
      const finish = (error) => {
        socket.off('data', onData).off('close', onClose);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onClose = () => finish(new Error('the connection was closed before the answer'));
      const onData = (chunk) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        if (end < 0) {
          const head = received.indexOf('\r\n\r\n');
          if (head < 0) return;
          const text = received.subarray(0, head).toString();
          const length = /content-length: (\d+)/i.exec(text);
          if (!/^HTTP\/1\.[01] 200/.test(text) || length === null)
            return finish(new Error(received.toString()));
          end = head + 4 + Number(length[1]);
          if (/^HTTP\/1\.0|connection: close/i.test(text)) this.#socket = undefined;
        }
        if (received.length >= end) finish();
      };
      socket.on('data', onData).on('close', onClose);
      socket.write(bytes);
    });
    if (this.#socket === undefined) socket.destroy();
  }

  close() {
    this.#socket?.destroy();
  }
}

/** Sends over one connection, one request at a time, until told to stop. */
async function drive(port, make, next, finished, onAnswer) {
  const connection = new Connection(port);
  while (!finished()) {
    const bytes = make(port, next());
    const started = process.hrtime.bigint();
    await connection.send(bytes);
    onAnswer(Number(process.hrtime.bigint() - started) / 1e6);
  }
  connection.close();
}

async function measure(port, make, connections) {
  let n = Math.floor(Math.random() * SECRETS);
  let times = [];
  const start = Date.now();
  const finished = () => Date.now() - start > WARMUP_MS + MEASURE_MS;
  const onAnswer = (ms) => {
    if (Date.now() - start > WARMUP_MS) times.push(ms);
  };
  await Promise.all(
    Array.from({ length: connections }, () => drive(port, make, () => (n += 1), finished, onAnswer)),
  );
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  return { rate: times.length / (MEASURE_MS / 1000), p50: at(0.5), p99: at(0.99) };
}

/** moto breaks under writers at once while it starts; one connection fills either. */
async function fill(port) {
  let n = -1;
  const make = (_port, i) =>
    request(port, 'CreateSecret', { Name: name(i), SecretString: 'first', ClientRequestToken: randomUUID() });
  await drive(
    port,
    make,
    () => (n += 1),
    () => n >= SECRETS - 1,
    () => undefined,
  );
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port, child) {
  for (let i = 0; i < 600; i += 1) {
    if (child.exitCode !== null || child.failed) return false;
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => (socket.destroy(), resolve(true)));
      socket.once('error', () => resolve(false));
    });
    if (open) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function subject(title, command, args, port) {
  const child = spawn(command, args, { stdio: 'ignore' });
  child.on('error', () => (child.failed = true));
  try {
    if (!(await listening(port, child))) return undefined;
    await fill(port);
    const results = new Map();
    for (const [operation, make] of Object.entries(LOADS)) {
      for (const connections of CONNECTIONS) {
        const measured = await measure(port, make, connections).catch(() => undefined);
        results.set(`${operation} ${connections}`, measured);
      }
    }
    return { title, results };
  } finally {
    child.kill('SIGTERM');
  }
}

const folder = mkdtempSync(join(tmpdir(), 'tumbler-bench-aws-'));
const port = await freePort();
const tumbler = await subject(
  'Tumbler (durable)',
  process.execPath,
  [
    'dist/main.js',
    `--data-dir=${folder}`,
    '--sql-listen-addr=127.0.0.1:0',
    '--internal-sql-listen-addr=off',
    `--http-listen-addr=127.0.0.1:${port}`,
    '--log-level=silent',
  ],
  port,
);
const motoPort = await freePort();
const peer = await subject('moto (in memory)', moto, ['-H', '127.0.0.1', '-p', String(motoPort)], motoPort);
rmSync(folder, { recursive: true, force: true });
if (tumbler === undefined) throw new Error('dist/main.js did not start; run `npm run build` first');

const subjects = [tumbler, peer].filter((one) => one !== undefined);
const cell = (measured) => {
  if (measured === undefined) return 'answered with errors';
  const { rate, p50, p99 } = measured;
  return `${Math.round(rate)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
};
console.log(`| operation, connections (${SECRETS} secrets) | ${subjects.map((s) => s.title).join(' | ')} |`);
console.log(`| --- | ${subjects.map(() => '---').join(' | ')} |`);
for (const key of tumbler.results.keys()) {
  console.log(`| ${key} | ${subjects.map((s) => cell(s.results.get(key))).join(' | ')} |`);
}
if (peer === undefined) console.log('\nmoto_server was not found: it is not in the table.');
