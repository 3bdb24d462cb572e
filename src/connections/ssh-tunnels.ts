/**
 * SSH tunnels: one SSH session per bastion, user and key set, shared by everybody who needs it at the same time, and
 * closed when the last stream through it closes. Streams are `direct-tcpip` channels: no local port is opened.
 *
 * Both key pairs are offered, the primary first. Host keys are accepted as they come (reference: secrets-connections
 * 5.4). Failures name the bastion, with OpenSSH's wording.
 */
import type { Duplex } from 'node:stream';
import type { AuthHandlerMiddleware, Client, ClientErrorExtensions } from 'ssh2';
import { within, TimedOut } from './deadline.ts';
import { externalAddress } from './external-address.ts';
import { lookupText, systemText, UpstreamFailure } from './failure.ts';
import { LateStream } from './late-stream.ts';
import type { SshTunnelSettings } from './resolved.ts';
import { fingerprint } from './ssh-keys.ts';
import type { UpstreamLimits } from './timeouts.ts';

/** One SSH session and how many streams or openers hold it. */
interface Session {
  readonly key: string;
  readonly ready: Promise<Client>;
  readonly abort: AbortController;
  users: number;
}

/** Unanswered keep-alives after which a session counts as dead; OpenSSH's ServerAliveCountMax. */
const KEEPALIVE_MISSES = 3;

export class SshTunnels {
  readonly #timeouts: UpstreamLimits;
  readonly #sessions = new Map<string, Session>();
  #closed = false;

  constructor(timeouts: UpstreamLimits) {
    this.#timeouts = timeouts;
  }

  /** Number of SSH sessions open or being opened. */
  get size(): number {
    return this.#sessions.size;
  }

  /**
   * A stream to `host:port` as the bastion sees it. Destroying the stream releases the tunnel.
   * Throws {@link UpstreamFailure} in the namespace `ssh`.
   */
  async open(tunnel: SshTunnelSettings, host: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const session = this.#acquire(tunnel);
    const release = once(() => this.#release(session));
    try {
      const client = await untilAborted(session.ready, signal);
      const channel = await within(
        this.#timeouts.connectMs,
        `${bastion(tunnel)} connecting to ${host}:${String(port)}`,
        signal,
        (inner) => forward(client, tunnel, host, port, inner),
      );
      // A channel tells of its end only to whoever reads on; the wrapper closes when it is destroyed.
      return new LateStream(Promise.resolve(channel), release);
    } catch (error) {
      release();
      if (signal.aborted) throw signal.reason;
      throw asSshFailure(error, tunnel);
    }
  }

  /** Logs in at the bastion with a session of its own and leaves again: what VALIDATE CONNECTION does. */
  async check(tunnel: SshTunnelSettings, signal: AbortSignal): Promise<void> {
    try {
      const client = await connect(tunnel, this.#timeouts, signal);
      leave(client);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw asSshFailure(error, tunnel);
    }
  }

  /** Ends every session; streams through them close. */
  close(): void {
    this.#closed = true;
    for (const session of this.#sessions.values()) this.#end(session);
  }

  #acquire(tunnel: SshTunnelSettings): Session {
    if (this.#closed) throw new UpstreamFailure('ssh', 'server is shutting down');
    const key = sharingKey(tunnel);
    const known = this.#sessions.get(key);
    if (known !== undefined) {
      known.users++;
      return known;
    }
    const abort = new AbortController();
    const session: Session = { key, ready: connect(tunnel, this.#timeouts, abort.signal), abort, users: 1 };
    this.#sessions.set(key, session);
    session.ready.then(
      // A session that breaks is forgotten at once, so that the next caller opens a new one.
      (client) => client.once('close', () => this.#forget(session)),
      () => this.#forget(session),
    );
    return session;
  }

  #release(session: Session): void {
    session.users--;
    if (session.users === 0) this.#end(session);
  }

  #end(session: Session): void {
    this.#forget(session);
    session.abort.abort(new UpstreamFailure('ssh', 'SSH tunnel closed'));
    session.ready.then(leave, () => {});
  }

  #forget(session: Session): void {
    if (this.#sessions.get(session.key) === session) this.#sessions.delete(session.key);
  }
}

/** How long a bastion may take to close its side after we said goodbye, in milliseconds. */
const GOODBYE_MS = 1000;

function leave(client: Client): void {
  const timer = setTimeout(() => client.destroy(), GOODBYE_MS);
  timer.unref();
  client.once('close', () => clearTimeout(timer));
  client.end();
}

function sharingKey(tunnel: SshTunnelSettings): string {
  const keys = tunnel.keys.map((pair) => fingerprint(pair.publicKey));
  return JSON.stringify([tunnel.host, tunnel.port, tunnel.user, ...keys]);
}

/** Connects and logs in; on abort or timeout the socket is destroyed. */
function connect(tunnel: SshTunnelSettings, timeouts: UpstreamLimits, signal: AbortSignal): Promise<Client> {
  return within(timeouts.sshConnectMs, `connecting to ${bastion(tunnel)}`, signal, async (inner) => {
    const ssh2 = (await import('ssh2')).default;
    const address = timeouts.externalOnly ? await externalAddress(tunnel.host) : tunnel.host;
    return new Promise<Client>((resolve, reject) => {
      inner.throwIfAborted();
      const client = new ssh2.Client();
      let methods: readonly string[] = ['publickey'];
      const onAbort = (): void => void client.destroy();
      inner.addEventListener('abort', onAbort, { once: true });
      const settle = (): void => inner.removeEventListener('abort', onAbort);
      client.once('ready', () => {
        settle();
        resolve(client);
      });
      client.on('error', (error: Error & ClientErrorExtensions) => {
        // After `ready` this is a broken session: its streams and `close` tell whoever cares.
        settle();
        reject(connectFailure(error, tunnel, methods));
        client.destroy();
      });
      client.once('close', () => {
        settle();
        reject(connectFailure(new Error('Connection closed by remote host'), tunnel, methods));
      });
      client.connect({
        host: address,
        port: tunnel.port,
        username: tunnel.user,
        // The limit above is the one that counts; ssh2's own would report in other words.
        readyTimeout: 0,
        keepaliveInterval: timeouts.sshKeepaliveMs,
        keepaliveCountMax: KEEPALIVE_MISSES,
        authHandler: offerKeys(tunnel, (left) => (methods = left)),
      });
    });
  });
}

/** Offers the key pairs in order, and tells which methods the server would still take. */
function offerKeys(
  tunnel: SshTunnelSettings,
  onMethods: (left: readonly string[]) => void,
): AuthHandlerMiddleware {
  const remaining = [...tunnel.keys];
  return (left, _partial, next) => {
    // null before the first attempt: the server has not said anything yet.
    if (Array.isArray(left) && left.length > 0) onMethods(left);
    const pair = remaining.shift();
    // ssh2 takes `false` for "nothing left to try"; its types do not know.
    if (pair === undefined) next(false as unknown as 'none');
    else next({ type: 'publickey', username: tunnel.user, key: pair.privateKey.openText() });
  };
}

function forward(
  client: Client,
  tunnel: SshTunnelSettings,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const onClose = (): void =>
      reject(
        new UpstreamFailure(
          'ssh',
          `error communicating with ssh tunnel: ${bastion(tunnel)} closed the connection`,
        ),
      );
    client.once('close', onClose);
    client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      client.off('close', onClose);
      if (error !== undefined) {
        const reason = error.message.replace(/^\(SSH\) Channel open failure: /, '');
        reject(
          new UpstreamFailure(
            'ssh',
            `failed to open SSH tunnel: ${bastion(tunnel)} cannot reach ${host}:${String(port)}: ${reason}`,
          ),
        );
      } else if (signal.aborted) {
        channel.destroy();
      } else {
        resolve(channel);
      }
    });
  });
}

