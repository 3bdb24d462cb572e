/** A server under random histories beside the model of it: speaks SQL, chooses, and compares the two. */
import pg from 'pg';
import { ident, PinModel, qualified, type Secret } from './pin-model.ts';

/** A server under test, in this process or in one of its own. */
export interface Subject {
  readonly url: string;
  /** Endpoint of the AWS door, null when it is closed. */
  readonly awsEndpoint: string | null;
  /** Ends the server, gently or not, and starts it on the same data. */
  restart(): Promise<void>;
  /** Sets the server's clock; absent where it keeps its own time. */
  readonly setClock?: (now: number) => void;
}

/** The server, the model of it, and one psql-like session. */
export class World {
  readonly model = new PinModel();
  readonly subject: Subject;
  now = Date.UTC(2026, 0, 1);
  #client!: pg.Client;
  #notices: string[] = [];
  #names = 0;
  #choices: number[] = [];

  constructor(subject: Subject) {
    this.subject = subject;
  }

  async open(): Promise<void> {
    this.subject.setClock?.(this.now);
    await this.connect();
    for (const name of ['here', 'There']) {
      await this.sql(`CREATE SCHEMA ${ident(name)}`);
      this.model.schemas.push({ name });
    }
    await this.sql('CREATE TABLE public.feed (a int, b text)');
  }

