import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChanges, emptySnapshot } from '../catalog/apply.ts';
import { put } from '../catalog/changes.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { addVersion, changed, CURRENT, KEPT_VERSIONS, moveLabels, PREVIOUS, versionsOf } from './versions.ts';

const DAY = 86_400_000;

function add(
  snapshot: Snapshot,
  versionId: string,
  stages: readonly string[] = [CURRENT],
  now = 0,
): Snapshot {
  const base = {
    secretId: 'u1',
    sealed: new Uint8Array(),
    sizeBytes: 1,
    valueKind: 'string',
    kmsKeyId: 'k',
    valueDigest: '',
  } as const;
  return applyChanges(snapshot, addVersion(snapshot, { ...base, versionId, stages, now }));
}

function move(snapshot: Snapshot, versionId: string, stages: readonly string[], now: number): Snapshot {
  const before = versionsOf(snapshot, 'u1');
  return applyChanges(snapshot, changed(before, moveLabels(before, versionId, stages, now)));
}

const labels = (snapshot: Snapshot): unknown =>
  Object.fromEntries(versionsOf(snapshot, 'u1').map((v) => [v.versionId, [...v.stages].sort()]));
const superseded = (snapshot: Snapshot): unknown => versionsOf(snapshot, 'u1').map((v) => v.supersededAt);

describe('staging labels', () => {
  it('leave AWSPREVIOUS on the version that AWSCURRENT leaves', () => {
    let s = add(emptySnapshot(), 'a', [CURRENT], 1);
    expect([labels(s), superseded(s)]).toEqual([{ a: [CURRENT] }, [null]]);
    s = add(s, 'b', [CURRENT], 2);
    expect([labels(s), superseded(s)]).toEqual([{ a: [PREVIOUS], b: [CURRENT] }, [2, null]]);
    s = add(s, 'c', [CURRENT], 3);
    expect([labels(s), superseded(s)]).toEqual([{ a: [], b: [PREVIOUS], c: [CURRENT] }, [2, 3, null]]);
    expect(s.currentVersion.get('u1')).toBe('c');
  });

  it('let a pending version wait, and become current', () => {
    let s = add(add(emptySnapshot(), 'a', [CURRENT], 1), 'b', ['AWSPENDING', 'mine'], 2);
    expect(labels(s)).toEqual({ a: [CURRENT], b: ['AWSPENDING', 'mine'] });
    s = move(s, 'b', [CURRENT], 5);
    expect(labels(s)).toEqual({ a: [PREVIOUS], b: [CURRENT, 'AWSPENDING', 'mine'] });
    expect(superseded(s)).toEqual([5, null]);
  });

  it('move back, and a version that is current again was never left', () => {
    const s = move(add(add(emptySnapshot(), 'a', [CURRENT], 1), 'b', [CURRENT], 2), 'a', [CURRENT], 3);
    expect([labels(s), superseded(s)]).toEqual([{ a: [CURRENT], b: [PREVIOUS] }, [null, 3]]);
  });

  it('are on one version at a time whatever is asked, and AWSPREVIOUS is where AWSCURRENT was', () => {
    const stages = fc.uniqueArray(fc.constantFrom(CURRENT, PREVIOUS, 'AWSPENDING', 'x'), { maxLength: 3 });
    const step = fc.record({ add: fc.boolean(), at: fc.nat(4), stages });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let s = add(emptySnapshot(), 'v0');
        for (const [i, { add: adds, at, stages: asked }] of steps.entries()) {
          const before = s.currentVersion.get('u1');
          const existing = versionsOf(s, 'u1');
          s = adds
            ? add(s, `v${i + 1}`, asked, i)
            : move(s, existing[at % existing.length]!.versionId, asked, i);
          const all = versionsOf(s, 'u1').flatMap((v) => v.stages);
          expect(new Set(all).size).toBe(all.length);
          const after = s.currentVersion.get('u1');
          expect(after).toBeDefined();
          if (before !== after) expect(s.stagesOfSecret.get('u1')?.get(PREVIOUS)).toBe(before);
          for (const v of versionsOf(s, 'u1')) if (v.versionId === after) expect(v.supersededAt).toBeNull();
        }
      }),
    );
  });
});

describe('retention', () => {
  const many = (count: number, now: (i: number) => number): Snapshot => {
    let s = emptySnapshot();
    for (let i = 0; i < count; i += 1) s = add(s, `v${i}`, [CURRENT], now(i));
    return s;
  };

  it('keeps the newest hundred, labelled ones included, once the others are a day old', () => {
    const s = many(150, (i) => i * DAY * 2);
    const ids = versionsOf(s, 'u1').map((v) => v.versionId);
    expect(ids).toEqual(Array.from({ length: KEPT_VERSIONS }, (_, i) => `v${i + 50}`));
  });

  it('keeps everything younger than a day, and catches up later', () => {
    let s = many(500, (i) => i);
    expect(versionsOf(s, 'u1')).toHaveLength(500);
    for (let i = 0; i < 70; i += 1) s = add(s, `w${i}`, [CURRENT], 2 * DAY + i);
    expect(versionsOf(s, 'u1').length).toBeLessThanOrEqual(KEPT_VERSIONS + 64);
    expect(versionsOf(s, 'u1').filter((v) => v.versionId.startsWith('w'))).toHaveLength(70);
  });

  it('never takes a version that a replica runs on, or that has a label', () => {
    let s = add(emptySnapshot(), 'pinned', [CURRENT], 0);
    const pin = {
      clusterId: 'u1',
      replicaId: 'u1',
      objectId: 'u2',
      connectionId: 'u3',
      secretId: 'u1',
      versionId: 'pinned',
      cachedAt: 0,
    };
    s = applyChanges(s, [put('pin', pin)]);
    s = add(s, 'labelled', ['mine'], 0);
    for (let i = 0; i < 130; i += 1) s = add(s, `v${i}`, [CURRENT], (i + 2) * DAY * 2);
    const ids = versionsOf(s, 'u1').map((v) => v.versionId);
    expect(ids).toHaveLength(KEPT_VERSIONS);
    expect(ids.slice(0, 2)).toEqual(['pinned', 'labelled']);
  });

  it('takes the sealed bytes with the version', () => {
    const s = many(100, (i) => i);
    const base = {
      secretId: 'u1',
      versionId: 'last',
      sealed: new Uint8Array(),
      sizeBytes: 1,
      valueKind: 'string',
      kmsKeyId: '',
      valueDigest: '',
    } as const;
    const changes = addVersion(s, { ...base, stages: [CURRENT], now: 2 * DAY });
    const deleted = changes
      .filter((c) => c.kind === 'delete' || c.kind === 'deleteBlob')
      .map((c) => (c.kind === 'delete' || c.kind === 'deleteBlob' ? [c.kind, c.key] : []));
    expect(deleted).toEqual([
      ['delete', 'u1/v0'],
      ['deleteBlob', 'u1/v0'],
    ]);
  });
});
