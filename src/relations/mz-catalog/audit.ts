/** mz_audit_events. */
import type { AuditEventRecord } from '../../catalog/records.ts';
import type { Row } from '../../types/datum.ts';
import { index, type RelationTable } from '../define.ts';
import { jsonb, timestamptz } from '../values.ts';

function eventRow({ id, eventType, objectType, details, user, occurredAt }: AuditEventRecord): Row {
  return [BigInt(id), eventType, objectType, jsonb(details), user, timestamptz(occurredAt)];
}

export const AUDIT_RELATIONS: RelationTable = {
  'mz_catalog.mz_audit_events': {
    *rows({ snapshot }) {
      for (const event of snapshot.auditEvents) yield eventRow(event);
    },
    indexes: [
      // Events are kept in the order of their ids, which have no gaps to speak of: a binary search finds one.
      index(['id'], ({ snapshot }, id: bigint) => {
        const events = snapshot.auditEvents;
        let low = 0;
        let high = events.size;
        while (low < high) {
          const middle = (low + high) >> 1;
          if (BigInt(events.get(middle)?.id ?? 0) < id) low = middle + 1;
          else high = middle;
        }
        const event = events.get(low);
        return event !== undefined && BigInt(event.id) === id ? [eventRow(event)] : [];
      }),
    ],
  },
};
