/**
 * The reactor behind replicas: it sees every commit, keeps a health loop for each source and sink on the replica that
 * runs it, and writes what it finds as status rows by commits of its own. It is the only writer of status rows.
 *
 * Rules live in `status.ts`; this file moves data between the catalog, the loops and the book of rows.
 */
import { put } from '../catalog/changes.ts';
import type { Change } from '../catalog/changes.ts';
import type { Id, IdSpace } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import type { Upstreams } from '../connections/resolved.ts';
import type { Logger } from '../log.ts';
import { HealthLoop, type LoopHost } from './health-loop.ts';
import type { OpenVersion } from './resolve.ts';
import { replicaSize } from './sizes.ts';
import {
  asRunningObject,
  lifecycleStatuses,
  reportStatuses,
  runningObjects,
  runsOn,
  type NewStatus,
  type Report,
} from './status.ts';
import { StatusBook } from './status-book.ts';

/** The writer of the catalog, as far as the controller needs it. */
export interface CatalogWriter {
  current(): Snapshot;
  /** Runs `build` on the newest snapshot and makes its changes durable as one. Nothing happens for no changes. */
  commit(
    build: (
      tip: Snapshot,
      ids: { nextNumber(space: IdSpace): number },
    ) => { readonly changes: readonly Change[]; readonly result: undefined },
  ): Promise<unknown>;
  /** Calls back after every commit. Returns the undo. */
  onCommit(listener: (before: Snapshot, after: Snapshot) => void): () => void;
}

export interface ControllerOptions {
  readonly catalog: CatalogWriter;
  readonly upstreams: Upstreams;
  /** Opens one version of a secret; rejects when its payload or its key is gone. */
  readonly openSecret: OpenVersion;
  /** Milliseconds since the Unix epoch. */
  readonly clock: () => number;
  /** Time between two health checks of one object. */
  readonly intervalMs: number;
  /** Longest time for one health check; 60 s. */
  readonly checkTimeoutMs?: number;
  /** Status rows kept per object; 1000. */
  readonly historyLimit?: number;
  readonly logger: Logger;
  readonly random?: () => number;
}

export interface ClusterController {
  /** Resolves when everything that the commits so far call for is written. Health checks may still be under way. */
  settled(): Promise<void>;
  /** Ends all loops and waits for the last write. */
  stop(): Promise<void>;
}

/** Starts the controller on what is in the catalog now. */
export function startController(options: ControllerOptions): ClusterController {
  return new Controller(options);
}

interface PendingReport {
  readonly objectId: Id;
  readonly replicaId: Id;
  readonly report: Report;
}

