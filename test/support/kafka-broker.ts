/**
 * Throwaway Kafka brokers (Apache's, in KRaft mode) for tests: data in a temporary folder, listeners on free loopback
 * ports, ended by pid. `scripts/setup-upstreams.sh` installs the jars.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestAuthority } from './certificates.ts';
import { freePort } from './postgres.ts';

const run = promisify(execFile);
const JARS = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'tumbler-test-clients',
  'kafka',
);
/** Quick to start rather than quick. */
const JAVA = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(JARS, '*')];

/** Ways to reach a broker. INSIDE is plaintext, advertised under a name that does not resolve. */
const LISTENERS = {
  PLAINTEXT: 'PLAINTEXT',
  SASL_PLAINTEXT: 'SASL_PLAINTEXT',
  SSL: 'SSL',
  MUTUAL: 'SSL',
  SASL_SSL: 'SASL_SSL',
  INSIDE: 'PLAINTEXT',
} as const;

export type KafkaListener = keyof typeof LISTENERS;

export interface TestBroker {
  /** Port of each listener on 127.0.0.1. */
  readonly ports: Readonly<Record<KafkaListener, number>>;
  /** What the INSIDE listener gives as its address, `name:port`. */
  readonly insideAddress: string;
}

export interface TestKafka {
  readonly brokers: readonly TestBroker[];
  /** Sets the password of the SCRAM user. */
  setPassword(mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512', password: string): Promise<void>;
  stop(): Promise<void>;
}

export interface TestKafkaOptions {
  readonly brokers: number;
  /** One user for PLAIN and both SCRAM mechanisms. */
  readonly login: { readonly user: string; readonly password: string };
  /** Signs the brokers' certificates, and those of clients on MUTUAL. */
  readonly authority: TestAuthority;
}

/** True when a broker can be started here. */
export function hasKafka(): boolean {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
  } catch {
    return false;
  }
  return existsSync(JARS);
}

/** Starts a cluster and waits until each broker serves. Throws when one does not. */
export async function startKafka(options: TestKafkaOptions): Promise<TestKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-kafka-'));
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const controller = await freePort();
    const nodes = await Promise.all(
      Array.from({ length: options.brokers }, (_, i) => layOut(folder, i + 1, controller, options)),
    );
    await Promise.all(nodes.map(({ settings }) => format(settings, options.login)));
    await Promise.all(
      nodes.map(({ broker, settings }) => {
        const child = launch(settings, folder);
        children.push(child);
        return untilServing(broker.ports.PLAINTEXT, child);
      }),
    );
    const bootstrap = `127.0.0.1:${String(nodes[0]?.broker.ports.PLAINTEXT)}`;
    return {
      brokers: nodes.map(({ broker }) => broker),
      setPassword: async (mechanism, password) => {
        const change = ['--alter', '--add-config', `${mechanism}=[password=${password}]`];
        const whom = ['--entity-type', 'users', '--entity-name', options.login.user];
        await java('kafka.admin.ConfigCommand', ['--bootstrap-server', bootstrap, ...change, ...whom]);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Node {
  readonly broker: TestBroker;
  /** Path of the settings file. */
  readonly settings: string;
}

async function layOut(
  folder: string,
  id: number,
  controller: number,
  { login, authority }: TestKafkaOptions,
): Promise<Node> {
  const own = join(folder, String(id));
  mkdirSync(own);
  const names = Object.keys(LISTENERS) as KafkaListener[];
  const ports = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await freePort()] as const)),
  ) as Record<KafkaListener, number>;
  const insideAddress = `broker-${String(id)}.kafka.invalid:9092`;
  const file = (name: string, text: string): string => {
    writeFileSync(join(own, name), text, { mode: 0o600 });
    return join(own, name);
  };
  const { cert, key } = authority.issue('127.0.0.1');
  const jaas = (module: string, rest = ''): string =>
    `org.apache.kafka.common.security.${module} required ${rest};`;
  const { user, password } = login;
  const plain = jaas(
    'plain.PlainLoginModule',
    `username="${user}" password="${password}" user_${user}="${password}"`,
  );
  const bind = names.map((name) => `${name}://127.0.0.1:${String(ports[name])}`);
  const advertised = names.map((name) =>
    name === 'INSIDE' ? `INSIDE://${insideAddress}` : `${name}://127.0.0.1:${String(ports[name])}`,
  );
  const isController = id === 1;
  const lines = [
    `process.roles=${isController ? 'broker,controller' : 'broker'}`,
    `node.id=${String(id)}`,
    `controller.quorum.voters=1@127.0.0.1:${String(controller)}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `listeners=${[...bind, ...(isController ? [`CONTROLLER://127.0.0.1:${String(controller)}`] : [])].join(',')}`,
    `advertised.listeners=${advertised.join(',')}`,
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,${names.map((n) => `${n}:${LISTENERS[n]}`).join(',')}`,
    `log.dirs=${join(own, 'data')}`,
    'offsets.topic.replication.factor=1',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${file('key.pem', `${key}${cert}`)}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${file('ca.pem', authority.cert)}`,
    'listener.name.mutual.ssl.client.auth=required',
    'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    ...['sasl_plaintext', 'sasl_ssl'].flatMap((listener) => [
      `listener.name.${listener}.plain.sasl.jaas.config=${plain}`,
      ...['scram-sha-256', 'scram-sha-512'].map(
        (mechanism) =>
          `listener.name.${listener}.${mechanism}.sasl.jaas.config=${jaas('scram.ScramLoginModule')}`,
      ),
    ]),
  ];
  const settings = file('server.properties', `${lines.join('\n')}\n`);
  return { broker: { ports, insideAddress }, settings };
}

const CLUSTER_ID = 'dHVtYmxlci10ZXN0LTEyMw';

async function format(settings: string, { user, password }: TestKafkaOptions['login']): Promise<void> {
  const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${user},password=${password}]`,
  ]);
  await java('kafka.tools.StorageTool', ['format', '-t', CLUSTER_ID, '-c', settings, ...users]);
}

function java(main: string, args: readonly string[]): Promise<unknown> {
  return run('java', [...JAVA, main, ...args]);
}

function launch(settings: string, folder: string): ChildProcess {
  return spawn('java', [...JAVA, 'kafka.Kafka', settings], { cwd: folder, stdio: 'ignore' });
}

/** Waits until a listener answers a request; the port is open a while before that. */
async function untilServing(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('the Kafka broker did not start');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** ApiVersions, version 0, with a client id of no length: the shortest request there is. */
const API_VERSIONS = Buffer.from('0000000a0012000000000001ffff', 'hex');

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(2000, () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.once('data', () => settle(true));
    socket.write(API_VERSIONS);
  });
}

/** Nothing of a throwaway broker is worth a clean shutdown. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
