import { describe, expect, it } from 'vitest';
import { applyChanges } from '../catalog/apply.ts';
import { put } from '../catalog/changes.ts';
import type { ObjectStatus, StatusEventRecord } from '../catalog/records.ts';
import { currentStatus } from './status-view.ts';
import { sampleSnapshot } from './testing/sample-catalog.ts';

let nextId = 100;

function event(
  objectId: string,
  replicaId: string | null,
  status: ObjectStatus,
  error: string | null = null,
) {
  nextId += 1;
  const record: StatusEventRecord = {
    id: nextId,
    objectKind: 'source',
    objectId,
    replicaId,
    status,
    error,
    details: null,
    occurredAt: nextId,
  };
  return put('statusEvent', record);
}

function statusOf(id: string, ...events: readonly ReturnType<typeof event>[]): string {
  const snapshot = applyChanges(sampleSnapshot(), events);
  const item = snapshot.items.get(id);
  if (item?.kind !== 'source' && item?.kind !== 'sink') throw new Error(`${id} has no status`);
  return currentStatus(snapshot, item).status;
}

describe('the current status', () => {
  it('is created before anything was reported', () => {
    expect(statusOf('u8')).toBe('created');
  });

  it('is that of the newest report of a replica', () => {
    expect(statusOf('u13')).toBe('stalled');
    expect(statusOf('u13', event('u13', 'u3', 'starting'))).toBe('starting');
  });

  it('is running when one of several replicas runs', () => {
    expect(statusOf('u7', event('u7', 'u2', 'stalled'))).toBe('running');
    expect(statusOf('u7', event('u7', 'u1', 'starting'), event('u7', 'u2', 'stalled'))).toBe('stalled');
  });

  it('is not hidden by what a dropped replica said last', () => {
    expect(statusOf('u7', event('u7', 'u77', 'paused'))).toBe('running');
    expect(statusOf('u7', event('u7', 'u1', 'paused'), event('u7', 'u77', 'starting'))).toBe('starting');
  });

  it('of a subsource is its stalled source’s', () => {
    expect(statusOf('u8', event('u8', 'u1', 'running'))).toBe('running');
    expect(statusOf('u8', event('u8', 'u1', 'running'), event('u7', 'u1', 'stalled', 'postgres: no'))).toBe(
      'stalled',
    );
  });

  it('of a progress relation is always running', () => {
    expect(statusOf('u6', event('u6', 'u1', 'stalled'))).toBe('running');
  });
});