class Controller implements ClusterController {
  readonly #options: ControllerOptions;
  readonly #book: StatusBook;
  readonly #onlineReplicas = new Set<Id>();
  readonly #loops = new Map<string, HealthLoop>();
  readonly #host: LoopHost;
  readonly #unsubscribe: () => void;
  #reports: PendingReport[] = [];
  #dirty = true;
  #pump: Promise<void> | undefined;
  #stopped = false;
  /** The last write failed: wait for the next commit or check instead of trying without pause. */
  #failed = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#book = new StatusBook(options.historyLimit ?? 1000);
    const snapshot = options.catalog.current();
    this.#book.load(snapshot);
    for (const record of snapshot.small.replicaStatus.values()) this.#onlineReplicas.add(record.replicaId);
    this.#host = {
      upstreams: options.upstreams,
      intervalMs: options.intervalMs,
      checkTimeoutMs: options.checkTimeoutMs ?? 60_000,
      openVersion: options.openSecret,
      current: () => options.catalog.current(),
      report: (objectId, replicaId, report) => {
        this.#reports.push({ objectId, replicaId, report });
        this.#wake();
      },
      random: options.random ?? Math.random,
    };
    this.#unsubscribe = options.catalog.onCommit((before, after) => this.#onCommit(before, after));
    this.#wake();
  }

  async settled(): Promise<void> {
    while (this.#pump !== undefined) await this.#pump;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe();
    for (const loop of this.#loops.values()) loop.stop();
    this.#loops.clear();
    await this.#pump;
  }

  /** Most commits touch neither placement nor replicas; telling that costs three comparisons. */
  #onCommit(before: Snapshot, after: Snapshot): void {
    if (
      before.itemsOfCluster !== after.itemsOfCluster ||
      before.replicas !== after.replicas ||
      before.dependents !== after.dependents
    ) {
      this.#dirty = true;
      this.#wake();
    }
    if (before.items !== after.items) this.#restartChanged(after);
  }

  /** ALTER CONNECTION reaches running objects at once: they start again with the new definition. */
  #restartChanged(snapshot: Snapshot): void {
    for (const [key, loop] of this.#loops) {
      if (!loop.connectionsChanged(snapshot)) continue;
      const [objectId = '', replicaId = ''] = key.split('/');
      this.#reports.push({ objectId, replicaId, report: { status: 'restarting' } });
      loop.restart();
      this.#wake();
    }
  }

  #wake(): void {
    if (this.#stopped || this.#pump !== undefined) return;
    this.#pump = this.#work().finally(() => {
      this.#pump = undefined;
      if (!this.#failed && (this.#dirty || this.#reports.length > 0)) this.#wake();
    });
  }

  async #work(): Promise<void> {
    // Lets the commit that woke us answer its client first, and gathers what comes in the same turn.
    await new Promise((resolve) => setImmediate(resolve));
    this.#failed = false;
    while (!this.#stopped && (this.#dirty || this.#reports.length > 0)) {
      const dirty = this.#dirty;
      const reports = this.#reports;
      this.#dirty = false;
      this.#reports = [];
      try {
        await this.#write((tip) => [...(dirty ? lifecycleStatuses(tip, this.#book.histories) : [])]);
        for (const pending of reports) await this.#write((tip) => this.#rowsOf(tip, pending));
      } catch (error) {
        // The book was not touched: the same rows are still called for.
        this.#dirty ||= dirty;
        this.#failed = true;
        this.#options.logger.error({ err: error }, 'status rows were not written');
        return;
      }
      if (dirty) this.#placeLoops();
    }
  }

  #rowsOf(tip: Snapshot, { objectId, replicaId, report }: PendingReport): readonly NewStatus[] {
    const object = asRunningObject(tip, tip.items.get(objectId));
    // A report may come in after its replica or its object went.
    if (object === undefined || !runsOn(tip, object).includes(replicaId)) return [];
    return reportStatuses(object, replicaId, report, (id) => this.#book.latestOf(id));
  }

  async #write(rowsOf: (tip: Snapshot) => readonly NewStatus[]): Promise<void> {
    const { catalog, clock } = this.#options;
    const now = catalog.current();
    if (rowsOf(now).length === 0 && this.#newReplicas(now).length === 0) return;
    let written: ReturnType<StatusBook['number']> = [];
    let online: readonly Id[] = [];
    await catalog.commit((tip, ids) => {
      const nextId = (): number => ids.nextNumber('statusEvent');
      written = this.#book.number(rowsOf(tip), clock(), nextId);
      online = this.#newReplicas(tip);
      const replicaRows = online.flatMap((id) => replicaOnline(tip, id, clock(), nextId));
      return { changes: [...this.#book.changes(written), ...replicaRows], result: undefined };
    });
    this.#book.record(written);
    for (const id of online) this.#onlineReplicas.add(id);
  }

  /** Replicas that have not been written as online. */
  #newReplicas(snapshot: Snapshot): readonly Id[] {
    return [...snapshot.replicas.keys()].filter((id) => !this.#onlineReplicas.has(id));
  }

  #placeLoops(): void {
    const snapshot = this.#options.catalog.current();
    const wanted = new Map<string, readonly [Id, Id]>();
    for (const object of runningObjects(snapshot)) {
      for (const replica of runsOn(snapshot, object)) {
        wanted.set(`${object.item.id}/${replica}`, [object.item.id, replica]);
      }
    }
    for (const [key, loop] of this.#loops) {
      if (wanted.has(key)) continue;
      loop.stop();
      this.#loops.delete(key);
    }
    for (const [key, [objectId, replicaId]] of wanted) {
      const loop = this.#loops.get(key);
      if (loop === undefined) {
        const running = this.#book.latestOf(objectId)?.get(replicaId)?.status === 'running';
        this.#loops.set(key, new HealthLoop(this.#host, objectId, replicaId, running));
      }
      // New subsources have to be told that the source runs.
      else if (this.#hasStarting(snapshot, objectId, replicaId)) loop.kick();
    }
  }

  #hasStarting(snapshot: Snapshot, objectId: Id, replicaId: Id): boolean {
    const object = asRunningObject(snapshot, snapshot.items.get(objectId));
    return (object?.collections ?? [])
      .slice(1)
      .some((id) => this.#book.latestOf(id)?.get(replicaId)?.status === 'starting');
  }
}

/** A replica comes up with all its processes online. */
function replicaOnline(snapshot: Snapshot, id: Id, now: number, nextId: () => number): readonly Change[] {
  const size = snapshot.replicas.get(id)?.size ?? '';
  return Array.from({ length: replicaSize(size)?.processes ?? 1 }, (_, processId) =>
    put('replicaStatus', {
      id: nextId(),
      replicaId: id,
      processId,
      status: 'online',
      reason: null,
      occurredAt: now,
    }),
  );
}
