/**
 * A throwaway SSH bastion for tests and the demo: a real OpenSSH `sshd` on a loopback port with a configuration of its
 * own, or a server made of the `ssh2` package. Both take public keys only and allow port forwarding only.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection } from 'ssh2';
import { generateKeyPair } from '../../src/connections/ssh-keys.ts';
import { freePort } from './postgres.ts';

/** A running bastion. */
export interface Bastion {
  readonly kind: 'openssh' | 'ssh2';
  readonly host: string;
  readonly port: number;
  /** Login name to give as USER. */
  readonly user: string;
  /** Replaces the public keys that may log in (`ssh-ed25519 ...` texts). Sessions that are open stay. */
  authorize(keys: readonly string[]): void;
  /** Sessions open now; only the `ssh2` kind counts them, the other answers -1. */
  sessions(): number;
  /** Logins that succeeded since the start; only the `ssh2` kind counts them, the other answers -1. */
  logins(): number;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';

/** True when an OpenSSH server is installed. */
export function hasOpenSsh(): boolean {
  return existsSync(SSHD);
}

export type BastionOptions =
  | {
      readonly kind: 'openssh';
      readonly port?: number;
      /** `host:port` of what may be forwarded to; anything when left out. */
      readonly permitOpen?: readonly string[];
    }
  | {
      readonly kind: 'ssh2';
      readonly port?: number;
      /** `host:port` that only the bastion knows, and the loopback port behind it. */
      readonly names?: ReadonlyMap<string, number>;
    };

/** Starts a bastion on 127.0.0.1. Throws when the kind is not installed. */
export function startBastion(options: BastionOptions): Promise<Bastion> {
  return options.kind === 'openssh'
    ? startOpenSsh(options.port, options.permitOpen ?? ['any'])
    : startSsh2(options.port, options.names ?? new Map());
}

async function startOpenSsh(wanted: number | undefined, permitOpen: readonly string[]): Promise<Bastion> {
  const folder = mkdtempSync(join(tmpdir(), 'tumbler-bastion-'));
  const port = wanted ?? (await freePort());
  const file = (name: string): string => join(folder, name);
  writeFileSync(file('host_key'), generateKeyPair().privateKey.open(), { mode: 0o600 });
  writeFileSync(file('authorized_keys'), '', { mode: 0o600 });
  const config = [
    `Port ${String(port)}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${file('host_key')}`,
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    `PidFile ${file('pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PubkeyAuthentication yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication yes',
    'PermitRootLogin prohibit-password',
    'AllowTcpForwarding yes',
    `PermitOpen ${permitOpen.join(' ')}`,
    'PermitTTY no',
    'MaxStartups 100',
    'LogLevel ERROR',
  ];
  writeFileSync(file('sshd_config'), `${config.join('\n')}\n`, { mode: 0o600 });
  // Started by root, sshd wants this folder for its unprivileged child.
  if (process.getuid?.() === 0 && !existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 });
  execFileSync(SSHD, ['-t', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const child = spawn(SSHD, ['-D', '-e', '-f', file('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const log: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => log.length < 100 && log.push(chunk.toString()));
  const stop = async (): Promise<void> => {
    await stopChild(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilListening(port, child);
  } catch (error) {
    await stop();
    throw new Error(`sshd did not start: ${log.join('')}`, { cause: error });
  }
  return {
    kind: 'openssh',
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    authorize: (keys) => {
      writeFileSync(file('authorized_keys'), keys.map((key) => `${key}\n`).join(''), { mode: 0o600 });
    },
    sessions: () => -1,
    logins: () => -1,
    stop,
  };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port });
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('not listening');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

function startSsh2(wanted: number | undefined, names: ReadonlyMap<string, number>): Promise<Bastion> {
  let allowed: readonly ssh2.ParsedKey[] = [];
  let logins = 0;
  const open = new Set<Connection>();
  const sockets = new Set<Socket>();
  const server = new ssh2.Server({ hostKeys: [generateKeyPair().privateKey.openText()] }, (client) => {
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => {});
    client.on('authentication', (context) => {
      const known =
        context.method === 'publickey' && context.username === 'tunnel'
          ? allowed.find((key) => key.getPublicSSH().equals(context.key.data))
          : undefined;
      if (known === undefined || context.method !== 'publickey') {
        context.reject(['publickey', 'keyboard-interactive']);
      } else if (context.signature === undefined) {
        context.accept();
      } else if (
        known.verify(context.blob ?? Buffer.alloc(0), context.signature, context.hashAlgo) === true
      ) {
        logins++;
        context.accept();
      } else {
        context.reject(['publickey', 'keyboard-interactive']);
      }
    });
    client.on('ready', () => {
      client.on('tcpip', (accept, reject, info) => {
        const behind = names.get(`${info.destIP}:${String(info.destPort)}`);
        const socket = connect(
          behind === undefined
            ? { host: info.destIP, port: info.destPort }
            : { host: '127.0.0.1', port: behind },
        );
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        socket.once('error', () => reject());
        socket.once('connect', () => {
          socket.removeAllListeners('error');
          const channel = accept();
          channel.on('error', () => socket.destroy());
          socket.on('error', () => channel.destroy());
          channel.on('close', () => socket.destroy());
          channel.pipe(socket).pipe(channel);
        });
      });
    });
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(wanted ?? 0, '127.0.0.1', () => {
      resolve({
        kind: 'ssh2',
        host: '127.0.0.1',
        port: (server.address() as { port: number }).port,
        user: 'tunnel',
        authorize: (keys) => {
          allowed = keys.map(parsePublicKey);
        },
        sessions: () => open.size,
        logins: () => logins,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const client of open) client.end();
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

function parsePublicKey(text: string): ssh2.ParsedKey {
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw parsed;
  const key: ssh2.ParsedKey | undefined = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined) throw new Error('no key');
  return key;
}
