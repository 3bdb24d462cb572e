/**
 * The pin rules once more, as small as they can be and with nothing of the product in them: objects that point at each
 * other and a list of pins. Source: documentation of ALTER SECRET and ALTER CONNECTION; the README's table of when a
 * cached value refreshes.
 */

export interface Schema {
  name: string;
}

interface Named {
  name: string;
  readonly schema: Schema;
}

export interface Secret extends Named {
  /** Version ids, oldest first. */
  readonly versions: string[];
  current: string;
  /** When each version last stopped being current. */
  readonly supersededAt: Map<string, number>;
}

export interface Connection extends Named {
  readonly type: 'kafka' | 'registry' | 'postgres';
  /** Secrets by the option that names them. */
  readonly secrets: Map<string, Secret>;
}

export interface Replica {
  name: string;
  readonly size: string;
}

export interface Cluster {
  name: string;
  /** null for unmanaged ones. */
  managed: { size: string; factor: number } | null;
  replicas: Replica[];
}

export interface Runner extends Named {
  readonly type: 'source' | 'sink';
  readonly cluster: Cluster;
  readonly connections: readonly Connection[];
}

interface Pin {
  readonly replica: Replica;
  readonly object: Runner;
  readonly connection: Connection;
  readonly secret: Secret;
  version: string;
  cachedAt: number;
}

/** `"Odd ""name"` when it needs quotes. */
export function ident(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

export function qualified(item: Named): string {
  return `materialize.${ident(item.schema.name)}.${ident(item.name)}`;
}

export class PinModel {
  readonly schemas: Schema[] = [];
  readonly secrets: Secret[] = [];
  readonly connections: Connection[] = [];
  readonly clusters: Cluster[] = [];
  readonly objects: Runner[] = [];
  #pins: Pin[] = [];

  /** The secret has a new version, or another one became current. */
  makeCurrent(secret: Secret, version: string, now: number): void {
    if (!secret.versions.includes(version)) secret.versions.push(version);
    if (secret.current === version) return;
    secret.supersededAt.set(secret.current, now);
    secret.supersededAt.delete(version);
    secret.current = version;
  }

  addObject(object: Runner, now: number): void {
    this.objects.push(object);
    for (const replica of object.cluster.replicas) this.#pin(replica, object, now);
  }

  addReplica(cluster: Cluster, replica: Replica, now: number): void {
    cluster.replicas.push(replica);
    for (const object of this.objects) if (object.cluster === cluster) this.#pin(replica, object, now);
  }

  dropReplica(cluster: Cluster, replica: Replica): void {
    cluster.replicas = cluster.replicas.filter((each) => each !== replica);
    this.#pins = this.#pins.filter((pin) => pin.replica !== replica);
  }

  dropObject(object: Runner): void {
    this.objects.splice(this.objects.indexOf(object), 1);
    this.#pins = this.#pins.filter((pin) => pin.object !== object);
  }

  dropConnection(connection: Connection): void {
    for (const object of this.objects.filter((each) => each.connections.includes(connection)))
      this.dropObject(object);
    this.connections.splice(this.connections.indexOf(connection), 1);
  }

  dropSecret(secret: Secret): void {
    for (const connection of this.connections.filter((each) => [...each.secrets.values()].includes(secret)))
      this.dropConnection(connection);
    this.secrets.splice(this.secrets.indexOf(secret), 1);
  }

  dropCluster(cluster: Cluster): void {
    for (const object of this.objects.filter((each) => each.cluster === cluster)) this.dropObject(object);
    this.clusters.splice(this.clusters.indexOf(cluster), 1);
  }

  /** Replicas r1 to r<factor>; with another size all are made anew. */
  resize(cluster: Cluster, size: string, factor: number, now: number): void {
    const keep = cluster.managed?.size === size ? factor : 0;
    for (const replica of [...cluster.replicas]) {
      if (Number(replica.name.slice(1)) > keep) this.dropReplica(cluster, replica);
    }
    for (let n = 1; n <= factor; n++) {
      if (!cluster.replicas.some((replica) => replica.name === `r${n}`))
        this.addReplica(cluster, { name: `r${n}`, size }, now);
    }
    cluster.managed = { size, factor };
  }

  /** The definition of a connection differs now: what runs on it starts again. */
  connectionChanged(connection: Connection, now: number): void {
    for (const object of this.objects.filter((each) => each.connections.includes(connection))) {
      this.#pins = this.#pins.filter((pin) => pin.object !== object);
      for (const replica of object.cluster.replicas) this.#pin(replica, object, now);
    }
  }

  /** Rows as the test reads them from `mz_tumbler.replica_secrets`, sorted. */
  replicaSecrets(): readonly string[] {
    return this.#pins
      .map(({ replica, object, connection, secret, version, cachedAt }) =>
        [
          object.cluster.name,
          replica.name,
          object.name,
          connection.name,
          secret.name,
          version,
          String(version === secret.current),
          new Date(cachedAt).toISOString(),
        ].join(' | '),
      )
      .sort();
  }

  /** Rows as the test reads them from `mz_tumbler.stale_secrets`, sorted. */
  staleSecrets(): readonly string[] {
    return this.#pins
      .filter(({ secret, version }) => version !== secret.current)
      .map(({ replica, object, secret, version, cachedAt }) =>
        [
          object.cluster.name,
          replica.name,
          object.type,
          qualified(object),
          qualified(secret),
          version,
          secret.current,
          new Date(cachedAt).toISOString(),
          new Date(secret.supersededAt.get(version) ?? Number.NaN).toISOString(),
        ].join(' | '),
      )
      .sort();
  }

  /** Number of stale uses of one secret. */
  staleUses(secret: Secret): number {
    return this.#pins.filter((pin) => pin.secret === secret && pin.version !== secret.current).length;
  }

  /** Versions that something still runs on. */
  pinnedVersions(): ReadonlySet<string> {
    return new Set(this.#pins.map((pin) => pin.version));
  }

  #pin(replica: Replica, object: Runner, now: number): void {
    for (const connection of object.connections) {
      for (const secret of new Set(connection.secrets.values())) {
        this.#pins.push({ replica, object, connection, secret, version: secret.current, cachedAt: now });
      }
    }
  }
}
