import { put, type Change } from '../catalog/changes.ts';
import type { AuditEventRecord } from '../catalog/records.ts';
import type { IdSource } from './committer.ts';
import type { Scope } from './statements/handler.ts';

/** An event of mz_audit_events, to be committed with what it tells of. `details` keys are sorted as jsonb sorts them. */
export function auditChange(
  ids: IdSource,
  scope: Scope,
  eventType: AuditEventRecord['eventType'],
  objectType: string,
  details: unknown,
): Change {
  return put('auditEvent', {
    id: ids.nextNumber('auditEvent'),
    eventType,
    objectType,
    details,
    user: scope.role.name,
    occurredAt: scope.services.clock(),
  });
}
