import { staleRowsOf } from '../catalog/staleness.ts';
import type { Id } from '../catalog/ids.ts';
import type { Snapshot } from '../catalog/snapshot.ts';
import { notice, type Notice } from '../errors.ts';
import type { Scope } from './statements/handler.ts';

/** Objects listed in the notice; the rest are counted, so that a wide rotation stays readable. */
const LISTED = 20;

/**
 * What still runs on an old value of a secret, with the statements that refresh it; undefined when nothing does or the
 * session does not want to know (`SET tumbler_stale_notice = off`).
 */
export function staleNotice(scope: Scope, snapshot: Snapshot, secretId: Id): Notice | undefined {
  if (!scope.session.variables.flag('tumbler_stale_notice')) return undefined;
  const rows = staleRowsOf(snapshot, secretId);
  if (rows.length === 0) return undefined;
  const lines = rows
    .slice(0, LISTED)
    .map((row) => `${row.objectType} ${row.object} on replica ${row.cluster}.${row.replica}`);
  if (rows.length > LISTED)
    lines.push(`and ${rows.length - LISTED} more: SELECT * FROM mz_tumbler.stale_secrets`);
  const remedies = [...new Set(rows.map((row) => row.remedy))];
  const first = rows[0]!;
  return notice(
    `${rows.length} cached ${rows.length === 1 ? 'copy' : 'copies'} of secret ${first.secret} still on an old value`,
    {
      code: '01000',
      detail: lines.join('\n'),
      hint: `To refresh, drop and recreate the replicas:\n${remedies.join('\n')}`,
    },
  );
}
