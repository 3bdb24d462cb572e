import { describe, expect, it } from 'vitest';
import { applyChanges } from '../../catalog/apply.ts';
import { del, put } from '../../catalog/changes.ts';
import { remedyFor, secretUsage, staleRowsOf, usesOfSecret } from '../../catalog/staleness.ts';
import { systemRelation } from '../registry.ts';
import { contextFor, sampleSnapshot } from '../testing/sample-catalog.ts';

const snapshot = sampleSnapshot();

/** Rows of a relation of mz_tumbler as objects. */
function table(name: string, of = snapshot): readonly Readonly<Record<string, unknown>>[] {
  const relation = systemRelation('mz_tumbler', name);
  if (relation === undefined) throw new Error(`no relation ${name}`);
  return [...relation.rows(contextFor(of))].map((row) =>
    Object.fromEntries(relation.columns.map((column, i) => [column.name, row[i]])),
  );
}

describe('mz_tumbler.stale_secrets', () => {
  it('tells which replica holds which old version, and how to refresh it', () => {
    const rows = table('stale_secrets').toSorted((a, b) =>
      String(a['cluster']).localeCompare(String(b['cluster'])),
    );
    expect(rows).toMatchObject([
      {
        cluster: 'By hand',
        replica: 'mine',
        object_type: 'sink',
        object: 'materialize.public.snk',
        secret: 'materialize.public.pw',
        cached_version: 'v1',
        current_version: 'v2',
        remedy:
          'DROP CLUSTER REPLICA "By hand".mine; ' +
          `CREATE CLUSTER REPLICA "By hand".mine (SIZE = '100cc', AVAILABILITY ZONE = 'az1');`,
      },
      {
        cluster: 'quickstart',
        replica: 'r1',
        object_type: 'source',
        object: 'materialize.public.src',
        remedy:
          'ALTER CLUSTER quickstart SET (REPLICATION FACTOR = 0); ALTER CLUSTER quickstart SET (REPLICATION FACTOR = 2);',
      },
    ]);
  });

  it('loses a row when the pin goes, and gains one when the current version moves', () => {
    const without = applyChanges(snapshot, [del('pin', 'u1/u7/u4/u1')]);
    expect(table('stale_secrets', without)).toHaveLength(1);
    const versions = snapshot.versionsOfSecret.get('u1');
    const [v1, v2] = [versions?.get('v1'), versions?.get('v2')];
    if (v1 === undefined || v2 === undefined) throw new Error('the sample has two versions');
    const back = applyChanges(snapshot, [
      put('secretVersion', { ...v2, stages: ['AWSPREVIOUS'], supersededAt: 5 }),
      put('secretVersion', { ...v1, stages: ['AWSCURRENT'], supersededAt: null }),
    ]);
    expect(table('stale_secrets', back)).toMatchObject([
      { replica: 'r2', cached_version: 'v2', current_version: 'v1' },
    ]);
    expect(staleRowsOf(back, 'u1')).toMatchObject([{ staleSince: 5 }]);
    expect(staleRowsOf(back, 'u2')).toEqual([]);
  });

  it('gives a managed cluster back its own replication factor', () => {
    const cluster = snapshot.clusters.get('u1');
    if (cluster?.config.managed !== true) throw new Error('the sample cluster is managed');
    const resized = applyChanges(snapshot, [
      put('cluster', { ...cluster, name: 'a b', config: { ...cluster.config, replicationFactor: 1 } }),
    ]);
    expect(remedyFor(resized, { clusterId: 'u1', replicaId: 'u1' })).toBe(
      'ALTER CLUSTER "a b" SET (REPLICATION FACTOR = 0); ALTER CLUSTER "a b" SET (REPLICATION FACTOR = 1);',
    );
  });
});

describe('mz_tumbler.secret_versions', () => {
  it('counts the pins of each version', () => {
    const counts = table('secret_versions').map((row) => [
      row['secret_id'],
      row['version_id'],
      row['pin_count'],
    ]);
    expect(counts.toSorted()).toEqual([
      ['u1', 'v1', 2n],
      ['u1', 'v2', 1n],
      ['u2', 'w1', 0n],
      ['u3', 'k1', 0n],
    ]);
  });
});

describe('mz_tumbler.secret_usage', () => {
  const text = (uses: ReturnType<typeof secretUsage>): readonly string[] =>
    [...uses].map((use) => [use.secretId, use.connectionId, use.objectId, use.clusterId].join('>')).sort();

  it('follows connections through tunnels to sources and sinks', () => {
    expect(text(secretUsage(snapshot))).toEqual([
      'u1>u4>u7>u1',
      'u1>u5>u13>u2',
      'u3>u3>>',
      'u3>u4>u7>u1',
      'u3>u5>u13>u2',
    ]);
  });

  it('is the same from the side of one secret', () => {
    const all = text(secretUsage(snapshot));
    for (const id of ['u1', 'u2', 'u3']) {
      expect(text(usesOfSecret(snapshot, id))).toEqual(all.filter((use) => use.startsWith(`${id}>`)));
    }
  });
});