  async connect(): Promise<void> {
    this.#client = new pg.Client({ connectionString: this.subject.url });
    this.#client.on('error', () => undefined);
    this.#client.on('notice', (notice) => this.#notices.push(notice.message ?? ''));
    await this.#client.connect();
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => undefined);
  }

  /** Lets time go on, and gives the numbers that the next step chooses by. */
  turn(choices: readonly number[]): void {
    this.now += 1000;
    this.subject.setClock?.(this.now);
    this.#choices = [...choices];
  }

  async sql(text: string): Promise<readonly (readonly unknown[])[]> {
    this.#notices = [];
    try {
      return (await this.#client.query<unknown[]>({ text, rowMode: 'array' })).rows;
    } catch (error) {
      throw new Error(`${text}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Notices of the last statement. */
  notices(): readonly string[] {
    return this.#notices;
  }

  number(below: number): number {
    return (this.#choices.shift() ?? 0) % below;
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[this.number(Math.max(from.length, 1))];
  }

  /** A name nobody has; some need quotes. */
  name(kind: string): string {
    this.#names += 1;
    return this.#names % 3 === 0 ? `Odd "${kind} ${this.#names}` : `${kind}_${this.#names}`;
  }

  /** Compares what the server shows with the model; the difference as text, or null. */
  async difference(): Promise<string | null> {
    const pins = await this.sql(
      `SELECT c.name, r.name, o.name, k.name, s.name, p.version_id, p.is_current, p.cached_at
       FROM mz_tumbler.replica_secrets p
       LEFT JOIN mz_clusters c ON c.id = p.cluster_id
       LEFT JOIN mz_cluster_replicas r ON r.id = p.replica_id
       LEFT JOIN mz_objects o ON o.id = p.object_id
       LEFT JOIN mz_connections k ON k.id = p.connection_id
       LEFT JOIN mz_secrets s ON s.id = p.secret_id`,
    );
    const stale = await this.sql(
      `SELECT cluster, replica, object_type, object, secret, cached_version, current_version, cached_at, stale_since
       FROM mz_tumbler.stale_secrets`,
    );
    return (
      compare('replica_secrets', this.#lines(pins), this.#timed(this.model.replicaSecrets(), 1)) ??
      compare('stale_secrets', this.#lines(stale), this.#timed(this.model.staleSecrets(), 2))
    );
  }

  /** Without a clock to set, times cannot be foretold. */
  #timed(lines: readonly string[], times: number): readonly string[] {
    if (this.subject.setClock !== undefined) return lines;
    return lines.map((line) => line.split(' | ').slice(0, -times).join(' | ')).sort();
  }

  #lines(rows: readonly (readonly unknown[])[]): readonly string[] {
    const timed = this.subject.setClock !== undefined;
    return rows
      .map((row) => row.filter((value) => timed || !(value instanceof Date)))
      .map((row) =>
        row.map((value) => (value instanceof Date ? value.toISOString() : String(value))).join(' | '),
      )
      .sort();
  }

  /** The version that the secret has now, as the server tells it. */
  async currentVersion(secret: Secret): Promise<string> {
    const name = secret.name.replaceAll("'", "''");
    const rows = await this.sql(
      `SELECT v.version_id FROM mz_tumbler.secret_versions v JOIN mz_secrets s ON s.id = v.secret_id
       WHERE s.name = '${name}' AND 'AWSCURRENT' = ANY (v.stages)`,
    );
    if (rows.length !== 1) throw new Error(`${rows.length} current versions of ${secret.name}`);
    return rows[0]![0] as string;
  }

  /** Writes a new value; the notice has to tell of every stale use. */
  async alterSecret(secret: Secret): Promise<void> {
    await this.sql(`ALTER SECRET ${qualified(secret)} AS 'value at ${this.now}'`);
    const told = this.notices();
    const version = await this.currentVersion(secret);
    if (secret.versions.includes(version)) throw new Error(`ALTER SECRET made no version: ${version}`);
    this.model.makeCurrent(secret, version, this.now);
    const uses = this.model.staleUses(secret);
    const expected = uses === 0 ? /^$/ : new RegExp(`^${uses} .* old value`);
    if (told.length > 1 || !expected.test(told[0] ?? ''))
      throw new Error(`notice ${told.join()} for ${uses} uses`);
  }

  /** Pastes the remedies of stale uses until there are none; each must make its row go. */
  async pasteRemedies(most: number): Promise<void> {
    for (let i = 0; i < most; i++) {
      const rows = await this.sql(
        'SELECT cluster, replica, object, secret, remedy FROM mz_tumbler.stale_secrets ORDER BY 1, 2, 3, 4',
      );
      const row = rows[this.number(Math.max(rows.length, 1))] as string[] | undefined;
      if (row === undefined) return;
      await this.#paste(row);
    }
  }

  async #paste([clusterName, replicaName, object, secret, remedy]: readonly string[]): Promise<void> {
    const settings = `SELECT c.managed, c.size, c.replication_factor, r.name, r.size, r.availability_zone
      FROM mz_clusters c LEFT JOIN mz_cluster_replicas r ON r.cluster_id = c.id
      WHERE c.name = '${clusterName!.replaceAll("'", "''")}' ORDER BY r.name`;
    const before = JSON.stringify(await this.sql(settings));
    // One at a time, as psql sends a pasted line.
    for (const statement of remedy!.split(/(?<=;) /)) await this.sql(statement);
    const { model, now } = this;
    const cluster = model.clusters.find((each) => each.name === clusterName)!;
    for (const replica of [...cluster.replicas]) {
      if (cluster.managed === null && replica.name !== replicaName) continue;
      model.dropReplica(cluster, replica);
      model.addReplica(cluster, replica, now);
    }
    const left = await this.sql('SELECT cluster, replica, object, secret FROM mz_tumbler.stale_secrets');
    const wanted = [clusterName, replicaName, object, secret].join();
    if (left.some((each) => each.join() === wanted)) throw new Error(`the row stayed after ${remedy}`);
    const after = JSON.stringify(await this.sql(settings));
    if (after !== before) throw new Error(`the remedy changed ${before} to ${after}`);
  }
}

function compare(what: string, seen: readonly string[], expected: readonly string[]): string | null {
  const missing = expected.filter((line) => !seen.includes(line));
  const extra = seen.filter((line) => !expected.includes(line));
  if (missing.length === 0 && extra.length === 0 && seen.length === expected.length) return null;
  return `${what}\nmissing:\n${missing.join('\n')}\nextra:\n${extra.join('\n')}`;
}