function connectFailure(
  error: Error & ClientErrorExtensions,
  tunnel: SshTunnelSettings,
  methods: readonly string[],
): UpstreamFailure {
  const lookup = lookupText(error);
  if (lookup !== undefined) return new UpstreamFailure('ssh', lookup, { detail: hop(tunnel) });
  const where = `connect to host ${tunnel.host} port ${String(tunnel.port)}`;
  const text =
    error.level === 'client-authentication'
      ? `${tunnel.user}@${tunnel.host}:${String(tunnel.port)}: Permission denied (${methods.join(',')}).`
      : `${where}: ${systemText(error)}`;
  return new UpstreamFailure('ssh', `failed to connect to the remote host: ${text}`, { detail: hop(tunnel) });
}

function asSshFailure(error: unknown, tunnel: SshTunnelSettings): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (error instanceof TimedOut) {
    return new UpstreamFailure(
      'ssh',
      `failed to connect to the remote host: connect to host ${tunnel.host} port ${String(tunnel.port)}: Connection timed out`,
      { detail: `${hop(tunnel)} ${error.message}.` },
    );
  }
  return new UpstreamFailure('ssh', systemText(error), { detail: hop(tunnel) });
}

function bastion(tunnel: SshTunnelSettings): string {
  return `SSH bastion ${tunnel.host}:${String(tunnel.port)}`;
}

function hop(tunnel: SshTunnelSettings): string {
  return `The failing hop is the bastion of SSH TUNNEL connection "${tunnel.name}" (${tunnel.host}:${String(tunnel.port)}).`;
}

/** The promise's outcome, or the signal's reason when that comes first. The work behind the promise goes on. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function once(run: () => void): () => void {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
}
