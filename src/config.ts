/**
 * Every setting once: flag, environment variable, default, meaning. Flags win over the environment; the environment wins
 * over defaults. `--help` and the README's table are printed from here.
 */
import { readFileSync } from 'node:fs';

/** Where to listen; `port` 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface Config {
  /** Folder of the embedded store; null keeps everything in memory. */
  readonly dataDir: string | null;
  readonly sqlListen: ListenAddress;
  readonly internalSqlListen: ListenAddress | null;
  readonly httpListen: ListenAddress | null;
  readonly upstreams: 'live' | 'simulated';
  readonly authentication: 'none' | 'password' | 'cleartext';
  /** Password of mz_system; never printed. */
  readonly systemPassword: string | null;
  readonly tls: { readonly cert: string; readonly key: string } | 'self-signed' | null;
  readonly awsDoor: boolean;
  readonly awsAuth: 'none' | 'sigv4';
  readonly awsCredentialsFile: string | null;
  readonly awsAccountId: string;
  readonly awsRegion: string;
  readonly awsFunctions: string | null;
  readonly init: string | null;
  readonly masterKeyFile: string | null;
  /** Key material given directly (TUMBLER_MASTER_KEY); never printed. */
  readonly masterKey: string | null;
  readonly healthIntervalMs: number;
  readonly sshConnectTimeoutMs: number;
  readonly systemParameters: ReadonlyMap<string, string>;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  readonly shutdownGraceMs: number;
}

/** A setting that cannot be used; the text names the flag and says what it takes. */
export class ConfigError extends Error {}

interface Setting {
  readonly flag: string;
  /** Environment variable; absent: derived from the flag. */
  readonly env?: string;
  readonly value: string;
  readonly initial: string;
  readonly meaning: string;
  /** May be given more than once; values gather. */
  readonly many?: boolean;
  /** Only from the environment, because command lines are visible to others. */
  readonly envOnly?: boolean;
}

