/** Lives of objects, as the audit log tells them. */
import type { AuditEventRecord } from '../../catalog/records.ts';
import type { Row } from '../../types/datum.ts';
import { systemRelationObjects } from '../system-catalog.ts';
import type { RelationTable } from '../define.ts';
import { timestamptz } from '../values.ts';

function field(details: unknown, name: string): string | null {
  const value = (details as Readonly<Record<string, unknown>> | null)?.[name];
  return typeof value === 'string' ? value : null;
}

/** The thing an event made or dropped: replicas have an id of their own name in the details. */
function subject({ details }: AuditEventRecord): string | null {
  return field(details, 'id') ?? field(details, 'replica_id');
}

const isLifetime = ({ eventType }: AuditEventRecord): boolean =>
  eventType === 'create' || eventType === 'drop';

/** Kinds of things that are no schema-scoped object and have ids that overlap with those of objects. */
const NO_OBJECT: ReadonlySet<string> = new Set([
  'cluster',
  'cluster-replica',
  'database',
  'network-policy',
  'role',
  'schema',
  'system',
]);

export const HISTORY_RELATIONS: RelationTable = {
  'mz_internal.mz_object_lifetimes': {
    *rows({ snapshot }) {
      for (const event of snapshot.auditEvents) {
        if (!isLifetime(event)) continue;
        const { details, objectType, eventType, occurredAt } = event;
        yield [subject(event), field(details, 'previous_id'), objectType, eventType, timestamptz(occurredAt)];
      }
    },
  },
  'mz_internal.mz_object_history': {
    *rows({ snapshot }) {
      for (const { id, clusterId, kind } of systemRelationObjects()) yield [id, clusterId, kind, null, null];
      const dropped = new Map<string | null, number>();
      for (const event of snapshot.auditEvents) {
        if (event.eventType === 'drop') dropped.set(subject(event), event.occurredAt);
      }
      for (const event of snapshot.auditEvents) {
        if (event.eventType !== 'create' || NO_OBJECT.has(event.objectType)) continue;
        const id = subject(event);
        const row: Row = [
          id,
          field(event.details, 'cluster_id'),
          event.objectType,
          timestamptz(event.occurredAt),
          timestamptz(dropped.get(id) ?? null),
        ];
        yield row;
      }
    },
  },
};
