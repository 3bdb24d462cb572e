import type { Id } from '../../catalog/ids.ts';

/** The temporary schema of a connection: exists while the session has temporary items, and is never stored. */
export function temporarySchemaOf(connectionId: number): Id {
  return `t${connectionId}`;
}