export const SETTINGS: readonly Setting[] = [
  {
    flag: 'data-dir',
    value: 'DIR',
    initial: './tumbler-data',
    meaning: 'folder of the embedded store; `:memory:` keeps nothing',
  },
  { flag: 'sql-listen-addr', value: 'HOST:PORT', initial: '127.0.0.1:6875', meaning: 'PostgreSQL door' },
  {
    flag: 'internal-sql-listen-addr',
    value: 'HOST:PORT',
    initial: '127.0.0.1:6877',
    meaning: 'PostgreSQL door for mz_system and mz_support; `off` closes it',
  },
  {
    flag: 'http-listen-addr',
    value: 'HOST:PORT',
    initial: '127.0.0.1:6876',
    meaning: 'AWS door, health checks and metrics; `off` closes it',
  },
  {
    flag: 'upstreams',
    value: 'live|simulated',
    initial: 'live',
    meaning:
      'live contacts the real databases, brokers and bastions; simulated contacts nothing, and everything succeeds',
  },
  {
    flag: 'authentication',
    value: 'none|password|cleartext',
    initial: 'none',
    meaning: 'PostgreSQL door: password is SCRAM-SHA-256; cleartext should only be used with TLS',
  },
  {
    flag: 'system-password-file',
    value: 'FILE',
    initial: '',
    meaning: 'password of mz_system, read at start; needed to create roles when authentication is on',
  },
  {
    flag: 'tls-cert',
    value: 'FILE',
    initial: '',
    meaning: 'certificate chain (PEM) of the PostgreSQL door; `self-signed` makes one at start',
  },
  { flag: 'tls-key', value: 'FILE', initial: '', meaning: 'private key (PEM) of that certificate' },
  { flag: 'aws-door', value: 'on|off', initial: 'on', meaning: 'serve the AWS Secrets Manager API' },
  {
    flag: 'aws-auth',
    value: 'none|sigv4',
    initial: 'none',
    meaning: 'none accepts any access key; sigv4 checks signatures against the credentials file',
  },
  {
    flag: 'aws-credentials-file',
    value: 'FILE',
    initial: '',
    meaning:
      'JSON: access key id to { "secretAccessKey", "role", "accountId"?, "sessionToken"?, "expiration"? }',
  },
  { flag: 'aws-account-id', value: 'ID', initial: '000000000000', meaning: 'account id in ARNs' },
  { flag: 'aws-region', value: 'REGION', initial: 'us-east-1', meaning: 'region when a request names none' },
  {
    flag: 'aws-functions',
    value: 'FILE',
    initial: '',
    meaning: 'JSON: rotation function ARN to the URL of its runtime on loopback',
  },
  {
    flag: 'init',
    value: 'PATH',
    initial: '',
    meaning: 'SQL file, or folder of *.sql files, run once on an empty store',
  },
  {
    flag: 'master-key-file',
    value: 'FILE',
    initial: '',
    meaning:
      'file with the master key (32 bytes, base64 or hex, one a line, newest first); by default generated in the data folder',
  },
  {
    flag: 'master-key',
    env: 'TUMBLER_MASTER_KEY',
    value: 'KEY',
    initial: '',
    meaning: 'the master key itself',
    envOnly: true,
  },
  {
    flag: 'health-interval',
    value: 'MS',
    initial: '3000',
    meaning: 'time between two checks of a running source or sink',
  },
  { flag: 'ssh-connect-timeout', value: 'MS', initial: '30000', meaning: 'longest wait for a bastion' },
  {
    flag: 'system-parameter-default',
    value: 'NAME=VALUE',
    initial: '',
    meaning: 'default of a system variable, e.g. max_secrets=1000; may be repeated',
    many: true,
  },
  {
    flag: 'log-level',
    value: 'LEVEL',
    initial: 'info',
    meaning: 'trace, debug, info, warn, error, fatal or silent',
  },
  {
    flag: 'shutdown-grace',
    value: 'MS',
    initial: '10000',
    meaning: 'how long running statements may finish when the server is asked to stop',
  },
];

/** Name of the environment variable of a setting. */
export function envName(setting: Setting): string {
  return setting.env ?? `TUMBLER_${setting.flag.replaceAll('-', '_').toUpperCase()}`;
}

/** Reads flags and environment. Throws {@link ConfigError}. */
export function readConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const given = new Map<string, string[]>();
  for (const setting of SETTINGS) {
    const value = env[envName(setting)];
    if (value !== undefined && value !== '')
      given.set(setting.flag, setting.many ? value.split(';') : [value]);
  }
  for (const [flag, values] of readFlags(argv)) given.set(flag, values);
  const text = (flag: string): string =>
    given.get(flag)?.at(-1) ?? SETTINGS.find((s) => s.flag === flag)!.initial;
  const optional = (flag: string): string | null => text(flag) || null;
  return {
    dataDir: text('data-dir') === ':memory:' ? null : text('data-dir'),
    sqlListen: address('sql-listen-addr', text('sql-listen-addr')),
    internalSqlListen: optionalAddress('internal-sql-listen-addr', text('internal-sql-listen-addr')),
    httpListen: optionalAddress('http-listen-addr', text('http-listen-addr')),
    upstreams: choice('upstreams', text('upstreams'), ['live', 'simulated']),
    authentication: choice('authentication', text('authentication'), ['none', 'password', 'cleartext']),
    systemPassword: passwordIn(optional('system-password-file')),
    tls: tlsFiles(optional('tls-cert'), optional('tls-key')),
    awsDoor: choice('aws-door', text('aws-door'), ['on', 'off']) === 'on',
    awsAuth: choice('aws-auth', text('aws-auth'), ['none', 'sigv4']),
    awsCredentialsFile: optional('aws-credentials-file'),
    awsAccountId: accountId(text('aws-account-id')),
    awsRegion: text('aws-region'),
    awsFunctions: optional('aws-functions'),
    init: optional('init'),
    masterKeyFile: optional('master-key-file'),
    masterKey: optional('master-key'),
    healthIntervalMs: milliseconds('health-interval', text('health-interval'), 10),
    sshConnectTimeoutMs: milliseconds('ssh-connect-timeout', text('ssh-connect-timeout'), 1),
    systemParameters: parameters(given.get('system-parameter-default') ?? []),
    logLevel: choice('log-level', text('log-level'), [
      'trace',
      'debug',
      'info',
      'warn',
      'error',
      'fatal',
      'silent',
    ]),
    shutdownGraceMs: milliseconds('shutdown-grace', text('shutdown-grace'), 0),
  };
}

