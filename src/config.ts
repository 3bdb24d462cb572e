/** Every setting once: flag, environment variable, default, meaning. Filled by the composition; see README. */
export interface Config {
  readonly dataDir: string | null;
  readonly sqlListenAddr: string;
  readonly internalSqlListenAddr: string | null;
  readonly httpListenAddr: string | null;
  readonly upstreams: 'live' | 'simulated';
  readonly authentication: 'none' | 'password';
  readonly healthIntervalMs: number;
}
