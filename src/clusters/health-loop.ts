/**
 * One source or sink on one replica: checks its upstream with the values the replica cached, at once and then at every
 * interval, and reports what it found. The values stay in memory as a replica's would: a key that is disabled later does
 * not stop a loop that runs.
 */
import type { Id } from '../catalog/ids.ts';
import type { ConnectionItem, Item } from '../catalog/records.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { connectionsOf as directConnections } from '../catalog/staleness.ts';
import { TimedOut, within } from '../connections/deadline.ts';
import {
  HealthError,
  type HealthTarget,
  type ResolvedConnection,
  type Upstreams,
} from '../connections/resolved.ts';
import { SqlError } from '../errors.ts';
import type { SecretBytes } from '../secrets/secret-bytes.ts';
import { cachedValues, resolveFor, type OpenVersion } from './resolve.ts';
import type { Report } from './status.ts';

/** What a loop needs of the controller. */
export interface LoopHost {
  readonly upstreams: Upstreams;
  readonly intervalMs: number;
  /** Longest time for one check, connecting and waiting included. */
  readonly checkTimeoutMs: number;
  readonly openVersion: OpenVersion;
  current(): Snapshot;
  report(objectId: Id, replicaId: Id, report: Report): void;
  /** A number in [0, 1): spreads the checks of many loops over the interval. */
  random(): number;
}

/** Checks of many loops drift apart by up to a tenth of the interval, so that they do not come in waves. */
const JITTER = 0.1;

export class HealthLoop {
  readonly #host: LoopHost;
  readonly #objectId: Id;
  readonly #replicaId: Id;
  readonly #abort = new AbortController();
  readonly #values = new Map<string, SecretBytes>();
  #timer: NodeJS.Timeout | undefined;
  #checking = false;
  #again = false;
  #started: boolean;
  #connections: readonly (Item | undefined)[] = [];

  /** `started` says that the object runs on the replica already: what it does once when it starts is behind it. */
  constructor(host: LoopHost, objectId: Id, replicaId: Id, started: boolean) {
    this.#host = host;
    this.#objectId = objectId;
    this.#replicaId = replicaId;
    this.#started = started;
    this.kick();
  }

  /** Checks as if the object had just come up. */
  restart(): void {
    this.#started = false;
    this.kick();
  }

  /** Checks now; during a check, once more right after it. */
  kick(): void {
    clearTimeout(this.#timer);
    if (this.#checking) this.#again = true;
    else void this.#run();
  }

  /**
   * True when a connection that the object uses, or one under it, is defined otherwise than at the last check. Names,
   * owners and key pairs do not count: a rename leaves running objects alone, and new keys are read at the next check.
   */
  connectionsChanged(snapshot: Snapshot): boolean {
    const now = connectionsOf(snapshot, this.#objectId);
    const before = this.#connections;
    return now.length !== before.length || now.some((item, i) => !sameDefinition(item, before[i]));
  }

  /** Ends the loop; a check under way is abandoned and its sockets closed. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#abort.abort(new Error('stopped'));
  }

  async #run(): Promise<void> {
    this.#checking = true;
    const report = await this.#check();
    this.#checking = false;
    if (this.#abort.signal.aborted) return;
    this.#host.report(this.#objectId, this.#replicaId, report);
    if (this.#again) {
      this.#again = false;
      this.kick();
    } else if (this.#mayChange(report)) {
      const spread = 1 + JITTER * (2 * this.#host.random() - 1);
      this.#timer = setTimeout(() => this.kick(), this.#host.intervalMs * spread);
    }
  }

  /** Without an upstream to contact, what was healthy stays so. */
  #mayChange(report: Report): boolean {
    const contacts = this.#host.upstreams.mode === 'live' && this.#connections.length > 0;
    return contacts || report.status === 'stalled';
  }

  async #check(): Promise<Report> {
    const snapshot = this.#host.current();
    this.#connections = connectionsOf(snapshot, this.#objectId);
    const { checkTimeoutMs, upstreams } = this.#host;
    try {
      const target = await this.#target(snapshot);
      if (target !== undefined) {
        await within(checkTimeoutMs, 'health check', this.#abort.signal, (signal) =>
          upstreams.check(target, signal),
        );
      }
      this.#started = true;
      return { status: 'running' };
    } catch (error) {
      return stalled(error);
    }
  }

  /** What to contact; undefined for objects that have no upstream. */
  async #target(snapshot: Snapshot): Promise<HealthTarget | undefined> {
    const item = snapshot.items.get(this.#objectId);
    const connection = connectionsOf(snapshot, this.#objectId)[0];
    if (connection?.kind !== 'connection') return undefined;
    const open = cachedValues(snapshot, this.#objectId, this.#replicaId, (secretId, versionId) =>
      this.#open(secretId, versionId),
    );
    const resolve = (used: ConnectionItem): Promise<ResolvedConnection | undefined> =>
      resolveFor(this.#host.upstreams.mode, snapshot, used, open);
    const resolved = await resolve(connection);
    if (item?.kind === 'source' && item.detail.type === 'postgres' && resolved?.type === 'postgres') {
      return { kind: 'postgres-source', connection: resolved, publication: item.detail.publication };
    }
    if (item?.kind === 'sink' && resolved?.type === 'kafka') {
      const topic = item.detail.options.find((option) => option.name === 'TOPIC')?.value ?? '';
      const used = this.#started ? undefined : snapshot.items.get(item.detail.csrConnectionId ?? '');
      const registry = used?.kind === 'connection' ? await resolve(used) : undefined;
      const publishes = registry?.type === 'confluent-schema-registry' ? { registry } : {};
      return { kind: 'kafka-sink', connection: resolved, topic, ...publishes };
    }
    return undefined;
  }

  async #open(secretId: Id, versionId: string): Promise<SecretBytes> {
    const key = `${secretId}/${versionId}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = await this.#host.openVersion(secretId, versionId);
    // Versions of the same secret that came before are not needed again.
    for (const other of this.#values.keys()) if (other.startsWith(`${secretId}/`)) this.#values.delete(other);
    this.#values.set(key, value);
    return value;
  }
}

/** The connections an object uses, the one it reads from or writes to first, then those that they refer to. */
function connectionsOf(snapshot: Snapshot, objectId: Id): readonly (Item | undefined)[] {
  const item = snapshot.items.get(objectId);
  if (item?.kind !== 'source' && item?.kind !== 'sink') return [];
  const used = [...directConnections(item)].map((id) => snapshot.items.get(id));
  const under = used.flatMap((connection) => connection?.dependsOn ?? []).map((id) => snapshot.items.get(id));
  return [...used, ...under.filter((other) => other?.kind === 'connection')];
}

function sameDefinition(a: Item | undefined, b: Item | undefined): boolean {
  if (a === b) return true;
  if (a?.kind !== 'connection' || b?.kind !== 'connection' || a.id !== b.id) return false;
  return a.options === b.options || definition(a) === definition(b);
}

function definition(connection: ConnectionItem): string {
  return JSON.stringify(connection.options.filter((option) => !option.name.startsWith('PUBLIC KEY ')));
}

function stalled(error: unknown): Report {
  if (error instanceof HealthError) {
    return { status: 'stalled', namespace: error.namespace, message: error.message, hint: error.hint };
  }
  const message = error instanceof SqlError || error instanceof TimedOut ? error.message : 'internal error';
  return { status: 'stalled', namespace: 'internal', message, hint: undefined };
}