/** `--flag value`, `--flag=value`. */
function readFlags(argv: readonly string[]): Map<string, string[]> {
  const flags = new Map<string, string[]>();
  for (let i = 0; i < argv.length; i += 1) {
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(argv[i]!);
    const setting = match === null ? undefined : SETTINGS.find((s) => s.flag === match[1]);
    if (match === null || setting === undefined)
      throw new ConfigError(`unknown argument ${argv[i]}; --help lists them`);
    if (setting.envOnly) throw new ConfigError(`--${setting.flag} is read from ${envName(setting)} only`);
    const value = match[2] ?? argv[(i += 1)];
    if (value === undefined) throw new ConfigError(`--${setting.flag} needs a value: ${setting.value}`);
    const before = setting.many ? (flags.get(setting.flag) ?? []) : [];
    flags.set(setting.flag, [...before, value]);
  }
  return flags;
}

function choice<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw new ConfigError(`--${flag} takes ${allowed.join(', ')}; not ${value}`);
  return found;
}

function milliseconds(flag: string, value: string, least: number): number {
  const ms = Number(value);
  if (!Number.isInteger(ms) || ms < least)
    throw new ConfigError(`--${flag} takes whole milliseconds from ${least}; not ${value}`);
  return ms;
}

function address(flag: string, value: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) throw new ConfigError(`--${flag} takes HOST:PORT; not ${value}`);
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
}

function optionalAddress(flag: string, value: string): ListenAddress | null {
  return value === 'off' ? null : address(flag, value);
}

function accountId(value: string): string {
  if (!/^\d{12}$/.test(value)) throw new ConfigError(`--aws-account-id takes 12 digits; not ${value}`);
  return value;
}

function tlsFiles(cert: string | null, key: string | null): Config['tls'] {
  if (cert === 'self-signed') return 'self-signed';
  if (cert === null && key === null) return null;
  if (cert === null || key === null) throw new ConfigError('--tls-cert and --tls-key go together');
  return { cert: readText('tls-cert', cert), key: readText('tls-key', key) };
}

function parameters(pairs: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at <= 0) throw new ConfigError(`--system-parameter-default takes NAME=VALUE; not ${pair}`);
      return [pair.slice(0, at).trim().toLowerCase(), pair.slice(at + 1)] as const;
    }),
  );
}

function passwordIn(path: string | null): string | null {
  return path === null ? null : readText('system-password-file', path).replace(/\r?\n$/, '');
}

function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`--${flag}: cannot read ${path}: ${(cause as Error).message}`);
  }
}

/** Text of `--help`. */
export function helpText(): string {
  const rows = SETTINGS.map((s) => {
    const left = s.envOnly ? envName(s) : `--${s.flag} ${s.value}`;
    const initial = s.initial === '' ? '' : ` (default ${s.initial})`;
    return `  ${left.padEnd(42)} ${s.meaning}${initial}`;
  });
  return [
    'Usage: tumbler [settings]',
    '',
    ...rows,
    '',
    'Each flag has its variable, e.g. TUMBLER_DATA_DIR.',
  ].join('\n');
}
