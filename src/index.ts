/**
 * Tumbler as a library: a whole server in the process of a test suite, on free ports, in memory or on a folder.
 *
 * ```ts
 * import { start } from 'tumbler';
 * const tumbler = await start({ upstreams: 'simulated' });
 * // connect any PostgreSQL client to tumbler.connectionString, any AWS SDK to tumbler.awsEndpoint
 * await tumbler.stop();
 * ```
 */
import type { DestinationStream } from 'pino';
import { readConfig, type Config } from './config.ts';
import { createLogger, type LogLevel } from './log.ts';
import { startServer, type TumblerServer } from './server.ts';

export type { TumblerServer } from './server.ts';

/** Settings of an embedded server; everything has a default that suits a test. */
export interface EmbeddedOptions {
  /** Folder that keeps the data; without one it is kept in memory and gone at `stop`. */
  readonly dataDir?: string;
  /** `live` contacts real databases, brokers and bastions; `simulated` (the default here) contacts nothing. */
  readonly upstreams?: 'live' | 'simulated';
  /** Ports; 0 or absent takes free ones. `null` closes a door. */
  readonly sqlPort?: number;
  readonly internalSqlPort?: number | null;
  readonly httpPort?: number | null;
  /** SQL file, or folder of `*.sql` files, run once on an empty store. */
  readonly init?: string;
  readonly authentication?: Config['authentication'];
  /** Password of mz_system, where authentication is on. */
  readonly systemPassword?: string;
  readonly healthIntervalMs?: number;
  /** Defaults of system variables: `{ max_secrets: '1000' }`. */
  readonly systemParameters?: Readonly<Record<string, string>>;
  readonly masterKeyFile?: string;
  readonly aws?: Partial<
    Pick<Config, 'awsAuth' | 'awsCredentialsFile' | 'awsAccountId' | 'awsRegion' | 'awsFunctions'>
  >;
  readonly tls?: Config['tls'];
  readonly logLevel?: LogLevel;
  readonly logDestination?: DestinationStream;
  /** Milliseconds since the Unix epoch: lets a test move time. */
  readonly clock?: () => number;
  readonly shutdownGraceMs?: number;
}

/** Starts a server on loopback. Rejects when the data folder is in use, its master key is wrong, or a port is taken. */
export async function start(options: EmbeddedOptions = {}): Promise<TumblerServer> {
  const listen = (port: number | null | undefined): Config['httpListen'] =>
    port === null ? null : { host: '127.0.0.1', port: port ?? 0 };
  const config: Config = {
    ...readConfig([], {}),
    dataDir: options.dataDir ?? null,
    sqlListen: { host: '127.0.0.1', port: options.sqlPort ?? 0 },
    internalSqlListen: listen(options.internalSqlPort),
    httpListen: listen(options.httpPort),
    upstreams: options.upstreams ?? 'simulated',
    authentication: options.authentication ?? 'none',
    systemPassword: options.systemPassword ?? null,
    init: options.init ?? null,
    masterKeyFile: options.masterKeyFile ?? null,
    systemParameters: new Map(Object.entries(options.systemParameters ?? {})),
    tls: options.tls ?? null,
    shutdownGraceMs: options.shutdownGraceMs ?? 1000,
    ...(options.healthIntervalMs === undefined ? {} : { healthIntervalMs: options.healthIntervalMs }),
    ...options.aws,
  };
  const logger = createLogger(options.logLevel ?? 'silent', options.logDestination);
  return startServer(config, options.clock === undefined ? { logger } : { logger, clock: options.clock });
}
